"""What the screen says when something is wrong: the cause, and the last good data beside it."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bwtop.app import BwtopApp
from bwtop.demo.server import DemoServer
from bwtop.demo.world import load_world
from bwtop.kube.errors import ConfigError
from bwtop.live.cluster import Cluster
from bwtop.live.store import Store
from bwtop.model.health import Freshness, SourceHealth
from bwtop.model.overview import Overview, no_agents
from bwtop.model.place import Place
from bwtop.panels.sources import source_lines
from bwtop.panels.status import alerts
from screens.conftest import Screen, screen_on

NODE = "ip-192-168-29-49.ec2.internal"


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


async def test_an_unreachable_server_is_named_with_the_next_try() -> None:
    port = free_port()
    async with screen_on(f"http://127.0.0.1:{port}", "token") as screen:
        await screen.until(lambda: f"127.0.0.1:{port}" in screen.line("✗"))
        assert "next try in" in screen.text
        assert "lost" in screen.line("bwtop")


async def test_a_server_that_comes_later_is_shown_without_a_key() -> None:
    port = free_port()
    async with screen_on(f"http://127.0.0.1:{port}", "sesame") as screen:
        await screen.until(lambda: "next try in" in screen.text)
        server = DemoServer(load_world("eks-chaining"), port=port, tls=False)
        server.token = server._api._token = "sesame"
        async with server:
            await screen.filled()
            await screen.until(lambda: "next try in" not in screen.text)


async def test_a_server_that_is_lost_leaves_its_rows_and_an_alert(server: DemoServer, screen: Screen) -> None:
    await server.stop()
    await screen.shows("next try in")
    assert "netperf-server" in screen.text
    assert screen.table().shown == 27
    await server.start()


async def test_a_notice_of_the_connection_is_told_once(server: DemoServer) -> None:
    async with screen_on(server.url, server.token, notifications=True) as screen:
        await screen.filled()
        notices = screen.app.main.cluster.api.connection.notices
        notices.append("the file [b]cannot[/b] be written")
        await screen.shows("the file [b]cannot[/b] be written")
        assert notices == []


async def test_a_cluster_without_cilium_is_told_in_words(server: DemoServer) -> None:
    server.faults.fail("/apis/cilium.io/*", status=404, times=-1)
    async with screen_on(server.url, server.token) as screen:
        await screen.shows("Cilium is not installed in this cluster, or its CRDs are not")
        await screen.shows("netperf-server")
        await screen.pilot.press("3")
        await screen.shows("Cilium is not installed")


async def test_a_user_who_may_not_list_pods_sees_why(server: DemoServer) -> None:
    server.faults.fail("*/pods", status=403, times=-1, message="pods is forbidden")
    async with screen_on(server.url, server.token) as screen:
        await screen.shows("pods is forbidden")
        await screen.pilot.press("2")
        await screen.shows("ip-192-168-29-49")


async def test_hostile_text_never_reaches_the_terminal_as_it_is(server: DemoServer, screen: Screen) -> None:
    server.world.annotate("default", "netperf-server", "\x1b[2J\x1b]0;owned\x07[bold red]x[/]\u202e10M")
    await screen.until(lambda: "invalid" in screen.line("netperf-server"))
    screen.table().cursor_key = "default/netperf-server"
    await screen.shows("default/netperf-server  ")
    assert not any(ord(char) < 32 and char != "\n" for char in screen.text)
    assert "\x07" not in screen.text
    assert "\u202e" not in screen.text
    await screen.shows("\\x1b[2J")


async def test_markup_in_an_annotation_is_text(server: DemoServer, screen: Screen) -> None:
    server.world.annotate("default", "netperf-server", "[red]a")
    screen.table().cursor_key = "default/netperf-server"
    await screen.shows("[red]a")


async def test_a_huge_annotation_takes_one_line(server: DemoServer, screen: Screen) -> None:
    server.world.annotate("default", "netperf-server", "9" * 200_000)
    await screen.until(lambda: "99999" in screen.line("netperf-server"))
    width, _ = screen.app.size
    assert all(len(line) <= width for line in screen.text.splitlines())
    assert screen.table().shown == 27


async def test_a_kubeconfig_that_does_not_do_is_told_with_the_next_try() -> None:
    @asynccontextmanager
    async def opened(_: Place) -> AsyncIterator[Cluster]:
        raise ConfigError("kubeconfig /home/x/.kube/config is not there", hint="set KUBECONFIG")
        yield

    app = BwtopApp(opened)
    async with app.run_test(size=(80, 24)) as pilot:
        await Screen(app, pilot).shows("✗ no way to the cluster, next try in 5 s: kubeconfig")


def test_a_cluster_without_agents_is_told_of_and_one_that_is_still_listed_is_not() -> None:
    def overview(freshness: Freshness, objects: int) -> Overview:
        health = SourceHealth(freshness=freshness, since=0.0, objects=objects)
        return Overview(nodes=2, sources={"agents": health}, agents_sought="in namespace cilium")

    def said(freshness: Freshness, objects: int) -> list[str]:
        return list(alerts(overview(freshness, objects), now=0.0))

    assert said(Freshness.LIVE, 0) == [no_agents("in namespace cilium")]
    assert said(Freshness.LIVE, 2) == said(Freshness.LOADING, 0) == []
    listed = source_lines(overview(Freshness.LIVE, 0), Store(), next_try=lambda _node: None)
    assert f"   {no_agents('in namespace cilium')}" in listed, "the line above the table may have no room for it all"

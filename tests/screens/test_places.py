"""Going to another cluster or namespace: at once, and with nothing of the old one under the new name."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest

from bwtop.app import BwtopApp
from bwtop.demo.access import Rule
from bwtop.demo.server import DemoServer
from bwtop.demo.world import load_world
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.errors import ConfigError
from bwtop.live.cluster import Cluster
from bwtop.live.scope import pod_namespace
from bwtop.model.place import Contexts, Place
from demo.clocks import FastClock
from screens.conftest import QUICK, Screen

OLD, NEW = "eks-chaining", "incident"


@pytest.fixture
async def servers() -> AsyncIterator[Mapping[str, DemoServer]]:
    old, new = (DemoServer(load_world(name, clock=FastClock(5)), tls=False) for name in (OLD, NEW))
    async with old, new:
        yield {OLD: old, NEW: new}


@asynccontextmanager
async def screen_at(
    servers: Mapping[str, DemoServer],
    place: Place,
    *,
    names: Sequence[str] = (OLD, NEW),
    size: tuple[int, int] = (120, 40),
) -> AsyncIterator[Screen]:
    """As `cli/screen.py` opens clusters, with a server for each context."""

    @asynccontextmanager
    async def opened(place: Place) -> AsyncIterator[Cluster]:
        server = servers[place.context]
        credentials = FixedCredentials(f"Bearer {server.token}")
        api = Api(Connection(server=server.url, context=place.context, credentials=credentials))
        try:
            yield Cluster(api, namespace=place.namespace or await pod_namespace(api), budget=QUICK)
        finally:
            await api.close()

    app = BwtopApp(opened, place=place, contexts=lambda: Contexts(names=names, current=OLD))
    async with app.run_test(size=size, notifications=True) as pilot:
        yield Screen(app, pilot)


@pytest.fixture
async def screen(servers: Mapping[str, DemoServer]) -> AsyncIterator[Screen]:
    async with screen_at(servers, Place(context=OLD)) as running:
        await running.filled()
        yield running


async def pick(screen: Screen, key: str, words: str, *, title: str) -> None:
    await screen.pilot.press(key)
    await screen.shows(title)
    await screen.pilot.press(*words)
    await screen.until(lambda: words in screen.line("● ") + screen.text)
    await screen.pilot.press("enter")


# -- contexts -----------------------------------------------------------------------------------------------------
async def test_the_picker_lists_the_contexts_with_the_one_that_is_shown(screen: Screen) -> None:
    await screen.pilot.press("C")
    await screen.shows("● eks-chaining")
    await screen.shows("current-context")
    await screen.shows("  incident")
    await screen.pilot.press("escape")
    await screen.until(lambda: "current-context" not in screen.text)
    assert "netperf-server" in screen.text


@pytest.mark.parametrize("keys", [("ctrl+n", "ctrl+n", "ctrl+p"), ("tab", "G", "k", "j"), ("down",)], ids=" ".join)
async def test_the_picker_takes_vi_keys_beside_the_typed_name(screen: Screen, keys: Sequence[str]) -> None:
    await screen.pilot.press("C")
    await screen.shows("current-context")
    await screen.pilot.press(*keys, "enter")
    await screen.until(lambda: screen.app.main.place.context == NEW)


async def test_another_context_is_shown_with_its_own_rows_and_its_own_name(screen: Screen) -> None:
    await pick(screen, "C", NEW, title="Context")
    await screen.shows("telemetry")
    assert NEW in screen.line("bwtop")
    assert "netperf-server" not in screen.text
    await pick(screen, "C", "eks", title="Context")
    await screen.shows("netperf-server")
    assert "telemetry" not in screen.text


async def test_the_old_cluster_is_no_longer_in_memory(screen: Screen) -> None:
    await screen.until(lambda: not screen.app.main._loading)
    old = weakref.ref(screen.app.main.cluster)
    await pick(screen, "C", NEW, title="Context")
    await screen.shows("telemetry")

    def forgotten() -> bool:
        gc.collect()
        return old() is None

    await screen.until(forgotten)


async def test_nothing_of_the_old_cluster_stands_under_the_new_name(
    screen: Screen, servers: Mapping[str, DemoServer]
) -> None:
    servers[NEW].faults.delay("*", seconds=600.0)
    await pick(screen, "C", NEW, title="Context")
    await screen.until(lambda: NEW in screen.line("bwtop"))
    servers[OLD].world.annotate("default", "netperf-server", "30M")
    for view in ("1", "2", "3", "4"):
        await screen.pilot.press(view)
        await screen.pilot.pause(0.2)
        assert "netperf-" not in screen.text
        assert "ip-192-168" not in screen.text
    assert screen.app.main.cluster is None
    assert "Cilium 1.13.4" not in screen.text
    assert "connecting" in screen.line("bwtop")


async def test_a_frozen_picture_does_not_outlive_its_cluster(screen: Screen, servers: Mapping[str, DemoServer]) -> None:
    servers[NEW].faults.delay("*", seconds=600.0)
    await screen.pilot.press("p")
    await screen.shows("FROZEN")
    await pick(screen, "C", NEW, title="Context")
    await screen.until(lambda: NEW in screen.line("bwtop"))
    assert "netperf-" not in screen.text
    assert "FROZEN" not in screen.text


async def test_an_open_detail_does_not_outlive_its_cluster(screen: Screen, servers: Mapping[str, DemoServer]) -> None:
    servers[NEW].faults.delay("*", seconds=600.0)
    screen.table().cursor_key = "default/netperf-server"
    await screen.pilot.press("enter")
    await screen.shows("192.168.62.98")
    await pick(screen, "C", NEW, title="Context")
    await screen.until(lambda: NEW in screen.line("bwtop"))
    assert "netperf-server" not in screen.text
    await screen.pilot.press("backspace")
    assert "netperf-server" not in screen.text


async def test_marks_filters_and_the_right_to_write_stay_with_the_old_cluster(screen: Screen) -> None:
    screen.app.main.writable = True
    await screen.pilot.press("space")
    await screen.filter("netperf")
    await screen.shows("of 27")
    await pick(screen, "C", NEW, title="Context")
    await screen.shows("telemetry")
    assert not screen.app.main.writable
    assert [table.marked for table in screen.app.main.tables] == [[], [], [], []]
    assert screen.table().shown == screen.table().total


async def test_going_on_does_not_wait_for_a_cluster_that_hangs(servers: Mapping[str, DemoServer]) -> None:
    servers[OLD].faults.delay("*", seconds=600.0)
    async with screen_at(servers, Place(context=OLD)) as screen:
        await screen.pilot.pause(0.3)
        await pick(screen, "C", NEW, title="Context")
        await screen.until(lambda: "telemetry" in screen.text)


async def test_a_cluster_that_cannot_be_reached_can_be_left(servers: Mapping[str, DemoServer]) -> None:
    await servers[OLD].stop()
    async with screen_at(servers, Place(context=OLD)) as screen:
        await screen.shows("next try in")
        await pick(screen, "C", NEW, title="Context")
        await screen.shows("telemetry")
        assert "next try in" not in screen.text


async def test_the_connections_of_the_old_cluster_are_closed(screen: Screen, servers: Mapping[str, DemoServer]) -> None:
    assert len(servers[OLD].watches) == 5
    await pick(screen, "C", NEW, title="Context")
    await screen.until(lambda: len(servers[OLD].watches) == 0)
    await screen.until(lambda: len(servers[NEW].watches) == 5)


async def test_a_late_failure_of_the_old_cluster_is_not_told_under_the_new_name() -> None:
    let_go = asyncio.Event()

    @asynccontextmanager
    async def opened(place: Place) -> AsyncIterator[Cluster]:
        if place.context == OLD:
            try:
                await asyncio.Event().wait()
            finally:
                await let_go.wait()
                raise ConfigError("the old one's trouble")
        raise ConfigError("the new one's trouble")
        yield

    app = BwtopApp(opened, place=Place(context=OLD), contexts=lambda: Contexts(names=(OLD, NEW), current=OLD))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = Screen(app, pilot)
        await pick(screen, "C", NEW, title="Context")
        await screen.shows("the new one's trouble")
        let_go.set()
        await pilot.pause(0.3)
        assert "the old one's trouble" not in screen.text


async def test_a_kubeconfig_that_cannot_be_read_is_told(servers: Mapping[str, DemoServer]) -> None:
    def contexts() -> Contexts:
        raise ConfigError("not YAML: /home/x/.kube/config, line 3")

    async with screen_at(servers, Place(context=OLD)) as screen:
        screen.app.main._list_contexts = contexts
        await screen.filled()
        await screen.pilot.press("C")
        await screen.shows("not YAML")


# -- namespaces ---------------------------------------------------------------------------------------------------
async def test_a_namespace_is_shown_alone_and_all_of_them_again(screen: Screen) -> None:
    await pick(screen, "n", "shop", title="Namespace")
    await screen.until(lambda: f"{OLD} / shop" in screen.line("bwtop"))
    await screen.shows("checkout")
    await screen.until(lambda: {row.namespace for row in screen.app.main.store.pods.values()} == {"shop"})
    await pick(screen, "n", "all", title="Namespace")
    await screen.until(lambda: f"{OLD} / all namespaces" in screen.line("bwtop"))
    await screen.shows("netperf-server")


async def test_the_picker_has_namespaces_without_pods_too(screen: Screen) -> None:
    await screen.pilot.press("n")
    await screen.shows("● all namespaces")
    await screen.shows("kube-node-lease")


async def test_who_may_not_list_namespaces_picks_from_what_was_seen_or_types_one(
    screen: Screen, servers: Mapping[str, DemoServer]
) -> None:
    servers[OLD].access.denied.append(Rule(resources=("namespaces",)))
    await screen.pilot.press("n")
    await screen.shows("only what was seen; cannot list namespaces")
    await screen.shows("  shop")
    await screen.pilot.press(*"kube-public")
    await screen.shows("namespace kube-public")
    await screen.pilot.press("enter")
    await screen.until(lambda: f"{OLD} / kube-public" in screen.line("bwtop"))


async def test_all_namespaces_fall_back_to_the_users_own_where_they_may_not_be_listed(
    screen: Screen, servers: Mapping[str, DemoServer]
) -> None:
    await pick(screen, "n", "shop", title="Namespace")
    await screen.until(lambda: f"{OLD} / shop" in screen.line("bwtop"))
    servers[OLD].access.denied.append(Rule(verbs=("list", "watch"), resources=("pods",), namespaces=""))
    await pick(screen, "n", "all", title="Namespace")
    await screen.until(lambda: f"{OLD} / default" in screen.line("bwtop"))
    await screen.shows("netperf-server")


async def test_which_cluster_it_is_and_that_nothing_is_written_stand_on_the_narrowest_screen(
    servers: Mapping[str, DemoServer],
) -> None:
    context = "arn:aws:eks:eu-west-1:111122223333:cluster/prod-eks"
    async with screen_at({context: servers[OLD]}, Place(context=context), size=(80, 24)) as screen:
        await screen.filled()
        for words in ("cluster/prod-eks / all namespaces", "READ-ONLY", "live"):
            assert words in screen.line("bwtop")

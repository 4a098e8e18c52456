"""A test in the panel on a live cluster: watch, judge, stop; the tables go on beside it."""

import pytest

from bwtop.demo.kinds import PODS
from bwtop.demo.server import DemoServer
from bwtop.panels.netperf_choice import NEW
from bwtop.panels.netperf_panel import NetperfPanel
from demo.clocks import FastClock
from screens.driver import Screen, screen_on
from screens.netperf.panel import SERVER_NODE, choose, made, open_panel, push, start, tells


async def test_a_test_is_set_up_watched_and_judged(server: DemoServer, clock: FastClock, size: tuple[int, int]) -> None:
    async with screen_on(server.url, server.token, size=size) as screen:
        await open_panel(screen)
        for words in (
            "limit 10M, programmed 10M",
            "default/netperf-client",
            "another node",
            "TCP_MAERTS",
            "sends about",
        ):
            await screen.shows(words)
        await start(screen, seconds="600")
        await screen.shows("s of 600 s")
        await screen.shows("limit 10M")
        clock.forward(600)
        await screen.shows("9.9 of 10 Mbit/s · PASS")
        for words in ("99% of the limit", "p99", "retransmits 0", "CPU client", "→"):
            await screen.shows(words)
        assert all(len(line) <= size[0] for line in screen.text.splitlines())


async def test_the_tables_are_browsed_while_it_runs(opened: Screen) -> None:
    await start(opened, seconds="600")
    await opened.shows("s of 600 s")
    await opened.pilot.press("2")
    await opened.shows("BANDWIDTH MANAGER")
    await opened.shows("s of 600 s")


async def test_the_curve_is_the_rate_that_the_agent_counts(opened: Screen, server: DemoServer) -> None:
    await start(opened, seconds="600")
    bench = opened.app.main._bench
    assert bench
    await opened.until(lambda: len([rate for rate in bench.curve if rate and rate > 9e6]) > 1)
    await opened.shows("█")


async def test_it_goes_on_while_the_panel_is_closed_and_tells_the_result(opened: Screen, clock: FastClock) -> None:
    await start(opened, seconds="600")
    await opened.shows("s of 600 s")
    await opened.pilot.press("t", "escape")
    await opened.until(lambda: not opened.app.main.query(NetperfPanel))
    clock.forward(600)
    await tells(opened, "9.9 of 10 Mbit/s · PASS")
    await opened.pilot.press("t")
    await opened.shows("99% of the limit")


async def test_stop_ends_it_and_leaves_nothing(opened: Screen, server: DemoServer) -> None:
    opened.app.main.writable = True
    choose(opened, NEW)
    await start(opened, seconds="300")
    await opened.until(lambda: made(server))
    await opened.shows("s of 300 s")
    await opened.pilot.press("T")
    await opened.shows("stopped; nothing is left behind")
    assert not made(server)


async def test_leaving_bwtop_removes_what_was_made(server: DemoServer) -> None:
    async with screen_on(server.url, server.token) as screen:
        await open_panel(screen)
        screen.app.main.writable = True
        choose(screen, NEW)
        await start(screen, seconds="300")
        await screen.shows("s of 300 s")
        assert made(server)
        await screen.pilot.press("q")
    assert not made(server)


async def test_the_report_is_markdown_with_all_context(opened: Screen) -> None:
    await start(opened)
    await opened.shows("PASS")
    await push(opened, "report")
    await opened.shows("### netperf: 9.9 of 10 Mbit/s · PASS")


async def test_a_limit_that_does_not_hold_is_explained(opened: Screen, server: DemoServer) -> None:
    server.world.nodes[SERVER_NODE].cilium.egress_program = False
    await start(opened)
    await opened.shows("· OVER")
    await opened.shows("? ")


@pytest.mark.parametrize("pod", ["netperf-server", "netperf-client"])
async def test_a_pod_that_is_deleted_meanwhile_ends_the_test_and_the_table_goes_on(
    opened: Screen, server: DemoServer, pod: str
) -> None:
    await start(opened, seconds="600")
    await opened.shows("s of 600 s")
    server.world.store.delete(PODS, "default", pod)
    await opened.shows(f"✗ pod default/{pod} was deleted")
    other = ({"netperf-server", "netperf-client"} - {pod}).pop()
    server.world.annotate("default", other, "30M")
    pods = opened.app.main.store.pods
    await opened.until(lambda: (asked := pods[f"default/{other}"].asked) and asked.annotation == "30M")
    assert not made(server)

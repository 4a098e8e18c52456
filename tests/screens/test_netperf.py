"""The netperf panel on a live cluster: set up, watch, judge, stop; the tables go on beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.widgets import Button, Input, Select

from bwtop.demo.kinds import PODS
from bwtop.demo.server import DemoServer
from bwtop.netperf.history import Runs, history_path
from bwtop.panels.netperf_choice import NEW, PAIR
from bwtop.panels.netperf_panel import NetperfPanel
from screens.conftest import SIZES, Screen, screen_on

SERVER_NODE = "ip-192-168-29-49.ec2.internal"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("bwtop.netperf.makers.POLL_SECONDS", 0.05)


@pytest.fixture
async def opened(server: DemoServer) -> AsyncIterator[Screen]:
    async with screen_on(server.url, server.token) as running:
        await open_panel(running)
        yield running


async def open_panel(screen: Screen) -> None:
    await screen.filled()
    await screen.filter("netperf-server")
    await screen.until(lambda: screen.table().shown == 1)
    await screen.pilot.press("t")
    await screen.until(lambda: screen.app.main.query(NetperfPanel))
    await screen.shows("Start")


def field(screen: Screen, name: str) -> Input:
    return screen.app.main.query_one(f"#netperf-{name}", Input)


def choose(screen: Screen, client: str) -> None:
    screen.app.main.query_one("#netperf-client", Select).value = client


async def push(screen: Screen, name: str) -> None:
    """The button, however the panel around it is still being laid out."""
    button = screen.app.main.query_one(f"#netperf-{name}", Button)
    await screen.until(lambda: button.is_on_screen)
    button.press()


async def start(screen: Screen, *, seconds: str = "5") -> None:
    field(screen, "seconds").value = seconds
    await push(screen, "start")


async def tells(screen: Screen, words: str) -> None:
    """In a notification."""
    await screen.until(lambda: any(words in each.message for each in screen.app._notifications))


def made(server: DemoServer) -> list[str]:
    return [
        pod.name
        for pod in server.world.store[PODS]
        if pod.name.startswith("bwtop-netperf") and "deletionTimestamp" not in pod.body()["metadata"]
    ]


@pytest.mark.parametrize("size", SIZES)
async def test_a_test_is_set_up_watched_and_judged(server: DemoServer, size: tuple[int, int]) -> None:
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
        await start(screen)
        await screen.shows("s of 5 s")
        await screen.shows("limit 10M")
        await screen.shows("9.9 of 10 Mbit/s · PASS")
        for words in ("99% of the limit", "p99", "retransmits 0", "CPU client", "→"):
            await screen.shows(words)
        assert all(len(line) <= size[0] for line in screen.text.splitlines())


async def test_the_tables_are_browsed_while_it_runs(opened: Screen) -> None:
    await start(opened, seconds="20")
    await opened.shows("s of 20 s")
    await opened.pilot.press("2")
    await opened.shows("BANDWIDTH MANAGER")
    await opened.shows("s of 20 s")


async def test_the_curve_is_the_rate_that_the_agent_counts(opened: Screen, server: DemoServer) -> None:
    await start(opened, seconds="20")
    bench = opened.app.main._bench
    assert bench
    await opened.until(lambda: len([rate for rate in bench.curve if rate and rate > 9e6]) > 1)
    await opened.shows("█")


async def test_it_goes_on_while_the_panel_is_closed_and_tells_the_result(opened: Screen) -> None:
    await start(opened)
    await opened.shows("s of 5 s")
    await opened.pilot.press("t", "escape")
    await opened.until(lambda: not opened.app.main.query(NetperfPanel))
    await tells(opened, "9.9 of 10 Mbit/s · PASS")


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


async def test_the_experiment_with_two_new_pods(opened: Screen, server: DemoServer) -> None:
    opened.app.main.writable = True
    choose(opened, PAIR)
    await opened.until(lambda: field(opened, "limit").display)
    field(opened, "limit").value = "20M"
    await start(opened, seconds="8")
    await opened.shows("of 20 Mbit/s · PASS")
    assert not made(server)


async def test_a_netserver_is_added_after_a_warning_that_it_stays(server: DemoServer) -> None:
    async with screen_on(server.url, server.token) as screen:
        await screen.filled()
        await screen.filter("netperf-client")
        await screen.until(lambda: screen.table().shown == 1)
        await screen.pilot.press("t")
        await screen.shows("Start")
        await start(screen)
        await screen.shows("its entry stays")
        screen.app.main.writable = True
        await push(screen, "add")
        await screen.shows("Gbit/s")


async def test_read_only_makes_no_pods(opened: Screen, server: DemoServer) -> None:
    opened.app.main.writable = False
    choose(opened, NEW)
    await opened.shows("bwtop is read-only")
    await start(opened)
    await opened.pilot.pause(0.2)
    assert not made(server)
    assert "s of 5 s" not in opened.text


@pytest.mark.parametrize(("name", "value", "said"), [("seconds", "0", "duration"), ("samples", "", "samples")])
async def test_numbers_that_make_no_sense_are_told_at_once(opened: Screen, name: str, value: str, said: str) -> None:
    field(opened, name).value = value
    await opened.shows(f"✗ the {said}" if said == "duration" else "✗ the number of samples")


async def test_an_edit_beside_the_panel_counts_for_the_next_test(opened: Screen, server: DemoServer) -> None:
    await start(opened)
    await opened.shows("9.9 of 10 Mbit/s · PASS")
    server.world.annotate("default", "netperf-server", "50M")
    await opened.shows("limit 50M, programmed 50M")
    await push(opened, "again")
    await opened.shows("Start")
    await start(opened)
    await opened.shows("of 50 Mbit/s · PASS")
    await opened.shows("before: 9.9 of 10 Mbit/s →")


async def test_two_runs_are_compared(opened: Screen) -> None:
    await start(opened)
    await opened.shows("PASS")
    await push(opened, "again")
    await opened.shows("Start")
    await start(opened)
    await opened.shows("before: 9.9 of 10 Mbit/s →")
    await push(opened, "compare")
    await opened.shows("both   9.9 of 10 Mbit/s")
    assert len(Runs(history_path()).results()) == 2


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


async def test_a_failed_test_says_why_and_the_table_goes_on(opened: Screen, server: DemoServer) -> None:
    await start(opened, seconds="60")
    await opened.shows("s of 60 s")
    server.world.store.delete(PODS, "default", "netperf-client")
    await opened.shows("✗ pod default/netperf-client was deleted")
    server.world.annotate("default", "netperf-server", "30M")
    await opened.shows("30M")


async def test_without_a_pod_under_the_cursor_the_key_says_so(server: DemoServer) -> None:
    async with screen_on(server.url, server.token) as screen:
        await screen.filled()
        await screen.pilot.press("2")
        await screen.shows("BANDWIDTH MANAGER")
        await screen.pilot.press("t")
        await tells(screen, "no pod is under the cursor")

"""The netperf panel on a live cluster: set up, watch, judge, stop; the tables go on beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.widgets import Button, Input, OptionList, Select

from bwtop.demo.kinds import CILIUM_NETWORK_POLICIES, PODS
from bwtop.demo.server import DemoServer
from bwtop.demo.world import load_world
from bwtop.netperf.history import Runs, history_path
from bwtop.panels.netperf_choice import NEW, OTHER, PAIR
from bwtop.panels.netperf_panel import NetperfPanel
from bwtop.screens.limit import LimitScreen
from bwtop.screens.write import WriteScreen
from demo.clocks import FastClock
from demo.dual_stack import give_ipv6
from demo.policies import L7_POLICY
from screens.conftest import SIZES, Screen, screen_on

SERVER_NODE = "ip-192-168-29-49.ec2.internal"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("bwtop.netperf.makers.POLL_SECONDS", 0.05)


@pytest.fixture
def clock() -> FastClock:
    return FastClock(5)


@pytest.fixture
async def server(clock: FastClock) -> AsyncIterator[DemoServer]:
    async with DemoServer(load_world("eks-chaining", clock=clock), tls=False) as running:
        yield running


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


@pytest.mark.parametrize("size", SIZES)
async def test_a_test_an_edit_another_test_and_the_comparison(server: DemoServer, size: tuple[int, int]) -> None:
    async with screen_on(server.url, server.token, size=size, writable=True) as screen:
        await open_panel(screen)
        await start(screen)
        await screen.shows("9.9 of 10 Mbit/s · PASS")
        await edit(screen, "50M")
        await screen.shows("the limit is 50M by now: Again tests it")
        await push(screen, "again")
        await screen.shows("Start")
        await start(screen)
        await screen.shows("of 50 Mbit/s · PASS")
        await screen.shows("before: 9.9 of 10 Mbit/s →")
        await push(screen, "compare")
        await screen.shows("limit  10M → 50M")
        await screen.shows("the same in both:")
        await push(screen, "back")
        await screen.shows("99% of the limit")
    assert len(Runs(history_path()).results()) == 2


async def edit(screen: Screen, limit: str) -> None:
    """By the keys, while they go to the panel."""
    if not panel(screen).has_focus_within:
        await screen.pilot.press("t")
    await screen.pilot.press("e")
    await screen.until(lambda: isinstance(screen.app.screen, LimitScreen))
    screen.app.screen.query_one(Input).value = limit
    await screen.pilot.press("enter")
    await screen.until(lambda: isinstance(screen.app.screen, WriteScreen))
    await screen.shows("y writes it")
    await screen.pilot.press("y")
    await screen.shows("programmed on")
    await screen.pilot.press("escape")
    await screen.until(lambda: screen.app.screen is screen.app.main)


def panel(screen: Screen) -> NetperfPanel:
    return screen.app.main.query_one(NetperfPanel)


async def test_while_the_keys_go_to_the_panel_its_pod_is_edited_and_they_come_back_to_it(server: DemoServer) -> None:
    async with screen_on(server.url, server.token, writable=True) as screen:
        await open_panel(screen)
        await screen.pilot.press("2")
        await screen.shows("BANDWIDTH MANAGER")
        await screen.pilot.press("t")
        await edit(screen, "30M")
        await screen.shows("limit 30M, programmed 30M")
        assert panel(screen).has_focus_within
        await screen.pilot.press("Y")
        await tells(screen, "netperf-server")


async def test_former_tests_are_listed_and_compared_with_the_last(opened: Screen) -> None:
    for number in (1, 2, 3):
        await start(opened, seconds=f"{number + 4}")
        await opened.shows(f"1 × {number + 4} s")
        await push(opened, "again")
        await opened.shows("Start")
    await push(opened, "history")
    listed = opened.app.main.query_one("#netperf-past", OptionList)
    await opened.until(lambda: listed.option_count == 3 and listed.has_focus)
    await opened.pilot.press("end", "enter")
    await opened.shows("TCP_MAERTS 1×5 s → TCP_MAERTS 1×7 s")
    await push(opened, "history")
    await opened.until(lambda: listed.has_focus)
    await opened.pilot.press("home", "enter")
    await opened.shows("tested at")
    await opened.shows("1 × 7 s")
    await opened.pilot.press("escape")
    await opened.shows("Start")
    assert opened.app.main.query(NetperfPanel), "escape leads back before it closes"


async def test_a_pod_that_was_never_tested_has_no_history(opened: Screen) -> None:
    await push(opened, "history")
    await tells(opened, "default/netperf-server was not tested yet")


async def test_any_other_pod_may_be_the_client_by_its_name(opened: Screen, server: DemoServer) -> None:
    choose(opened, OTHER)
    await opened.shows("✗ name the pod that is to be the client")
    field(opened, "pod-name").value = "netperf-server"
    await opened.shows("✗ the client must be another pod")
    field(opened, "pod-name").value = "shop/nosuch"
    await opened.shows("✗ there is no pod shop/nosuch")
    field(opened, "pod-name").value = "monitoring/prometheus-0"
    await opened.until(lambda: "nosuch" not in opened.text)
    await start(opened)
    await opened.shows("✗ monitoring/prometheus-0 has no netperf")
    await push(opened, "again")
    field(opened, "pod-name").value = "netperf-client"
    await start(opened)
    await opened.shows("9.9 of 10 Mbit/s · PASS")


async def test_a_client_is_made_on_the_chosen_node(opened: Screen, server: DemoServer) -> None:
    opened.app.main.writable = True
    choose(opened, NEW)
    node = opened.app.main.query_one("#netperf-node", Select)
    await opened.until(lambda: node.is_on_screen)
    node.value = SERVER_NODE
    await opened.shows("! both pods are on")
    await start(opened)
    await opened.shows("OVER")
    assert Runs(history_path()).results()[-1].client.node == SERVER_NODE
    assert not made(server)


async def test_the_address_of_a_dual_stack_pod_is_chosen(server: DemoServer) -> None:
    give_ipv6(server.world, {"netperf-server": "fd00:5::1", "netperf-client": "fd00:5::2"})
    async with screen_on(server.url, server.token) as screen:
        await open_panel(screen)
        await screen.shows("address")
        screen.app.main.query_one("#netperf-address", Select).value = 6
        await screen.shows("IPv6 fd00:5::1")
        await start(screen)
        await screen.shows("9.9 of 10 Mbit/s · PASS")
    assert Runs(history_path()).results()[-1].server.ip == "fd00:5::1"


async def test_of_a_pod_with_one_address_none_is_to_be_chosen(opened: Screen) -> None:
    assert "address" not in opened.text


async def test_an_l7_policy_is_told_before_the_test(server: DemoServer) -> None:
    server.world.store.create(CILIUM_NETWORK_POLICIES, L7_POLICY)
    async with screen_on(server.url, server.token) as screen:
        await open_panel(screen)
        await screen.shows("! CiliumNetworkPolicy default/web (http)")


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


async def test_without_a_pod_under_the_cursor_the_key_says_so(server: DemoServer) -> None:
    async with screen_on(server.url, server.token) as screen:
        await screen.filled()
        await screen.pilot.press("2")
        await screen.shows("BANDWIDTH MANAGER")
        await screen.pilot.press("t")
        await tells(screen, "no pod is under the cursor")

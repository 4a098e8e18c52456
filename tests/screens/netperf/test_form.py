"""What is to be tested, from where and how, and what is said of it before."""

import pytest
from textual.widgets import Select

from bwtop.demo.kinds import CILIUM_NETWORK_POLICIES
from bwtop.demo.server import DemoServer
from bwtop.netperf.history import Runs, history_path
from bwtop.panels.netperf_choice import NEW, OTHER, PAIR
from demo.dual_stack import give_ipv6
from demo.policies import L7_POLICY
from screens.driver import Screen, screen_on
from screens.netperf.panel import SERVER_NODE, choose, field, made, open_panel, panel, push, start, tells


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
    await tells(opened, "bwtop is read-only")
    assert not made(server)
    assert not panel(opened).bench.running


@pytest.mark.parametrize(("name", "value", "said"), [("seconds", "0", "duration"), ("samples", "", "samples")])
async def test_numbers_that_make_no_sense_are_told_at_once(opened: Screen, name: str, value: str, said: str) -> None:
    field(opened, name).value = value
    await opened.shows(f"✗ the {said}" if said == "duration" else "✗ the number of samples")


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


async def test_without_a_pod_under_the_cursor_the_key_says_so(server: DemoServer) -> None:
    async with screen_on(server.url, server.token) as screen:
        await screen.filled()
        await screen.pilot.press("2")
        await screen.shows("BANDWIDTH MANAGER")
        await screen.pilot.press("t")
        await tells(screen, "no pod is under the cursor")

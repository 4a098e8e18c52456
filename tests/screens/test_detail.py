"""Enter and backspace: the detail of a row, the same object in the other views, and the way back."""

import pytest

from bwtop.demo.kinds import PODS
from bwtop.demo.server import DemoServer
from screens.conftest import SIZES, Screen, screen_on

SERVER = "default/netperf-server"
NODE = "ip-192-168-29-49.ec2.internal"


async def open_detail(screen: Screen, key: str = SERVER, view: str = "pods") -> None:
    screen.table(view).cursor_key = key
    await screen.pilot.press("enter")
    await screen.shows(f"{view.removesuffix('s')} {key}")


@pytest.mark.parametrize("size", SIZES)
async def test_the_detail_says_all_that_is_known(server: DemoServer, size: tuple[int, int]) -> None:
    async with screen_on(server.url, server.token, size=size) as screen:
        await screen.filled()
        await open_detail(screen)
        for words in (
            "✓ in sync",
            "asked equals programmed",
            "10M = 10 Mbit/s = 1.25 MB/s",
            "124 on its node, identity 11371",
            "192.168.62.98",
            "2  Nodes       ip-192-168-29-49",
            "4  Limits      egress 10M",
        ):
            await screen.shows(words)
        await screen.pilot.press("pagedown", "pagedown", "pagedown")
        await screen.shows("events  none")
        assert all(len(line) <= size[0] for line in screen.text.splitlines())


async def test_a_number_leads_to_the_same_object_in_that_view_and_backspace_back_step_by_step(screen: Screen) -> None:
    await screen.filter("netperf")
    await screen.shows("2 of 27")
    await open_detail(screen)
    await screen.pilot.press("4")
    await screen.shows("[4 Limits")
    assert screen.table("limits").cursor_key == f"{NODE}/124/egress"
    await screen.pilot.press("enter", "3")
    await screen.shows("[3 Endpoints")
    assert screen.table("endpoints").cursor_key == SERVER
    await screen.pilot.press("enter", "2")
    await screen.shows("[2 Nodes")
    assert screen.table("nodes").cursor_key == NODE
    for words in ("endpoint default/netperf-server", "[3 Endpoints", f"limit {NODE}/124/egress", "[4 Limits",
                  "pod default/netperf-server"):  # fmt: skip
        await screen.pilot.press("backspace")
        await screen.shows(words)
    await screen.pilot.press("backspace")
    await screen.shows("2 of 27")
    assert screen.table().cursor_key == SERVER
    assert screen.table().has_focus
    await screen.pilot.press("backspace")
    assert screen.table().has_focus


async def test_enter_on_a_link_follows_it_and_a_node_shows_its_pods(screen: Screen) -> None:
    await screen.pilot.press("2")
    await open_detail(screen, NODE, "nodes")
    await screen.pilot.press("enter")
    await screen.shows(f"/ node={NODE}")
    await screen.until(lambda: 0 < screen.table().shown < screen.table().total)
    assert screen.line("netperf-server")
    assert not screen.line("netperf-client")


async def test_what_is_not_there_is_no_link_and_its_number_says_why(screen: Screen) -> None:
    screen.table().cursor_key = next(key for key in screen.app.main.store.pods if "aws-node" in key)
    await screen.pilot.press("enter")
    await screen.shows("host network")
    assert "4  Limits" not in screen.text
    await screen.pilot.press("4")
    await screen.shows("no row in the node's bandwidth map")


async def test_the_detail_follows_the_data_and_says_when_its_object_is_gone(screen: Screen, server: DemoServer) -> None:
    await open_detail(screen)
    server.world.annotate("default", "netperf-server", "30M")
    await screen.shows("30M = 30 Mbit/s = 3.75 MB/s")
    server.world.store.delete(PODS, "default", "netperf-server")
    await screen.shows("✗ gone; this is what was known last")
    await screen.pilot.press("escape")
    await screen.until(lambda: screen.table().has_focus)


async def test_brackets_go_through_the_rows(screen: Screen) -> None:
    await screen.pilot.press("3")
    first, second, *_ = screen.table("endpoints").visible_keys()
    await open_detail(screen, first, "endpoints")
    await screen.pilot.press("right_square_bracket")
    await screen.shows(f"endpoint {second}")
    await screen.pilot.press("left_square_bracket")
    await screen.shows(f"endpoint {first}")
    assert [row.key for row in screen.app.main.chosen] == [first]


async def test_events_that_may_not_be_read_say_so(server: DemoServer) -> None:
    server.faults.fail("*/events", status=403, times=-1, message="events is forbidden")
    async with screen_on(server.url, server.token, size=(120, 50)) as screen:
        await screen.filled()
        await open_detail(screen)
        await screen.shows("events  not known:")


async def test_a_long_text_goes_on_below_its_own_beginning(server: DemoServer) -> None:
    server.faults.fail("*/events", status=403, times=-1, message="no " * 30)
    async with screen_on(server.url, server.token, size=(80, 24)) as screen:
        await screen.filled()
        await open_detail(screen)
        await screen.pilot.press("pagedown", "pagedown", "pagedown")
        await screen.shows("events  not known:")
        lines = screen.text.splitlines()
        at = next(number for number, line in enumerate(lines) if "events  not known:" in line)
        assert lines[at + 1].index(lines[at + 1].split()[0]) == lines[at].index("not known:")


async def test_the_ways_on_stand_under_each_other(screen: Screen) -> None:
    await open_detail(screen)
    at = screen.line("2  Nodes").index(NODE)
    assert [screen.line(word).index(text) for word, text in (
        ("Edit limit", "change the limit"), ("x  Explain", "why the limit"), ("3  Endpoints", "endpoint 124"),
    )] == [at, at, at]  # fmt: skip

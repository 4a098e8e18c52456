"""The main screen on a live cluster: what it shows, and what its keys do."""

import asyncio

import pytest
from textual.binding import Binding

from bwtop.app import BwtopApp
from bwtop.demo.server import DemoServer
from bwtop.model.states import State
from bwtop.screens.main import MainScreen
from bwtop_widgets.live_table import LiveTable
from screens.conftest import SIZES, Screen, screen_on


@pytest.mark.parametrize("size", SIZES)
async def test_four_views_show_their_rows(server: DemoServer, size: tuple[int, int]) -> None:
    async with screen_on(server.url, server.token, size=size) as screen:
        await screen.filled()
        assert "in sync" in screen.line("netperf-server")
        for key, words, row in (
            ("2", "BANDWIDTH MANAGER", "EDT with BPF"),
            ("3", "ENDPOINT ID", "netperf-server"),
            ("4", "BANDWIDTH", "default/netperf-server"),
            ("1", "PROGRAMMED", "10M"),
        ):
            await screen.pilot.press(key)
            await screen.shows(words)
            await screen.shows(row)
        assert all(len(line) <= size[0] for line in screen.text.splitlines())


async def test_tab_goes_round_the_views(screen: Screen) -> None:
    await screen.pilot.press("tab")
    await screen.shows("[2 Nodes 2]")
    await screen.pilot.press("shift+tab", "shift+tab")
    await screen.shows("[4 Limits")


async def test_a_changed_annotation_comes_to_the_screen_and_then_its_limit(screen: Screen, server: DemoServer) -> None:
    server.world.annotate("default", "netperf-server", "30M")
    await screen.until(lambda: "30M" in screen.line("netperf-server"))
    await screen.until(lambda: screen.line("netperf-server").count("30M") == 2 and "in sync" in screen.text)


async def test_a_filter_shows_matching_rows_only_and_counts_them(screen: Screen) -> None:
    await screen.pilot.press("slash")
    await screen.paste("cart")
    await screen.shows("2 of 27")
    assert "netperf-server" not in screen.text
    await screen.pilot.press("enter", "escape")
    await screen.until(lambda: screen.table().shown == 27)
    assert "of 27" not in screen.text


async def test_a_filter_that_matches_nothing_says_so(screen: Screen) -> None:
    await screen.pilot.press("slash")
    await screen.paste("nosuch")
    await screen.shows("none of 27 fits nosuch")


async def test_a_filter_goes_for_its_own_view_only(screen: Screen) -> None:
    await screen.filter("cart")
    await screen.pilot.press("4")
    await screen.shows("default/netperf-server")
    await screen.pilot.press("1")
    await screen.shows("2 of 27")


async def test_the_sort_dialog_sorts_by_the_chosen_column_and_shift_s_turns_it_round(screen: Screen) -> None:
    await screen.pilot.press("s")
    await screen.shows("Sort by")
    await screen.pilot.press("home", "down", "enter")
    await screen.shows("POD▲")
    names = [line.split()[1] for line in screen.text.splitlines()[3:20]]
    assert names == sorted(names)
    await screen.pilot.press("S")
    await screen.shows("POD▼")


async def test_escape_leaves_the_order_as_it_is(screen: Screen) -> None:
    await screen.pilot.press("s", "escape")
    await screen.shows("STATE▼")


async def test_freeze_holds_the_picture_while_data_goes_on(screen: Screen, server: DemoServer) -> None:
    await screen.pilot.press("p")
    await screen.shows("FROZEN")
    server.world.annotate("default", "netperf-server", "30M")
    store = screen.app.main.store
    await screen.until(lambda: (asked := store.pods["default/netperf-server"].asked) and asked.annotation == "30M")
    assert "30M" not in screen.line("netperf-server")
    await screen.pilot.press("p")
    await screen.until(lambda: "30M" in screen.line("netperf-server"))
    assert "FROZEN" not in screen.text


async def test_the_selection_stays_on_the_pod_when_rows_change_places(screen: Screen, server: DemoServer) -> None:
    screen.table().cursor_key = "default/netperf-server"
    before = screen.line("netperf-server")
    server.world.annotate("default", "netperf-server", "10MB")  # invalid: the worst goes to the top
    await screen.until(lambda: "invalid" in screen.line("netperf-server"))
    assert screen.text.splitlines().index(screen.line("netperf-server")) == 3
    assert screen.table().cursor_key == "default/netperf-server"
    await screen.shows("default/netperf-server  10MB")
    assert before != screen.line("netperf-server")


async def test_the_strip_tells_of_the_selected_row_what_columns_do_not(screen: Screen) -> None:
    screen.table().cursor_key = "default/netperf-server"
    await screen.shows("endpoint 124  identity 11371  192.168.62.98")


def bindings() -> list[Binding]:
    found = [*BwtopApp.BINDINGS, *MainScreen.BINDINGS, *LiveTable.BINDINGS]
    return [binding for binding in found if isinstance(binding, Binding)]


def test_every_key_has_an_id_of_its_own_and_says_what_it_does() -> None:
    assert [binding.key for binding in bindings() if not binding.id or not binding.tooltip] == []
    ids = [binding.id for binding in bindings()]
    assert len(ids) == len(set(ids)) == sum(isinstance(one, Binding) for one in bindings())


async def test_help_lists_every_key_and_every_state(server: DemoServer) -> None:
    async with screen_on(server.url, server.token, size=(120, 100)) as screen:
        await screen.filled()
        await screen.pilot.press("question_mark")
        await screen.shows("Keys and states")
        for binding in bindings():
            assert binding.tooltip in screen.text, f"{binding.id} is not in the help"
        for state in ("not enforced", "not programmed", "mismatch", "orphan", "host network"):
            assert state in screen.text
        await screen.pilot.press("escape")
        await screen.until(lambda: "Keys and states" not in screen.text)


async def test_the_cluster_that_has_everything_is_counted(screen: Screen) -> None:
    await screen.shows("EDT CUBIC 2/2 nodes")
    await screen.until(lambda: screen.app.main.store.states[State.IN_SYNC] == 12)


async def test_leaving_ends_every_task(server: DemoServer) -> None:
    before = asyncio.all_tasks()
    async with screen_on(server.url, server.token) as screen:
        await screen.filled()
        await screen.pilot.press("q")
        await screen.until(lambda: not screen.app.is_running)
        assert screen.app.return_code == 0
    async with asyncio.timeout(20):
        while ours := {task for task in asyncio.all_tasks() - before if "aiohttp" not in repr(task.get_coro())}:
            await asyncio.wait(ours, timeout=0.1)

"""A test again after an edit, the comparison of both, and all former ones."""

from textual.widgets import OptionList

from bwtop.demo.server import DemoServer
from bwtop.netperf.history import Runs, history_path
from bwtop.panels.netperf_panel import NetperfPanel
from screens.driver import Screen, screen_on
from screens.netperf.panel import edit, open_panel, panel, push, start, tells


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


async def test_a_limit_that_was_removed_since_is_told_to_be_gone(opened: Screen, server: DemoServer) -> None:
    await start(opened)
    await opened.shows("9.9 of 10 Mbit/s · PASS")
    server.world.annotate("default", "netperf-server", None)
    await opened.shows("the limit is gone by now: Again tests it")


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

"""Rows that are acted on together."""

from screens.conftest import Screen


async def test_marked_rows_are_counted_and_chosen_also_when_the_filter_hides_them(screen: Screen) -> None:
    main = screen.app.main
    assert [row.key for row in main.chosen] == [screen.table().cursor_key]
    await screen.pilot.press("space", "space")
    await screen.shows("● 2 marked")
    before = {row.key for row in main.chosen}
    assert len(before) == 2
    await screen.filter("netperf-server")
    await screen.until(lambda: screen.table().shown == 1)
    assert {row.key for row in main.chosen} == before
    await screen.shows("● 2 marked, 2 hidden")


async def test_escape_shows_all_rows_first_and_unmarks_them_then(screen: Screen) -> None:
    await screen.pilot.press("space")
    await screen.filter("cart")
    await screen.pilot.press("escape")
    await screen.until(lambda: screen.table().shown == 27)
    await screen.shows("● 1 marked")
    await screen.pilot.press("escape")
    await screen.until(lambda: "marked" not in screen.text)


async def test_marks_are_those_of_their_view(screen: Screen) -> None:
    await screen.pilot.press("space", "2")
    await screen.shows("[2 Nodes 2]")
    assert "marked" not in screen.text
    await screen.pilot.press("1")
    await screen.shows("● 1 marked")

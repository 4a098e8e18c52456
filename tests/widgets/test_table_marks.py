"""Rows that are marked."""

from bwtop_widgets.live_table import LiveTable
from widgets.rivers import Rivers, lines, running


def marked(app: Rivers) -> list[str]:
    return [river.name for river in app.table.marked]


async def test_space_marks_the_row_and_goes_on_and_the_mark_is_seen_without_colour():
    async with running(5) as app:
        await app.press("space", "space", "down", "space")
        assert marked(app) == ["r000", "r001", "r003"]
        assert [line[:6] for line in (await lines(app))[1:6]] == ["●r000 ", "●r001 ", " r002 ", "●r003 ", " r004 "]
        await app.press("g", "space")
        assert marked(app) == ["r001", "r003"]


async def test_a_range_goes_from_the_last_mark_to_the_cursor_in_either_direction():
    async with running(10) as app:
        await app.press("down", "space", "down", "down", "V")
        assert marked(app) == ["r001", "r002", "r003", "r004"]
        await app.press("g", "V")
        assert marked(app) == ["r000", "r001", "r002", "r003", "r004"]


async def test_a_range_without_a_mark_is_the_row_itself():
    async with running(10) as app:
        await app.press("G", "V")
        assert marked(app) == ["r009"]


async def test_marks_are_inverted_among_the_shown_rows_and_taken_away_from_all():
    async with running(4) as app:
        await app.press("space")
        app.table.filter(lambda river: river.name != "r000")
        await app.press("asterisk")
        assert marked(app) == ["r000", "r001", "r002", "r003"]
        assert app.table.marked_hidden == 1
        await app.press("U")
        assert marked(app) == []


async def test_a_mark_stays_with_its_row_until_that_is_gone():
    async with running(4) as app:
        await app.press("space", "space")
        app.table.sort_by("level", descending=True)
        assert marked(app) == ["r000", "r001"]
        app.table.apply([("r000", None)])
        app.table.flush()
        assert marked(app) == ["r001"]
        assert len(app.seen.of(LiveTable.MarksChanged)) >= 2

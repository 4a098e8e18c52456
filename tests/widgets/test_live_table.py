"""What the table shows: rows in their order, changes, filters, and when."""

from dataclasses import replace

import pytest

from bwtop_widgets.live_table import LiveTable
from widgets.rivers import BODY, LEVEL, NAME, River, Rivers, lines, rivers, rows, running


async def test_rows_are_shown_in_order_below_the_titles():
    async with running() as app:
        shown = await lines(app)
        assert shown[:3] == [" RIVER▲     LEVEL NOTE", " r000           0", " r001           1"]
        assert shown[-1].startswith(" r022          22")
        assert app.table.visible_keys() == [f"r{index:03}" for index in range(BODY)]
        assert (app.table.shown, app.table.total) == (100, 100)


async def test_a_change_is_shown_at_the_next_flush():
    async with running(3) as app:
        app.table.apply([("r001", River("r001", 55)), ("r000", None), ("a000", River("a000", 1))])
        assert await rows(app) == ["r000 0", "r001 1", "r002 2"]
        app.table.flush()
        assert await rows(app) == ["a000 1", "r001 55", "r002 2"]


async def test_an_empty_table_says_why_in_the_middle():
    async with running(0) as app:
        shown = await lines(app)
        assert shown[11:13] == [" " * 34 + "No rivers.", " " * 33 + "Press a key."]
        assert await rows(app) == ["No rivers.", "Press a key."]
        app.table.empty_text = "Waiting."
        assert await rows(app) == ["Waiting."]


async def test_an_empty_table_has_no_cursor_and_takes_keys():
    async with running(0) as app:
        await app.press("down", "enter", "end", "home", "pagedown")
        assert app.table.cursor_key is None
        assert app.table.current is None
        app.table.load(rivers(1))
        assert await rows(app) == ["r000 0"]
        assert app.table.cursor_key == "r000"
        app.table.apply([("r000", None)])
        app.table.flush()
        assert await rows(app) == ["No rivers.", "Press a key."]
        assert app.seen.of(LiveTable.RowHighlighted)[-1].key is None


async def test_a_filter_hides_rows_and_follows_their_changes():
    async with running() as app:
        table = app.table
        table.filter(lambda river: river.level >= 98)
        assert await rows(app) == ["r098 98", "r099 99"]
        assert (table.shown, table.total) == (2, 100)
        table.apply([("r000", River("r000", 200)), ("r099", River("r099", 0))])
        table.flush()
        assert await rows(app) == ["r000 200", "r098 98"]
        table.filter(None)
        assert table.shown == 100


async def test_sorting_turns_round_when_asked_again():
    async with running() as app:
        table = app.table
        table.sort_by("level")
        assert (table.sort_key, table.descending) == ("level", True)
        assert (await lines(app))[0] == " RIVER     ▼LEVEL NOTE"
        assert (await rows(app))[0] == "r099 99"
        table.sort_by("level")
        assert (table.sort_key, table.descending) == ("level", False)
        table.sort_by("level", descending=False)
        assert not table.descending


async def test_sorting_by_an_unknown_column_names_the_known_ones():
    async with running() as app:
        with pytest.raises(KeyError, match="name, level, note"):
            app.table.sort_by("depth")
        assert app.table.sort_key == "name"


async def test_a_frozen_table_holds_its_picture_and_catches_up_afterwards():
    async with running(5) as app:
        table, before = app.table, await lines(app)
        table.frozen = True
        table.apply([("r000", River("r000", 77)), ("r001", None)])
        table.flush()
        table.load({"r000": River("r000", 78), "r001": River("r001", 1)})
        table.apply([("r001", None)])
        table.flush()
        assert await lines(app) == before
        assert table.total == 5
        await app.press("down")
        assert table.cursor_key == "r001"
        table.frozen = False
        assert await rows(app) == ["r000 78"]


async def test_a_frozen_table_sorts_and_filters_what_it_holds():
    async with running() as app:
        app.table.frozen = True
        app.table.apply([("r099", River("r099", 0))])
        app.table.filter(lambda river: river.level > 97)
        app.table.sort_by("level", descending=True)
        assert await rows(app) == ["r099 99", "r098 98"]


async def test_a_table_can_be_filled_before_it_is_on_the_screen():
    app = Rivers()
    app.table.load(rivers(100))
    app.table.sort_by("level")
    app.table.cursor_key = "r050"
    async with app.run_test(size=(80, 24)) as app.pilot:
        await app.painted()
        assert "r050" in app.table.visible_keys()
        assert "r050 50" in await rows(app)


async def test_a_table_that_nobody_sees_has_little_left_to_do_when_it_is_opened():
    asked: list[str] = []

    def level(river: River) -> int | None:
        asked.append(river.name)
        return river.level

    async with running(100) as app:
        app.table.columns = [NAME, replace(LEVEL, sort=level)]
        app.table.sort_by("level")
        app.table.display = False
        app.table.apply([(f"r{index:03}", River(f"r{index:03}", -index)) for index in range(200)])
        app.table.apply([("r000", None)])
        assert app.table.take_in(seconds=60)
        assert app.table.disordered
        app.table.order()
        app.table.order()
        assert not app.table.disordered
        asked.clear()
        app.table.display = True
        app.table.flush()
        assert (await rows(app))[:2] == ["r001 -1", "r002 -2"]
        assert not asked, "each row was valued when it was taken in"


async def test_taking_in_stops_in_time_and_goes_on_where_it_stopped():
    async with running(3) as app:
        app.table.apply([(f"s{index:03}", River(f"s{index:03}", index)) for index in range(50)])
        assert not app.table.take_in(seconds=0)
        assert app.table.take_in(seconds=60)
        app.table.flush()
        assert app.table.total == 53


async def test_a_row_that_was_removed_is_shown_until_the_flush_also_when_it_was_taken_in():
    async with running(3) as app:
        app.table.apply([("r001", None), ("r000", River("r000", 7))])
        assert app.table.take_in(seconds=60)
        await app.press("down")
        assert await rows(app) == ["r000 0", "r001 1", "r002 2"], "the cursor moves over what is on the screen"
        app.table.wide = True
        assert await rows(app) == ["r000 7", "r001 1", "r002 2"], "drawn anew"
        app.table.flush()
        assert await rows(app) == ["r000 7", "r002 2"]

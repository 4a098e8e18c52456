"""Which columns and rows of the table are on the screen, and what scrolls."""

from dataclasses import replace

from widgets.rivers import LEVEL, NAME, NOTE, River, lines, rows, running


async def test_a_smaller_screen_keeps_the_cursor_in_view_and_drops_columns():
    async with running() as app:
        await app.press(*["down"] * 20)
        await app.pilot.resize_terminal(20, 10)
        await app.painted()
        assert "r020" in app.table.visible_keys()
        assert len(app.table.visible_keys()) == 9
        assert (await lines(app))[0] == " RIVER▲     LEVEL"


async def test_columns_that_never_give_way_scroll_sideways():
    async with running(0, size=(20, 10)) as app:
        app.table.columns = (NAME, LEVEL, replace(NOTE, priority=0))
        app.table.load({"Elbe": River("Elbe", 7, "0123456789")})
        await app.painted()
        assert (await lines(app))[1] == " Elbe           7 0"
        await app.press("right", "right")
        assert (await lines(app))[:2] == ["IVER▲     LEVEL NOT", "lbe           7 012"]


async def test_no_row_hides_behind_the_bar_that_scrolls_sideways():
    async with running(size=(14, 10)) as app:
        await app.press("end")
        assert app.table.visible_keys()[-1] == "r099"
        assert (await lines(app))[8].startswith(" r099")
        assert len(app.table.visible_keys()) == 8


async def test_no_cell_hides_behind_the_bar_that_scrolls_down():
    async with running(size=(17 + 1, 10)) as app:
        assert [line[:17] for line in (await lines(app))[:2]] == [" RIVER▲     LEVEL", " r000           0"]
        assert not app.table.show_horizontal_scrollbar
    async with running(size=(17, 10)) as app:
        assert app.table.show_horizontal_scrollbar


async def test_other_columns_replace_the_ones_shown():
    async with running(1) as app:
        app.table.columns = (LEVEL, NAME)
        assert (await lines(app))[:2] == [" LEVEL RIVER▲", "     0 r000"]
        app.table.columns = (LEVEL,)
        assert app.table.sort_key is None
        assert (await lines(app))[:2] == [" LEVEL", "     0"]


async def test_the_view_moves_up_when_there_are_fewer_rows_than_it_is_scrolled_to():
    async with running() as app:
        await app.press("end")
        app.table.apply((f"r{index:03}", None) for index in range(90))
        app.table.flush()
        assert len(await rows(app)) == 10
        assert app.table.cursor_key == "r099"

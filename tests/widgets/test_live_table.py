from dataclasses import replace

import pytest
from textual import events

from bwtop_widgets.live_table import LiveTable
from widgets.rivers import LEVEL, NAME, NOTE, River, Rivers, rivers, running
from widgets.terminal import screen_lines

BODY = 23


async def lines(app: Rivers) -> list[str]:
    await app.painted()
    return screen_lines(app)


async def rows(app: Rivers) -> list[str]:
    return [" ".join(line.split()) for line in (await lines(app))[1:] if line]


async def test_rows_are_shown_in_order_below_the_titles():
    async with running() as app:
        shown = await lines(app)
        assert shown[:3] == ["▲RIVER      LEVEL NOTE", " r000           0", " r001           1"]
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


@pytest.mark.parametrize(
    ("keys", "cursor"),
    [
        (["down", "j", "j", "k", "up"], "r001"),
        (["up"], "r000"),
        (["pagedown"], "r022"),
        (["ctrl+f", "ctrl+f", "ctrl+b"], "r022"),
        (["end"], "r099"),
        (["G", "down"], "r099"),
        (["G", "g"], "r000"),
        (["G", "pageup"], "r077"),
        (["G", "home"], "r000"),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_in_view(keys, cursor):
    async with running() as app:
        await app.press(*keys)
        assert app.table.cursor_key == cursor
        assert app.table.current == rivers(100)[cursor]
        assert cursor in app.table.visible_keys()
        assert any(cursor in line for line in await lines(app))


def test_every_key_has_a_name_to_remap_it_by_and_a_tooltip():
    assert all(binding.id and binding.tooltip for binding in LiveTable.BINDINGS)


async def test_the_cursor_stays_on_its_row_and_the_row_on_its_line():
    async with running() as app:
        table = app.table
        table.cursor_key = "r050"
        line = table.visible_keys().index("r050")
        table.apply((f"a{index:03}", River(f"a{index:03}")) for index in range(10))
        table.flush()
        assert table.cursor_key == "r050"
        assert table.visible_keys().index("r050") == line
        table.sort_by("level")
        assert table.cursor_key == "r050"
        assert table.visible_keys().index("r050") == line


async def test_a_cursor_never_moved_stays_at_the_top():
    async with running() as app:
        app.table.apply([("a000", River("a000"))])
        app.table.flush()
        assert app.table.cursor_key == "a000"
        assert (await rows(app))[0] == "a000 0"


async def test_a_cursor_moved_to_the_top_by_hand_stays_on_its_row_and_home_keeps_it_at_the_top():
    async with running() as app:
        table = app.table
        await app.press("down", "up")
        table.apply([("a000", River("a000"))])
        table.flush()
        assert table.cursor_key == "r000"
        await app.press("home")
        assert table.cursor_key == "a000"
        table.apply([("a-before", River("a-before"))])
        table.flush()
        assert table.cursor_key == "a-before"


async def test_when_the_row_under_the_cursor_goes_the_nearest_one_takes_over():
    async with running() as app:
        table = app.table
        table.cursor_key = "r050"
        table.apply([("r050", None), ("r051", None)])
        table.flush()
        assert table.cursor_key == "r052"
        await app.press("end")
        table.apply([("r099", None)])
        table.flush()
        assert table.cursor_key == "r098"
        table.filter(lambda river: river.level < 10)
        assert table.cursor_key == "r009"
        assert table.cursor_key in table.visible_keys()
        await app.painted()
        assert app.seen.of(LiveTable.RowHighlighted)[-1].key == "r009"


async def test_a_reload_keeps_cursor_and_scroll():
    async with running() as app:
        app.table.cursor_key = "r070"
        before = app.table.visible_keys()
        app.table.load({key: replace(river, note="new") for key, river in rivers(100).items()})
        assert app.table.cursor_key == "r070"
        assert app.table.visible_keys() == before
        assert (await rows(app))[0].endswith("new")


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


async def test_a_click_moves_the_cursor_and_a_double_click_opens_the_row():
    async with running() as app:
        await app.pilot.click(offset=(3, 4))
        assert app.table.cursor_key == "r003"
        assert not app.seen.of(LiveTable.RowSelected)
        await app.pilot.click(offset=(3, 6), times=2)
        await app.painted()
        assert [message.key for message in app.seen.of(LiveTable.RowSelected)] == ["r005"]
        assert app.seen.of(LiveTable.RowHighlighted)[-1].key == "r005"


async def test_a_click_finds_its_row_in_a_scrolled_table():
    async with running() as app:
        await app.press("end")
        await app.pilot.click(offset=(3, 1))
        assert app.table.cursor_key == "r077"


async def test_a_click_below_the_last_row_does_nothing():
    async with running(3) as app:
        await app.pilot.click(offset=(3, 15))
        assert app.table.cursor_key == "r000"


async def test_a_click_on_a_title_sorts_by_it():
    async with running() as app:
        await app.pilot.click(offset=(14, 0))
        await app.painted()
        assert [message.column for message in app.seen.of(LiveTable.HeaderClicked)] == ["level"]
        assert (app.table.sort_key, app.table.descending) == ("level", True)


async def test_the_wheel_scrolls_without_moving_the_cursor():
    async with running() as app:
        await app.pilot._post_mouse_events([events.MouseScrollDown], offset=(3, 4))
        await app.painted()
        assert app.table.visible_keys()[0] > "r000"
        assert (await rows(app))[0] != "r000 0"
        assert app.table.cursor_key == "r000"


async def test_enter_opens_the_row():
    async with running() as app:
        await app.press("down", "enter")
        assert [message.key for message in app.seen.of(LiveTable.RowSelected)] == ["r001"]


async def test_a_smaller_screen_keeps_the_cursor_in_view_and_drops_columns():
    async with running() as app:
        await app.press(*["down"] * 20)
        await app.pilot.resize_terminal(20, 10)
        await app.painted()
        assert "r020" in app.table.visible_keys()
        assert len(app.table.visible_keys()) == 9
        assert (await lines(app))[0] == "▲RIVER      LEVEL"


async def test_columns_that_never_give_way_scroll_sideways():
    async with running(0, size=(20, 10)) as app:
        app.table.columns = (NAME, LEVEL, replace(NOTE, priority=0))
        app.table.load({"Elbe": River("Elbe", 7, "0123456789")})
        await app.painted()
        assert (await lines(app))[1] == " Elbe           7 0"
        await app.press("right", "right")
        assert (await lines(app))[:2] == ["IVER      LEVEL NOT", "lbe           7 012"]


async def test_no_row_hides_behind_the_bar_that_scrolls_sideways():
    async with running(size=(14, 10)) as app:
        await app.press("end")
        assert app.table.visible_keys()[-1] == "r099"
        assert (await lines(app))[8].startswith(" r099")
        assert len(app.table.visible_keys()) == 8


async def test_no_cell_hides_behind_the_bar_that_scrolls_down():
    async with running(size=(17 + 1, 10)) as app:
        assert [line[:17] for line in (await lines(app))[:2]] == ["▲RIVER      LEVEL", " r000           0"]
        assert not app.table.show_horizontal_scrollbar
    async with running(size=(17, 10)) as app:
        assert app.table.show_horizontal_scrollbar


async def test_a_table_that_was_hidden_shows_its_cursor_again_when_it_returns():
    async with running(50) as app:
        app.table.cursor_key = "r010"
        app.table.display = False
        await app.painted()
        app.table.apply((f"a{index:03}", River(f"a{index:03}")) for index in range(40))
        app.table.flush()
        app.table.display = True
        await app.painted()
        assert app.table.cursor_key == "r010"
        assert "r010" in app.table.visible_keys()
        assert any("r010" in line for line in await lines(app))


async def test_a_table_can_be_filled_before_it_is_on_the_screen():
    app = Rivers()
    app.table.load(rivers(100))
    app.table.sort_by("level")
    app.table.cursor_key = "r050"
    async with app.run_test(size=(80, 24)) as app.pilot:
        await app.painted()
        assert "r050" in app.table.visible_keys()
        assert "r050 50" in await rows(app)


async def test_other_columns_replace_the_ones_shown():
    async with running(1) as app:
        app.table.columns = (LEVEL, NAME)
        assert (await lines(app))[:2] == [" LEVEL▲RIVER", "     0 r000"]
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


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
@pytest.mark.parametrize("colour", [True, False])
async def test_the_cursor_is_a_bar_in_every_theme_with_and_without_colour(monkeypatch, theme, colour):
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    async with running(10, theme=theme) as app:
        assert app.no_color is not colour
        for focused in (app.table, None):
            app.set_focus(focused)
            await app.painted()
            bar, plain = (backgrounds(app, line) for line in (1, 2))
            assert bar != plain


def backgrounds(app: Rivers, line: int) -> set[object]:
    """What stands behind the text of a line as the terminal gets it: colour, and whether reversed."""
    strip = app.screen._compositor.render_strips()[line]
    for line_filter in app._filters:
        strip = strip.apply_filter(line_filter, app.screen.background_colors[1])
    return {(segment.style.bgcolor, bool(segment.style.reverse)) for segment in strip if "r00" in segment.text}


async def test_a_change_of_theme_repaints_the_table_in_its_colours():
    async with running() as app:
        before = app.table.render_line(1)
        app.theme = "textual-light"
        await app.painted()
        assert app.table.render_line(1) != before


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
        assert await rows(app) == ["r000 7", "r001 1", "r002 2"]
        app.table.flush()
        assert await rows(app) == ["r000 7", "r002 2"]

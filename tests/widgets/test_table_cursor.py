"""The cursor of the table: keys, mouse, and rows that move under it."""

from dataclasses import replace

import pytest
from textual import events

from bwtop_widgets.live_table import LiveTable
from widgets.rivers import NAME, River, Rivers, lines, rivers, rows, running


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


async def test_a_cursor_that_moves_within_the_view_draws_two_rows_and_asks_for_no_cell(monkeypatch):
    asked, drawn = [], []
    async with running() as app:
        app.table.columns = [replace(NAME, cell=lambda river: asked.append(river.name) or river.name)]
        await app.press("down")
        asked.clear()
        render_line = app.table.render_line
        monkeypatch.setattr(app.table, "render_line", lambda y: drawn.append(y) or render_line(y))
        await app.press("down")
        assert sorted(drawn) == [2, 3], "below the header"
        assert not asked
        app.table.cursor_key = "r050"
        await app.painted()
        assert app.table.visible_keys()[-1] in asked, "other rows came into view"


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

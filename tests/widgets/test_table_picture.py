from dataclasses import replace

from rich.style import Style
from textual.geometry import Size

from bwtop_widgets.columns import SortOrder
from bwtop_widgets.row_scroll import Frame
from bwtop_widgets.table_paint import header_strip, hint_strip, line_strip
from bwtop_widgets.table_picture import Picture
from bwtop_widgets.table_rows import TableRows
from widgets.rivers import LEVEL, NAME, NOTE, River

STYLES = {"": Style(), "dim": Style(dim=True), "bad": Style(bold=True), "cursor": Style(reverse=True)}


def picture(*shown, cursor=None, width=40, before=None):
    rows = TableRows()
    rows.load({river.name: river for river in shown})
    rows.settle()
    return (before or Picture((NAME, LEVEL, NOTE))).followed_by(rows, cursor=cursor, frame=Frame(Size(width, 5), 0))


def texts(drawn):
    return [line_strip(line, drawn.placed, STYLES, ascii=False).text.rstrip() for line in drawn.lines]


def test_lines_are_drawn_in_columns():
    drawn = picture(River("Elbe", 7, "low"), River("Rhine", None), River("Weser", 1234567))
    assert texts(drawn) == [
        " Elbe           7 low",
        " Rhine          –",
        " Weser      1234…",
    ]


def test_the_sort_mark_stands_beside_its_title_and_away_from_all_others():
    drawn = picture(River("Elbe"))
    titles = [
        header_strip(drawn.placed, order, Style(), ascii=ascii).text.rstrip()
        for order, ascii in [
            (SortOrder(None), False),
            (SortOrder("name"), False),
            (SortOrder("level", descending=True), False),
            (SortOrder("name"), True),
            (SortOrder("level", descending=True), True),
        ]
    ]
    assert titles == [
        " RIVER      LEVEL NOTE",
        " RIVER▲     LEVEL NOTE",
        " RIVER     ▼LEVEL NOTE",
        " RIVER^     LEVEL NOTE",
        " RIVER     vLEVEL NOTE",
    ]


def test_no_mark_touches_a_title_that_is_not_its_own():
    columns = (NAME, LEVEL, replace(LEVEL, key="depth", title="DEPTH"), replace(NOTE, title="NOTESNOTES"), NAME)
    placed = picture(River("Elbe"), width=80, before=Picture(columns)).placed
    for column in columns[:-1]:
        head = header_strip(placed, SortOrder(column.key), Style(), ascii=False).text
        assert {word for word in head.split() if "▲" in word} <= {f"▲{column.title}", f"{column.title}▲"}
        assert "▲" in head


def test_a_hint_that_is_too_long_for_a_line_is_shown_whole():
    def shown(hint: str, *, height: int) -> list[str]:
        strips = [hint_strip(hint, Style(), y=y, width=30, height=height, ascii=False) for y in range(height)]
        assert {strip.cell_length for strip in strips} == {30}
        return [strip.text.strip() for strip in strips]

    hint = "no way to the cluster: cannot connect to https://127.0.0.1:9\nrefused"
    lines = ["no way to the cluster:", "cannot connect to", "https://127.0.0.1:9", "refused"]
    assert shown(hint, height=6) == ["", *lines, ""]
    assert shown(hint, height=3) == lines[:3], "what comes first is the cause"


def test_text_with_escape_sequences_markup_and_wide_characters_keeps_the_columns_in_place():
    drawn = picture(River("\x1b[31mRed", 1, "[b]x[/b]"), River("漢字漢字漢字", 2, "y"), River("cafe\u0301", 3, "z"))
    assert sorted(texts(drawn)) == [
        " cafe\u0301           3 z",
        " ␛[31mRed       1 [b]x[/b]",
        " 漢字漢字 …     2 y",
    ]


def test_the_line_under_the_cursor_is_one_bar_of_one_style():
    drawn = picture(River("Elbe", 99, "high"), cursor="Elbe")
    strip = line_strip(drawn.lines[0], drawn.placed, STYLES, ascii=False)
    assert [(segment.style, len(segment.text)) for segment in strip] == [(STYLES["cursor"], drawn.width)]


def test_cells_of_one_style_are_one_segment():
    drawn = picture(River("Elbe", 99, "high"))
    strip = line_strip(drawn.lines[0], drawn.placed, STYLES, ascii=False)
    assert [segment.text.strip() for segment in strip] == ["Elbe", "99", "high"]
    plain = picture(River("Elbe", 5, "low"))
    assert len(line_strip(plain.lines[0], plain.placed, STYLES, ascii=False)._segments) == 1


def test_equal_rows_make_no_difference():
    before = picture(River("Elbe", 7), River("Rhine", 8))
    assert list(picture(River("Elbe", 7), River("Rhine", 8), before=before).differences(before)) == []


def test_a_changed_cell_is_painted_alone():
    before = picture(River("Elbe", 7), River("Rhine", 8))
    differences = list(picture(River("Elbe", 7), River("Rhine", 9), before=before).differences(before))
    assert differences == [(1, range(12, 17))]


def test_a_line_is_painted_whole_when_the_cursor_comes_or_the_row_goes():
    before = picture(River("Elbe", 7), River("Rhine", 8))
    moved = picture(River("Elbe", 7), River("Rhine", 8), cursor="Rhine", before=before)
    assert list(moved.differences(before)) == [(1, range(40))]
    assert list(picture(River("Elbe", 7), before=before).differences(before)) == [(1, range(40))]


def test_a_cursor_that_moves_changes_two_lines_and_asks_for_no_cell():
    asked = []
    column = replace(NAME, cell=lambda river: asked.append(river.name) or river.name)
    rows = TableRows()
    rows.load({name: River(name) for name in ("Elbe", "Oder", "Rhine", "Weser")})
    rows.settle()
    before = Picture((column,)).followed_by(rows, cursor="Elbe", frame=Frame(Size(40, 5), 0))
    asked.clear()
    moved = before.with_cursor_at(2)
    assert [line.cursor for line in moved.lines] == [False, False, True, False]
    assert [difference.y for difference in moved.differences(before)] == [0, 2]
    assert not asked


def test_columns_grow_with_wide_values_and_do_not_shrink_with_narrow_ones():
    narrow = picture(River("Elbe", 7, "low"), width=80)
    wide = picture(River("Elbe", 7, "much too wide for that"), width=80, before=narrow)
    assert [place.width for place in wide.placed] == [10, 5, 22]
    assert wide.differences(narrow) is None
    again = picture(River("Elbe", 7, "low"), width=80, before=wide)
    assert again.placed == wide.placed
    assert picture(River("Elbe", 7, "low"), width=80, before=wide.forgetful()).placed == narrow.placed


def test_a_narrow_screen_keeps_the_columns_that_matter():
    assert texts(picture(River("Elbe", 7, "low"), width=20)) == [" Elbe           7"]


def test_cells_of_a_row_are_asked_for_again_when_it_is_another_or_they_are_outdated():
    asked = []
    name = replace(NAME, cell=lambda river: asked.append(river.name) or river.name)
    elbe, rhine = River("Elbe"), River("Rhine")
    first = picture(elbe, rhine, before=Picture((name,)))
    asked.clear()
    second = picture(elbe, River("Rhine", 9), before=first)
    assert asked == ["Rhine"]
    assert texts(second) == texts(first)
    picture(elbe, rhine, before=second.outdated())
    assert asked == ["Rhine", "Elbe", "Rhine"]
    asked.clear()
    picture(elbe, rhine, before=first.forgetful())
    assert asked == ["Elbe", "Rhine"]

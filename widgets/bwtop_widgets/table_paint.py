"""How a live table looks: cells as strips of styled text."""

from collections.abc import Mapping, Sequence
from textwrap import wrap

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from bwtop_widgets.cell_text import fit
from bwtop_widgets.columns import GAP, Placed, RowT, SortOrder
from bwtop_widgets.table_picture import Line
from bwtop_widgets.tones import tone_css

PREFIX = "live-table"
HINT_MARGIN = 2
OWN_PARTS = ("header", "cursor", "mark")

TABLE_CSS = f"""
LiveTable {{
    background: $surface;
    color: $foreground;
    {tone_css(PREFIX)}
    & > .live-table--header {{ background: $panel; color: $foreground; text-style: bold; }}
    & > .live-table--mark {{ color: $text-accent; text-style: bold; }}
    & > .live-table--cursor {{
        background: $block-cursor-blurred-background;
        color: $block-cursor-blurred-foreground;
        text-style: $block-cursor-blurred-text-style;
    }}
    &:focus > .live-table--cursor {{
        background: $block-cursor-background;
        color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }}
    &.-stale {{ color: $text-muted; }}
    &.-stale > .live-table--good {{ color: $text-muted; }}
    &.-stale > .live-table--warn {{ color: $text-muted; }}
    &.-stale > .live-table--bad {{ color: $text-muted; text-style: none; }}
    &.-stale > .live-table--accent {{ color: $text-muted; }}
    &.-stale:ansi, &.-stale:nocolor {{ text-style: dim; }}
    &:ansi > .live-table--header {{ text-style: bold underline; }}
    &:ansi > .live-table--cursor {{ text-style: reverse; }}
    &:ansi:focus > .live-table--cursor {{ text-style: bold; }}
    &:nocolor > .live-table--cursor {{ text-style: reverse; }}
    &:nocolor:focus > .live-table--cursor {{ text-style: bold reverse; }}
}}
"""


def header_strip(placed: Sequence[Placed[RowT]], order: SortOrder, style: Style, *, ascii: bool) -> Strip:
    """The titles; the sort mark stands beside its own one, in room of its own, so that nothing moves with the order."""
    return _strip([(_title(place, order, ascii=ascii), style) for place in placed])


def line_strip(line: Line, placed: Sequence[Placed[RowT]], styles: Mapping[str, Style], *, ascii: bool) -> Strip:
    """A row in as few segments as it can be: each change of style costs some 40 bytes on the wire.

    A mark takes the margin before the first column.
    """
    plain = styles["cursor" if line.cursor else ""]
    mark = ("*" if ascii else "●") if line.marked else ""
    pieces: list[tuple[str, Style]] = [(mark, plain if line.cursor else styles["mark"])] if mark else []
    for place, cell in zip(placed, line.cells, strict=True):
        column = place.column
        text = " " * (0 if place.x == GAP and mark else GAP) + fit(
            cell.text, place.width, right=column.right, clip=column.clip, ascii=ascii, shorter=cell.shorter
        )
        style = plain if line.cursor else styles.get(cell.style, plain)
        if pieces and (style == pieces[-1][1] or text.isspace()):
            pieces[-1] = (pieces[-1][0] + text, pieces[-1][1])
        else:
            pieces.append((text, style))
    return _strip(pieces)


def hint_strip(hint: str, style: Style, *, y: int, width: int, height: int, ascii: bool) -> Strip:
    """Line `y` of an area with the hint in its middle; what is too long for a line goes on in the next one."""
    lines = [piece for line in hint.splitlines() for piece in wrap(line, max(width - 2 * HINT_MARGIN, 1)) or [""]]
    at = y - max((height - len(lines)) // 2, 0)
    shown = fit(lines[at], width, ascii=ascii).rstrip() if 0 <= at < len(lines) else ""
    left = " " * ((width - cell_len(shown)) // 2)
    return _strip([(left + shown, style)]).adjust_cell_length(width, style)


def _title(place: Placed[RowT], order: SortOrder, *, ascii: bool) -> str:
    column = place.column
    mark = ""
    if column.key == order.key:
        mark = ("v" if ascii else "▼") if order.descending else ("^" if ascii else "▲")
    if column.right:
        return fit(mark + column.title, GAP + place.width, right=True, ascii=ascii)
    return " " * GAP + fit(column.title + mark, place.width, ascii=ascii)


def _strip(pieces: Sequence[tuple[str, Style]]) -> Strip:
    return Strip([Segment(text, style) for text, style in pieces])

"""What a live table has on the screen, as cells, and where the next picture differs from it."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, NamedTuple

from bwtop_widgets.cell_text import width_of
from bwtop_widgets.columns import Cell, Column, Placed, RowT, kept, place
from bwtop_widgets.row_scroll import Frame
from bwtop_widgets.table_rows import TableRows


class Line(NamedTuple):
    """What one line of the screen shows of a row, before it is cut to width and styled."""

    cells: tuple[Cell, ...]
    cursor: bool
    marked: bool = False


class Drawn(NamedTuple, Generic[RowT]):
    """A row and its cells, as they were asked for last."""

    row: RowT
    cells: tuple[Cell, ...]


class Difference(NamedTuple):
    y: int
    x: range


@dataclass(frozen=True, eq=False)
class Picture(Generic[RowT]):
    """Columns in their places and the lines below them; never changed, only followed by the next one."""

    columns: Sequence[Column[RowT]]
    wide: bool = False
    """Whether no column gives way: then the table scrolls sideways."""
    frame: Frame | None = None
    """None: nothing is on the screen yet."""
    kept: tuple[Column[RowT], ...] = ()
    """Columns that have not given way."""
    placed: tuple[Placed[RowT], ...] = ()
    lines: tuple[Line, ...] = ()
    seen: Mapping[str, int] | None = None
    """How wide values were, by column. It only grows while the size stays, lest columns jitter."""
    drawn: Mapping[str, Drawn[RowT]] = field(default_factory=dict)
    """By key, the rows in view whose cells still hold: they are not asked for again, nor measured."""

    @property
    def width(self) -> int:
        return self.placed[-1].end if self.placed else 0

    def outdated(self) -> "Picture[RowT]":
        """The same, with all cells to be asked for again."""
        return replace(self, drawn={})

    def forgetful(self) -> "Picture[RowT]":
        """As outdated, with column widths free to shrink."""
        return replace(self, seen=None, drawn={})

    def followed_by(
        self, rows: TableRows[RowT], *, cursor: str | None, frame: Frame, marks: Container[str] = ()
    ) -> "Picture[RowT]":
        """The picture of these rows in that frame; another row under the same key has its cells asked for."""
        size = frame.size
        same_size = self.frame is not None and self.frame.size == size
        columns = self.kept if same_size else self._columns(size.width)
        known = self.drawn if same_size else {}
        drawn = {key: _drawn(rows[key], columns, known.get(key)) for key in rows.order[frame.top : frame.bottom]}
        lines = tuple(Line(cells, key == cursor, key in marks) for key, (_, cells) in drawn.items())
        fresh = [cells for key, (_, cells) in drawn.items() if key not in known or known[key].cells is not cells]
        seen = _widened((same_size and self.seen) or {}, columns, fresh)
        placed = place(columns, seen=seen, width=size.width)
        return Picture(self.columns, self.wide, frame, columns, placed, lines, seen, drawn)

    def with_cursor_at(self, y: int) -> "Picture[RowT]":
        """The same rows, the cursor on line `y` or, where there is no such line, on none."""
        moved = [
            line if line.cursor == (at == y) else line._replace(cursor=at == y) for at, line in enumerate(self.lines)
        ]
        return replace(self, lines=tuple(moved))

    def _columns(self, width: int) -> tuple[Column[RowT], ...]:
        return tuple(self.columns) if self.wide else kept(self.columns, width=width)

    def differences(self, before: "Picture[RowT]") -> Iterator[Difference] | None:
        """Where the screen must be painted again to turn `before` into this; None: everywhere."""
        if before.frame is None or self.frame is None:
            return None
        if before.frame.size != self.frame.size or before.placed != self.placed:
            return None
        return self._differing_lines(before)

    def _differing_lines(self, before: "Picture[RowT]") -> Iterator[Difference]:
        for y in range(max(len(self.lines), len(before.lines))):
            old = before.lines[y] if y < len(before.lines) else None
            new = self.lines[y] if y < len(self.lines) else None
            if old != new:
                yield Difference(y, self._differing_cells(old, new))

    def _differing_cells(self, old: Line | None, new: Line | None) -> range:
        if old is None or new is None or old.cursor != new.cursor or old.marked != new.marked:
            return range(max(self.width, self.frame.size.width if self.frame else 0))
        changed = [place for place, a, b in zip(self.placed, old.cells, new.cells, strict=True) if a != b]
        return range(changed[0].x, changed[-1].end)


def _drawn(row: RowT, columns: Sequence[Column[RowT]], known: Drawn[RowT] | None) -> Drawn[RowT]:
    if known is not None and known.row is row:
        return known
    return Drawn(row, tuple(column.content(row) for column in columns))


def _widened(
    seen: Mapping[str, int], columns: Sequence[Column[RowT]], rows: Sequence[Sequence[Cell]]
) -> Mapping[str, int]:
    wider = dict(seen)
    for index, column in enumerate(columns):
        widest = wider.get(column.key, column.min_width)
        for cells in rows:
            if widest >= column.widest:
                break
            widest = max(widest, width_of(cells[index].text, most=column.widest))
        wider[column.key] = widest
    return wider

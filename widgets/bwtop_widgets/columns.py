"""What a live table shows of a row: its columns, and how they share the width of the screen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bwtop_widgets.cell_text import Clip

RowT = TypeVar("RowT")

GAP = 1
"""Empty cells before each column; the first one is the margin of the table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and the name of its style: `dim`, `good`, `warn`, `bad`, `accent`, `bold`, or empty."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class SortOrder:
    key: str | None
    """Key of the column; None: by the key of the row."""
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class Column(Generic[RowT]):
    key: str
    title: str
    cell: Callable[[RowT], str | Cell]
    sort: Callable[[RowT], Any]
    """What to sort by; None is unknown and comes last in both directions."""
    min_width: int
    max_width: int = 0
    """How wide the column grows for wide values where there is room; below `min_width`: not at all."""
    right: bool = False
    priority: int = 0
    """The highest gives way first on a narrow screen; 0 never does."""
    descending: bool = False
    """The direction when the table is first sorted by this column."""
    clip: Clip = "end"
    """The side that is cut off a value that is too wide."""

    @property
    def widest(self) -> int:
        return max(self.min_width, self.max_width)

    def content(self, row: RowT) -> Cell:
        value = self.cell(row)
        return value if isinstance(value, Cell) else Cell(value)


@dataclass(frozen=True, slots=True)
class Placed(Generic[RowT]):
    """A column on the screen: `width` cells of content from cell `x` on, `GAP` cells before it not counted."""

    column: Column[RowT]
    x: int
    width: int

    @property
    def end(self) -> int:
        return self.x + self.width


def kept(columns: Sequence[Column[RowT]], *, width: int) -> tuple[Column[RowT], ...]:
    """The columns that stay on a screen of that width, in their order."""
    left = list(columns)
    while _narrowest(left) > width:
        least = max(reversed(left), key=lambda column: column.priority, default=None)
        if least is None or least.priority == 0:
            break
        left.remove(least)
    return tuple(left)


def place(columns: Sequence[Column[RowT]], *, seen: Mapping[str, int], width: int) -> tuple[Placed[RowT], ...]:
    """Columns side by side; those whose values were seen to be wider share what room there is in proportion."""
    needs = [_need(column, seen) for column in columns]
    shares = _shares(needs, spare=max(0, width - _narrowest(columns)))
    placed = []
    x = 0
    for column, share in zip(columns, shares, strict=True):
        placed.append(Placed(column, x + GAP, column.min_width + share))
        x = placed[-1].end
    return tuple(placed)


def _narrowest(columns: Sequence[Column[RowT]]) -> int:
    return sum(column.min_width + GAP for column in columns)


def _need(column: Column[RowT], seen: Mapping[str, int]) -> int:
    return max(0, min(column.widest, seen.get(column.key, 0)) - column.min_width)


def _shares(needs: Sequence[int], *, spare: int) -> list[int]:
    total = sum(needs)
    if total <= spare:
        return list(needs)
    shares = [need * spare // total for need in needs]
    left = spare - sum(shares)
    for index, need in enumerate(needs):
        more = min(left, need - shares[index])
        shares[index] += more
        left -= more
    return shares

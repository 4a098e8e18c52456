"""What a live table shows of a row: its columns, and how they share the width of the screen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rich.cells import cell_len

from bwtop_widgets.cell_text import Clip

RowT = TypeVar("RowT")

GAP = 1
"""Empty cells before each column; the first one is the margin of the table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and the name of its style: `dim`, `good`, `warn`, `bad`, `accent`, `bold`, or empty."""

    text: str
    style: str = ""
    shorter: tuple[str, ...] = ()
    """The first that fits stands for a text that does not: half a number would be another number."""


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
    """The title and its sort mark make the column wider where they need it."""
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
    while _total(_narrowest(left)) > width:
        least = max(reversed(left), key=lambda column: column.priority, default=None)
        if least is None or least.priority == 0:
            break
        left.remove(least)
    return tuple(left)


def place(columns: Sequence[Column[RowT]], *, seen: Mapping[str, int], width: int) -> tuple[Placed[RowT], ...]:
    """Columns side by side; those whose values were seen to be wider share what room there is in proportion."""
    narrowest = _narrowest(columns)
    needs = [
        max(0, min(column.widest, seen.get(column.key, 0)) - least)
        for column, least in zip(columns, narrowest, strict=True)
    ]
    shares = _shares(needs, spare=max(0, width - _total(narrowest)))
    placed = []
    x = 0
    for column, least, share in zip(columns, narrowest, shares, strict=True):
        placed.append(Placed(column, x + GAP, least + share))
        x = placed[-1].end
    return tuple(placed)


def _narrowest(columns: Sequence[Column[RowT]]) -> list[int]:
    """Least widths in which no sort mark touches a title that is not its own.

    It stands behind a title on the left, and before one on the right: there the gap has room for it, unless the title
    before ends at that gap.
    """
    right = [False, *(column.right for column in columns)]
    return [
        max(column.min_width, cell_len(column.title) + (before_right or not column.right))
        for column, before_right in zip(columns, right, strict=False)
    ]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * len(widths)


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

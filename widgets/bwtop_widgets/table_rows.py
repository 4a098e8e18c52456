"""Which rows a table shows and in what order: the part of a live table that knows no screen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic

from bwtop_widgets.columns import RowT

_ABSENT = object()
_FEW = 32
"""Up to a row in so many is moved one by one; beyond that sorting anew is quicker (52,000 rows: 20 ms)."""


def _unknown(_row: object) -> None:
    return None


class TableRows(Generic[RowT]):
    """Rows by key, filtered and sorted.

    Rows are ordered by a value of theirs, equal ones by their keys, and those whose value is None come last whatever
    the direction. A change costs little until `settle` brings `order` up to date, moving only what must move.
    """

    def __init__(self) -> None:
        self.order: Sequence[str] = []
        """Keys of the shown rows, as of the last `settle`; never changed in place."""
        self._rows: dict[str, RowT] = {}
        self._values: dict[str, Any] = {}
        self._by_key: list[str] = []
        """All keys in order, as of the last sorting: to sort them anew with what came since is quick."""
        self._came: set[str] = set()
        self._went: set[str] = set()
        self._all: Sequence[str] = []
        """Keys of all rows in order: a filter, which changes with each key, need not sort."""
        self._shown: set[str] | None = None
        """Keys of the rows that pass the filter; None: there is none."""
        self._moved: set[str] = set()
        self._unsorted = False
        self._refiltered = False
        self._value: Callable[[RowT], Any] = _unknown
        self._descending = False
        self._predicate: Callable[[RowT], bool] | None = None

    def __len__(self) -> int:
        """All rows, also those that the filter hides."""
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        """Whether the row is shown."""
        return key in self._rows if self._shown is None else key in self._shown

    def has(self, key: str) -> bool:
        """Whether there is such a row, shown or not."""
        return key in self._rows

    def __getitem__(self, key: str) -> RowT:
        return self._rows[key]

    def load(self, rows: Mapping[str, RowT]) -> None:
        """Replace all rows."""
        self._rows = dict(rows)
        self._by_key = sorted(rows)
        self._came.clear()
        self._went.clear()
        self._evaluate()
        self._choose()

    def apply(self, changes: Iterable[tuple[str, RowT | None]]) -> None:
        """Add or replace rows; None removes one."""
        for key, row in changes:
            if row is None:
                self._remove(key)
            else:
                self._put(key, row)

    def filter(self, predicate: Callable[[RowT], bool] | None) -> None:
        """Show only rows for which the predicate is true; None shows all."""
        self._predicate = predicate
        self._choose()

    def sort_by(self, value: Callable[[RowT], Any] | None, *, descending: bool = False) -> None:
        """Order rows by this value; None: by their keys."""
        self._value = value or _unknown
        self._descending = descending
        self._evaluate()

    @property
    def disordered(self) -> bool:
        """So much has moved that to settle is to sort all rows anew."""
        return self._unsorted or len(self._moved) * _FEW > len(self._values)

    def settle(self) -> bool:
        """Bring `order` up to date; False when it did not have to change."""
        before = self.order
        if self.disordered:
            self.sort_keys()
            self._all = self._ordered(self._by_key)
        elif self._moved:
            self._all = self._merged()
            if len(self._came) + len(self._went) > len(self._values):
                self.sort_keys()
        elif not self._refiltered:
            return False
        self._unsorted = self._refiltered = False
        self._moved.clear()
        shown = self._shown
        self.order = self._all if shown is None else [key for key in self._all if key in shown]
        return self.order != before

    def sort_keys(self) -> bool:
        """The first half of sorting all rows anew; false when it was done already."""
        if not self._came and not self._went:
            return False
        if self._went:
            self._by_key = [key for key in self._by_key if key not in self._went]
        self._by_key += [key for key in self._came | self._went if key in self._rows]
        self._by_key.sort()
        self._came.clear()
        self._went.clear()
        return True

    def index(self, key: str) -> int | None:
        """Position of a row in `order`, which must be settled; None: not shown."""
        return self._position(key, self.order, 0) if key in self else None

    def _evaluate(self) -> None:
        value = self._value
        self._values = {key: value(row) for key, row in self._rows.items()}
        self._unsorted = True

    def _choose(self) -> None:
        predicate = self._predicate
        self._shown = None if predicate is None else {key for key, row in self._rows.items() if predicate(row)}
        self._refiltered = True

    def _put(self, key: str, row: RowT) -> None:
        self._rows[key] = row
        value, before = self._value(row), self._values.get(key, _ABSENT)
        if before is _ABSENT:
            self._came.add(key)
        if before is _ABSENT or before != value:
            self._values[key] = value
            self._moved.add(key)
        if self._shown is not None and self._predicate is not None:
            passes = self._predicate(row)
            if passes != (key in self._shown):
                self._shown ^= {key}
                self._refiltered = True

    def _remove(self, key: str) -> None:
        if key in self._rows:
            del self._rows[key], self._values[key]
            self._moved.add(key)
            self._went.add(key)
            if self._shown is not None:
                self._shown.discard(key)

    def _ordered(self, by_key: Sequence[str]) -> list[str]:
        """By their values those that have one, then the others; `by_key` is in order already."""
        values = self._values
        known = [key for key in by_key if values[key] is not None]
        known.sort(key=values.__getitem__, reverse=self._descending)
        if len(known) < len(by_key):
            known += [key for key in by_key if values[key] is None]
        return known

    def _merged(self) -> list[str]:
        moved = self._moved
        still = [key for key in self._all if key not in moved]
        merged: list[str] = []
        done = 0
        for key in self._ordered(sorted(moved & self._values.keys())):
            position = self._position(key, still, done)
            merged += still[done:position]
            merged.append(key)
            done = position
        return merged + still[done:]

    def _position(self, key: str, among: Sequence[str], low: int) -> int:
        high = len(among)
        while low < high:
            middle = (low + high) // 2
            if self._precedes(among[middle], key):
                low = middle + 1
            else:
                high = middle
        return low

    def _precedes(self, one: str, other: str) -> bool:
        a, b = self._values[one], self._values[other]
        if a is None or b is None:
            return one < other if a is b else b is None
        if a == b:
            return one < other
        return bool(b < a if self._descending else a < b)

"""Data that came for a table and is not shown yet."""

import time
from collections.abc import Iterable, Mapping
from typing import Generic

from bwtop_widgets.columns import RowT
from bwtop_widgets.table_rows import TableRows


class TableFeed(Generic[RowT]):
    """A whole new set of rows, and changes after it; of several changes to a row only the last one counts."""

    def __init__(self) -> None:
        self._whole: dict[str, RowT] | None = None
        self._changes: dict[str, RowT | None] = {}

    def load(self, rows: Mapping[str, RowT]) -> None:
        self._whole = dict(rows)
        self._changes.clear()

    def apply(self, changes: Iterable[tuple[str, RowT | None]]) -> None:
        self._changes.update(changes)

    def drain(self, rows: TableRows[RowT]) -> bool:
        """Hand everything over; true when the rows were replaced as a whole."""
        whole, changes = self._whole, self._changes
        self._whole, self._changes = None, {}
        if whole is not None:
            rows.load(whole)
        if changes:
            rows.apply(changes.items())
        return whole is not None

    def pour(self, rows: TableRows[RowT], *, seconds: float) -> bool:
        """Hand over rows that were added or replaced, for at most about so long; true when all of them were."""
        if self._whole is not None:
            return True
        deadline = time.perf_counter() + seconds
        removed: dict[str, RowT | None] = {}
        in_time = True
        while self._changes and in_time:
            key, row = self._changes.popitem()
            if row is None:
                removed[key] = None
            else:
                rows.apply(((key, row),))
                in_time = time.perf_counter() < deadline
        self._changes |= removed
        return in_time

"""How what the watches bring comes into the tables: one timer drains the store and flushes the table that is seen.

All of it in slices, each in a turn of the event loop of its own: when 50,000 rows arrive, keys are still answered.
"""

import time
from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from bwtop.live.store import Store
from bwtop.panels.views import VIEWS, View
from bwtop_widgets.live_table import LiveTable

SLICE_PAUSE = 0.005
HIDDEN_SECONDS = 0.005
"""What the tables that nobody sees may cost together in a slice: a view that is opened has little left to do."""
PAINT_SECONDS = 0.25
"""At least so long between two paintings while much comes: to put rows in order looks at all of them."""


class DrainedTables(Screen[None]):
    """Subclasses compose the tables, in the order of VIEWS, and call `_drain` on their timer."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self._tables: list[LiveTable[Any]] = []
        self._active = 0
        self._unpainted = False
        self._painted_at = float("-inf")
        self._going_on = False
        """The next slice has its turn already."""

    @property
    def view(self) -> View[Any]:
        return VIEWS[self._active]

    @property
    def table(self) -> LiveTable[Any]:
        return self._tables[self._active]

    @property
    def tables(self) -> Sequence[LiveTable[Any]]:
        """In the order of VIEWS."""
        return self._tables

    def _drain(self) -> bool:
        """One slice of the store's work, unless there is one to come already; the rest in the next turns.

        Returns whether any row has changed, or may have.
        """
        if self._going_on:
            return True
        began = time.monotonic()
        changes, changed = self.store.drain(), False
        for view, table in zip(VIEWS, self._tables, strict=True):
            rows = view.rows(self.store)
            if keys := view.changed(changes):
                changed = True
                table.apply((key, rows.get(key)) for key in keys)
                self._unpainted |= table is self.table
        more = not self._take_in_hidden() or changes.more
        now = time.monotonic()
        paints = self._unpainted and now - self._painted_at >= PAINT_SECONDS
        if paints and now - began < SLICE_PAUSE:
            self._paint()
            paints = False
        if paints or more:
            self._going_on = True
            self.set_timer(SLICE_PAUSE, self._paint_and_go_on if paints else self._go_on)
        return changed

    def _take_in_hidden(self) -> bool:
        """True when they have nothing left; while one has much, the next ones wait."""
        until = time.monotonic() + HIDDEN_SECONDS
        hidden = [table for table in self._tables if table is not self.table]
        return all(table.take_in(seconds=max(0.0, until - time.monotonic())) for table in hidden)

    def _go_on(self) -> None:
        self._going_on = False
        self._drain()

    def _paint_and_go_on(self) -> None:
        self._paint()
        self.set_timer(SLICE_PAUSE, self._go_on)

    def _paint(self) -> None:
        self._unpainted, self._painted_at = False, time.monotonic()
        self.table.flush()

    def _order_hidden(self) -> None:
        """In a turn of its own: to sort 50,000 rows takes as long as opening a view may."""
        if any(table.disordered for table in self._tables):
            self.set_timer(SLICE_PAUSE, self._order_next)

    def _order_next(self) -> None:
        """A step of one of them."""
        if disordered := next((table for table in self._tables if table.disordered), None):
            disordered.order()

    def _touch_visible(self) -> None:
        """What stands in the rows on the screen may have changed without an event: ages, curves."""
        self.table.outdate()
        self._unpainted = True

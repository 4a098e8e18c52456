"""A table for many rows that change all the time: it paints only what is on the screen and looks different.

The stock DataTable repaints and sends all of its area for each changed cell and measures every row it is given.
This one draws by line. It takes changes as they come, puts them in order once per `flush`, compares the cells of the
visible rows with those on the screen and sends what differs: nothing, most of the time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Region

from bwtop_widgets.columns import Cell, Column, RowT, SortOrder
from bwtop_widgets.painted_rows import PaintedRows
from bwtop_widgets.row_scroll import HEADER
from bwtop_widgets.table_events import KEYS, HeaderClicked, MarksChanged, RowHighlighted, RowSelected
from bwtop_widgets.table_feed import TableFeed
from bwtop_widgets.table_paint import TABLE_CSS
from bwtop_widgets.table_picture import Picture

__all__ = ["Cell", "Column", "LiveTable", "SortOrder"]


class LiveTable(PaintedRows[RowT], can_focus=True, inherit_bindings=False):
    """Rows of any kind under columns that know how to show and sort them."""

    DEFAULT_CSS = TABLE_CSS
    BINDING_GROUP_TITLE = "Table"
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    RowHighlighted = RowHighlighted
    RowSelected = RowSelected
    HeaderClicked = HeaderClicked
    MarksChanged = MarksChanged

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        *,
        sort_key: str | None = None,
        descending: bool = False,
        empty_text: str = "",
        ascii: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(columns, empty_text=empty_text, ascii=ascii, name=name, id=id, classes=classes)
        self._feed: TableFeed[RowT] = TableFeed()
        self._sort = SortOrder(sort_key, descending)
        self._rows.sort_by(self._sort_value(), descending=descending)
        self._frozen = False
        self._follows_top = True

    # Data

    def load(self, rows: Mapping[str, RowT]) -> None:
        """Replace all rows and paint."""
        self._feed.load(rows)
        self.flush()

    def apply(self, changes: Iterable[tuple[str, RowT | None]]) -> None:
        """Note rows that were added or replaced, or removed (None); they are seen from the next `flush` on."""
        self._feed.apply(changes)

    def flush(self) -> None:
        """Put what was noted in order and repaint what looks different; does nothing while frozen."""
        if self._frozen:
            return
        if self._feed.drain(self._rows):
            self._picture = self._picture.forgetful()
        self._arrange()
        self._marks.keep(self._rows.has)

    def outdate(self) -> None:
        """What cells say beside their rows, such as ages, is asked for again by the next `flush`."""
        self._picture = self._picture.outdated()

    def take_in(self, *, seconds: float) -> bool:
        """Work through what was noted while nobody sees the table; true when `seconds` were enough for it.

        Rows that were removed are still there until the next `flush`, since the order has them.
        """
        return self._frozen or self._feed.pour(self._rows, seconds=seconds)

    @property
    def disordered(self) -> bool:
        """Whether the next `flush` has to sort all rows anew."""
        return not self._frozen and self._rows.disordered

    def order(self) -> None:
        """A step of that: half of it, or the rest."""
        if not self._rows.sort_keys():
            self.flush()

    @property
    def frozen(self) -> bool:
        """Whether the picture is held while data goes on; sorting and filtering then act on what is held."""
        return self._frozen

    @frozen.setter
    def frozen(self, frozen: bool) -> None:
        self._frozen = frozen
        self.flush()

    def filter(self, predicate: Callable[[RowT], bool] | None) -> None:
        """Show only the rows for which the predicate is true; None shows all."""
        self._rows.filter(predicate)
        self._arrange()

    # Columns and order

    @property
    def columns(self) -> Sequence[Column[RowT]]:
        """Those that give way on a narrow screen included."""
        return self._picture.columns

    @columns.setter
    def columns(self, columns: Sequence[Column[RowT]]) -> None:
        self._picture = Picture(columns, self._picture.wide)
        if self._sort.key not in {column.key for column in columns}:
            self._sort = SortOrder(None)
        self._rows.sort_by(self._sort_value(), descending=self._sort.descending)
        self._arrange()

    @property
    def wide(self) -> bool:
        """Whether all columns are shown, however narrow the screen is."""
        return self._picture.wide

    @wide.setter
    def wide(self, wide: bool) -> None:
        self._picture = Picture(self.columns, wide)
        self.scroll_to(x=0, animate=False, force=True)
        self._repaint()

    def sort_by(self, key: str | None, *, descending: bool | None = None) -> None:
        """Sort by a column (None: by the rows' keys), in its first direction, or the other way round if it was that."""
        if descending is None:
            descending = not self.descending if key == self.sort_key else self._first_direction(key)
        self._sort = SortOrder(key, descending)
        self._rows.sort_by(self._sort_value(), descending=descending)
        self.refresh(Region(0, 0, self.size.width, HEADER))
        self._arrange()

    @property
    def sort_key(self) -> str | None:
        return self._sort.key

    @property
    def descending(self) -> bool:
        return self._sort.descending

    def _sort_value(self) -> Callable[[RowT], Any] | None:
        return None if self._sort.key is None else self._column(self._sort.key).sort

    def _first_direction(self, key: str | None) -> bool:
        return key is not None and self._column(key).descending

    def _column(self, key: str) -> Column[RowT]:
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(f"no column {key!r}; the table has {', '.join(column.key for column in self.columns)}")

    # Cursor

    @property
    def cursor_key(self) -> str | None:
        """Key of the row under the cursor; None: no row is shown."""
        return self._cursor

    @cursor_key.setter
    def cursor_key(self, key: str) -> None:
        index = self._rows.index(key)
        if index is not None:
            self._go(index)

    def hold_cursor(self) -> None:
        """The cursor stays with its row from now on, although nobody has moved it: something is done to that row."""
        self._follows_top = False

    def is_shown(self, key: str) -> bool:
        """Whether there is such a row and the filter lets it pass."""
        return key in self._rows

    @property
    def current(self) -> RowT | None:
        """The row under the cursor, as it is shown."""
        return None if self._cursor is None else self._rows[self._cursor]

    # Marks

    @property
    def marked(self) -> Sequence[RowT]:
        """The marked rows in the order of their keys, also those that the filter hides."""
        return [self._rows[key] for key in self._marks]

    @property
    def marked_hidden(self) -> int:
        """How many of them the filter hides."""
        return sum(key not in self._rows for key in self._marks)

    def unmark(self) -> None:
        self._marks.clear()

    def action_mark(self) -> None:
        """Marks or unmarks the row, and goes to the next one: to mark many is to hold the key."""
        if self._cursor is not None:
            self._marks.toggle(self._cursor)
            self._go(self._cursor_at + 1)

    def action_mark_range(self) -> None:
        if self._cursor is not None:
            self._marks.extend(self._cursor, self._rows.order)

    def action_invert_marks(self) -> None:
        self._marks.invert(self._rows.order)

    def action_unmark(self) -> None:
        self.unmark()

    def _marks_changed(self) -> None:
        super()._marks_changed()
        self.post_message(self.MarksChanged(self))

    # Moving about

    def action_move(self, rows: int) -> None:
        self._go(self._cursor_at + rows)

    def action_page(self, pages: int) -> None:
        self._go(self._cursor_at + pages * max(1, self.frame.size.height - 1))

    def action_top(self) -> None:
        self._go(0)
        self._follows_top = True

    def action_bottom(self) -> None:
        self._go(self.shown - 1)

    def action_select(self) -> None:
        if self._cursor is not None:
            self.post_message(self.RowSelected(self, self._cursor))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < HEADER:
            self._click_header(offset.x + self.scroll_offset.x)
        elif (index := offset.y - HEADER + self.frame.top) < self.shown:
            self._go(index)
            if event.chain > 1:
                self.action_select()

    def _click_header(self, x: int) -> None:
        for place in self._picture.placed:
            if x < place.end:
                self.sort_by(place.column.key)
                self.post_message(self.HeaderClicked(self, place.column.key))
                return

    def _go(self, index: int) -> None:
        if self.shown:
            self._follows_top = False
            self._set_cursor(max(0, min(index, self.shown - 1)))
            self.reveal(self._cursor_at)
            self._repaint_cursor()

    def _set_cursor(self, index: int) -> None:
        """Put the cursor there and tell; the row itself need not be in view."""
        before = self._cursor
        self._cursor_at = index
        self._cursor = self._rows.order[index] if self.shown else None
        if self._cursor != before:
            self.post_message(self.RowHighlighted(self, self._cursor))

    def _cursor_after(self, before: Sequence[str]) -> int:
        """Where the cursor belongs now: with its row, or with the row nearest to where that was."""
        if self._cursor is None or self._follows_top:
            return 0
        at = self._cursor_at
        for old in chain(range(at, len(before)), reversed(range(at))):
            index = self._rows.index(before[old])
            if index is not None:
                return index
        return 0

    # Painting

    def _arrange(self) -> None:
        """Settle the order; the cursor stays with its row, and the row with its line of the screen if it can."""
        before = self._rows.order
        frame, was_at = self.frame, self._cursor_at
        if self._rows.settle():
            self._set_cursor(self._cursor_after(before))
            self.fit_content(width=self._picture.width, rows=self.shown)
            if frame.top <= was_at < frame.bottom:
                self.scroll_to_row(self._cursor_at - was_at + frame.top)
            if bool(before) != bool(self.shown):
                self.refresh()
        self._repaint()


if __name__ == "__main__":
    from bwtop_widgets.gallery import TableGallery

    TableGallery().run()

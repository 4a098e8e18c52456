"""A scroll view of one-line rows under a header, which does not send more than what moved."""

from typing import NamedTuple

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget

HEADER = 1
"""Lines above the rows; they scroll sideways with them, and stay where they are otherwise."""


class Frame(NamedTuple):
    """The part of the rows that the screen shows."""

    size: Size
    """Without the header."""
    top: int
    """Position of the first row."""

    @property
    def bottom(self) -> int:
        """Position after the last row that fits."""
        return self.top + self.size.height


class RowScroll(ScrollView, inherit_bindings=False):
    """Textual lays out the screen when the size of a content changes, and sends all of it; this one moves the bar."""

    DEFAULT_CSS = """
    RowScroll {
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
    }
    """
    _thumb: tuple[int, ...] = ()

    @property
    def frame(self) -> Frame:
        width, height = self.scrollable_size
        return Frame(Size(width, max(0, height - HEADER)), self.scroll_offset.y)

    def fit_content(self, *, width: int, rows: int) -> None:
        """Tell how much there is to scroll through."""
        size = Size(width if width > self.scrollable_size.width else 0, rows + HEADER)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self.scroll_y = self.validate_scroll_y(self.scroll_y)
        self._move_thumb()

    def scroll_to_row(self, top: int) -> None:
        """Make this row the first one in view."""
        if self.is_attached:
            self.scroll_to(y=max(0, top), animate=False, force=True)

    def reveal(self, row: int) -> None:
        """Scroll as little as it takes to have this row in view."""
        size, top = self.frame
        if row < top:
            self.scroll_to_row(row)
        elif row >= self.frame.bottom:
            self.scroll_to_row(row - size.height + 1)

    def scrolled(self) -> None:
        """Other rows came into view; the place to repaint them."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        self._move_thumb()
        if round(old_value) != round(new_value):
            self.scrolled()

    def _move_thumb(self) -> None:
        """Paint the scrollbars if they look different, which is to the eighth of a cell."""
        height, window = self.virtual_size.height, self.scrollable_size.height
        eighths = 8 * window / height
        thumb = (
            *self.virtual_size.with_height(0),
            *self.scrollable_size,
            height > window,
            int(eighths * window),
            int(eighths * self.scroll_y),
        )
        if thumb != self._thumb:
            self._thumb = thumb
            self._scroll_update(self.virtual_size)
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.position = self.scroll_y

"""The screen side of a live table: it paints the rows in view, and sends only the cells that look different."""

from collections.abc import Sequence
from typing import ClassVar, Generic

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from bwtop_widgets.columns import Column, RowT, SortOrder
from bwtop_widgets.row_scroll import HEADER, RowScroll
from bwtop_widgets.table_marks import Marks
from bwtop_widgets.table_paint import OWN_PARTS, PREFIX, header_strip, hint_strip, line_strip
from bwtop_widgets.table_picture import Picture
from bwtop_widgets.table_rows import TableRows
from bwtop_widgets.tones import component_classes, tone_styles


class PaintedRows(RowScroll, Generic[RowT], inherit_bindings=False):
    """Whoever changes rows, order, cursor or marks calls `_repaint`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(PREFIX) | {f"{PREFIX}--{part}" for part in OWN_PARTS}
    ALLOW_SELECT = False

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        *,
        empty_text: str,
        ascii: bool,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._picture: Picture[RowT] = Picture(columns)
        self._rows: TableRows[RowT] = TableRows()
        self._marks = Marks(self._marks_changed)
        self._sort = SortOrder(None)
        self._cursor: str | None = None
        self._cursor_at = 0
        self._empty_text = empty_text
        self._ascii = ascii
        self._styles: dict[str, Style] = {}

    @property
    def shown(self) -> int:
        """Rows that pass the filter."""
        return len(self._rows.order)

    @property
    def total(self) -> int:
        return len(self._rows)

    @property
    def empty_text(self) -> str:
        """What the middle of the table says while it shows no row."""
        return self._empty_text

    @empty_text.setter
    def empty_text(self, text: str) -> None:
        if text != self._empty_text:
            self._empty_text = text
            if not self.shown:
                self.refresh()

    def visible_keys(self) -> list[str]:
        """Keys of the rows that are on the screen now."""
        return list(self._rows.order[self.frame.top : self.frame.bottom])

    def _marks_changed(self) -> None:
        self._repaint()

    def _draw(self) -> None:
        self._picture = self._picture.followed_by(self._rows, cursor=self._cursor, marks=self._marks, frame=self.frame)

    def _repaint(self) -> None:
        """Send the cells that differ from those on the screen."""
        before = self._picture
        self._draw()
        self.fit_content(width=self._picture.width, rows=self.shown)
        self._send_differences(before)

    def _repaint_cursor(self) -> None:
        """Enough where nothing but the cursor moved: the cells of all the rows are not asked for again."""
        before = self._picture
        if before.frame != self.frame:
            self._repaint()
            return
        self._picture = before.with_cursor_at(self._cursor_at - self.frame.top)
        self._send_differences(before)

    def _send_differences(self, before: Picture[RowT]) -> None:
        differences = self._picture.differences(before)
        left = self.scroll_offset.x
        if differences is None:
            self.refresh()
        elif regions := [Region(x.start - left, y + HEADER, len(x), 1) for y, x in differences]:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        frame, left = self.frame, self.scroll_offset.x
        if self._picture.frame != frame:
            self._draw()
        styles, width, lines = self._line_styles(), frame.size.width, self._picture.lines
        y -= HEADER
        if y < 0:
            style = styles["header"]
            strip = header_strip(self._picture.placed, self._sort, style, ascii=self._ascii)
        elif y < len(lines):
            style = styles["cursor" if lines[y].cursor else ""]
            strip = line_strip(lines[y], self._picture.placed, styles, ascii=self._ascii)
        else:
            hint = "" if self.shown else self._empty_text
            return hint_strip(hint, styles["dim"], y=y, width=width, height=frame.size.height, ascii=self._ascii)
        return strip.crop_extend(left, left + width, style)

    def _line_styles(self) -> dict[str, Style]:
        if not self._styles:
            own = {part: self.get_component_rich_style(f"{PREFIX}--{part}") for part in OWN_PARTS}
            self._styles = tone_styles(self, PREFIX) | own
        return self._styles

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def on_show(self) -> None:
        self.on_resize()

    def on_resize(self) -> None:
        self.reveal(self._cursor_at)
        self._repaint()

    def scrolled(self) -> None:
        self._repaint()

"""One line of text in a few tones, which sends only the part of it that changed."""

from collections.abc import Sequence
from itertools import takewhile
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from bwtop_widgets.cell_text import visible
from bwtop_widgets.tones import component_classes, tone_css, tone_styles

PREFIX = "tone-line"

Toned = tuple[str, str]
"""A text and the name of its tone, see `TONES`; empty: the line's own."""


class ToneLine(Widget):
    """The line below which the status line and the badge are."""

    DEFAULT_CSS = f"ToneLine {{ width: 1fr; height: 1; {tone_css(PREFIX)} }}"
    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(PREFIX)
    ALLOW_SELECT = False

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._pieces: tuple[Toned, ...] = ()
        self._tone_styles: dict[str, Style] = {}

    @property
    def text(self) -> str:
        """What the line says."""
        return "".join(text for text, _ in self._pieces)

    def paint(self, pieces: Sequence[Toned]) -> None:
        """Show these texts side by side; nothing is sent where they look as before."""
        before = self._pieces
        self._pieces = tuple((visible(text), tone) for text, tone in pieces if text)
        if self._pieces != before:
            self._refresh_between(before, self._pieces)

    def _refresh_between(self, before: Sequence[Toned], after: Sequence[Toned]) -> None:
        left, length = _common(before, after), _length(after)
        right = _common(before[::-1], after[::-1]) if length == _length(before) else 0
        width = max(length, self.size.width) - left - right
        if self.styles.is_auto_width and length != _length(before):
            self.refresh(layout=True)
        elif width > 0:
            self.refresh(Region(left, 0, width, 1))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return _length(self._pieces)

    def render_line(self, y: int) -> Strip:
        if not self._tone_styles:
            self._tone_styles = tone_styles(self, PREFIX)
        styles = self._tone_styles
        pieces = self._pieces if y == 0 else ()
        strip = Strip([Segment(text, styles.get(tone, styles[""])) for text, tone in pieces])
        return strip.adjust_cell_length(self.size.width, styles[""])

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._tone_styles.clear()


def _length(pieces: Sequence[Toned]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def _common(one: Sequence[Toned], other: Sequence[Toned]) -> int:
    """Cells up to the first piece that differs."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return _length([piece for piece, _ in same])

"""A status line whose segments give way, the least important first, when the screen is narrow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from textual import events

from bwtop_widgets.cell_text import fit, visible
from bwtop_widgets.tone_line import Toned, ToneLine


@dataclass(frozen=True, slots=True)
class LineSegment:
    text: str
    style: str = ""
    """A tone: `dim`, `good`, `warn`, `bad`, `accent`, `bold`, or empty."""
    priority: int = 0
    """The highest gives way first on a narrow screen; 0 never does."""
    right: bool = False
    """Whether it stands at the right end of the line."""
    short: str = ""
    """What it says instead before anything gives way; empty: it cannot be shorter."""
    action: str = ""
    """An action of the screen that a click on it runs; empty: none."""


def lay_out(segments: Iterable[LineSegment], *, width: int, gap: int = 2) -> list[Toned]:
    """Texts and tones that fill exactly `width` cells; what must stay and does not fit is clipped."""
    left = _fitting(segments, width=width, gap=gap)
    start, end = ([s for s in left if s.right is side] for side in (False, True))
    return _clip([*_joined(start, gap), *_filled(start, end, width, gap), *_joined(end, gap)], width)


def _fitting(segments: Iterable[LineSegment], *, width: int, gap: int) -> list[LineSegment]:
    left = [segment for segment in segments if segment.text]
    for index in reversed(range(len(left))):
        if left[index].short and _needed(left, gap) > width:
            left[index] = replace(left[index], text=left[index].short)
    while _needed(left, gap) > width:
        least = max(reversed(left), key=lambda segment: segment.priority, default=None)
        if least is None or least.priority == 0:
            break
        left.remove(least)
    return left


class SegmentsLine(ToneLine):
    """One line of segments, some of them at its right end; those at its left end may be clicked."""

    DEFAULT_CSS = "SegmentsLine { background: $panel; color: $foreground; padding: 0 1; }"

    def __init__(
        self, *, gap: int = 2, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._gap = gap
        self._segments: tuple[LineSegment, ...] = ()

    def show(self, segments: Iterable[LineSegment]) -> None:
        """Replace what the line says; only the part that differs is painted."""
        before, self._segments = self._segments, tuple(segments)
        if self._segments != before:
            self._lay_out()

    def on_resize(self, _event: events.Resize) -> None:
        self._lay_out()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        x = -1 if at is None else at.x
        for segment in _fitting(self._segments, width=self.size.width, gap=self._gap):
            width = cell_len(visible(segment.text))
            if segment.action and not segment.right and 0 <= x < width:
                self.app.call_later(self.app.run_action, segment.action, self.screen)
                return
            x -= 0 if segment.right else width + self._gap

    def _lay_out(self) -> None:
        if self.size.width:
            self.paint(lay_out(self._segments, width=self.size.width, gap=self._gap))


def _needed(segments: Sequence[LineSegment], gap: int) -> int:
    return sum(cell_len(visible(segment.text)) for segment in segments) + gap * max(0, len(segments) - 1)


def _joined(segments: Sequence[LineSegment], gap: int) -> list[Toned]:
    pieces: list[Toned] = []
    for segment in segments:
        if pieces:
            pieces.append((" " * gap, ""))
        pieces.append((visible(segment.text), segment.style))
    return pieces


def _filled(start: Sequence[LineSegment], end: Sequence[LineSegment], width: int, gap: int) -> list[Toned]:
    spare = width - _needed(start, gap) - _needed(end, gap)
    return [(" " * max(spare, gap if start and end else 0), "")]


def _clip(pieces: Sequence[Toned], width: int) -> list[Toned]:
    fitting: list[Toned] = []
    room = width
    for text, tone in pieces:
        if room > 0 and text:
            fitting.append((fit(text, min(room, cell_len(text))), tone))
        room -= cell_len(text)
    return fitting


if __name__ == "__main__":
    from bwtop_widgets.gallery import LinesGallery

    LinesGallery().run()

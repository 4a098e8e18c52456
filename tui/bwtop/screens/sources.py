"""Where what is shown comes from, and how fresh it is."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from bwtop.model.wrapping import hanging
from bwtop_widgets.dialog import Dialog
from bwtop_widgets.key_words import with_keys

LOOK = 1.0
"""Seconds between two looks: ages and countdowns are in seconds."""


class SourcesScreen(Dialog[None]):
    CSS_PATH = "sources.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,exclamation_mark,q", "dismiss", "Close", id="sources.close", tooltip="Back to the tables"),
    ]

    def __init__(self, lines: Callable[[], Iterable[str]]) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        body = VerticalScroll(Static(), can_focus=True)
        body.border_title = "Sources"
        body.border_subtitle = Content(with_keys(self, "{sources.close} close"))
        yield body

    def on_mount(self) -> None:
        self.set_interval(LOOK, self._look)

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        if width := self.query_one(VerticalScroll).scrollable_content_region.width:
            lines = (piece for line in self._lines() for piece in _hung(line, width))
            self.query_one(Static).update(Content("\n".join(lines)))


def _hung(line: str, width: int) -> Iterable[str]:
    """What is too long goes on under its own beginning."""
    text = line.lstrip()
    return hanging(line[: len(line) - len(text)], text, width=width) if len(line) > width else (line,)

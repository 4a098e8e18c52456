"""Where what is shown comes from, and how fresh it is."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

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
        body = VerticalScroll(Static(self._text()), can_focus=True)
        body.border_title = "Sources"
        body.border_subtitle = Content(with_keys(self, "{sources.close} close"))
        yield body

    def on_mount(self) -> None:
        self.set_interval(LOOK, lambda: self.query_one(Static).update(self._text()))

    def _text(self) -> Content:
        return Content("\n".join(self._lines()))

"""A page of checks over the tables: why a limit is, or is not, in force, or what the doctor has to say."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from bwtop.panels.checks_page import Page, page_content, page_text
from bwtop.panels.checks_subjects import Subject
from bwtop_widgets.cell_text import visible
from bwtop_widgets.clipboard import copy
from bwtop_widgets.dialog import Dialog
from bwtop_widgets.key_words import with_keys
from bwtop_widgets.text_dialog import TextDialog

LOOK_SECONDS = 1.0
"""Between two looks at what the page says now."""


class ChecksScreen(Dialog[None]):
    """Lives with the data: the page is looked at again every second."""

    CSS_PATH = "checks.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,x,q", "dismiss", "Close", id="checks.close", tooltip="Back to the tables"),
        Binding("r", "read_again", "Read again", id="checks.read", tooltip="Read policies and configuration again"),
        Binding("y", "copy", "Copy", id="checks.copy", tooltip="Copy the page to the terminal's clipboard"),
        Binding("j", "scroll(1)", "Down", show=False, id="checks.down", tooltip="Scroll down"),
        Binding("k", "scroll(-1)", "Up", show=False, id="checks.up", tooltip="Scroll up"),
    ]

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self._subject = subject
        self._shown: tuple[Page | None, int] | None = None
        """The page and the width for which it was laid out."""

    def compose(self) -> ComposeResult:
        box = VerticalScroll(Static(), can_focus=True)
        box.border_title = Content(visible(self._subject.title))
        keys = "{checks.read} read again · {checks.copy} copy · {checks.close} close"
        box.border_subtitle = Content(with_keys(self, keys))
        yield box

    def on_mount(self) -> None:
        self.action_read_again()
        self.set_interval(LOOK_SECONDS, self._look)

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        body = self.query_one(Static)
        now = self._subject.page(), self.query_one(VerticalScroll).scrollable_content_region.width
        if now == self._shown or now[1] <= 0:
            return
        self._shown = now
        body.update(Content("reading …") if now[0] is None else page_content(now[0], width=now[1]))

    async def _read_and_look(self) -> None:
        await self._subject.read()
        self._look()

    def action_read_again(self) -> None:
        self.run_worker(self._read_and_look(), exclusive=True, group="read")

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        if (page := self._subject.page()) is None:
            return
        text = page_text(page)
        copied = copy(self.app, text)
        self.app.push_screen(TextDialog(text, title=self._subject.title, note=copied.note))

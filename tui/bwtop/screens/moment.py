"""The dialog in which a moment of a recording is written."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from bwtop.model.moment import FORMS
from bwtop_widgets.dialog import Dialog
from bwtop_widgets.key_words import with_keys


class MomentScreen(Dialog[float | None]):
    """Dismissed with seconds from the start, or None."""

    CSS_PATH = "moment.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="moment.close", tooltip="Stay where the recording is"),
    ]

    def __init__(self, read: Callable[[str], float], *, about: str) -> None:
        """`read` makes seconds of a text or raises ValueError; `about` says what the recording spans."""
        super().__init__()
        self._read, self._about = read, about

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Go to"
            box.border_subtitle = Content(with_keys(self, "{moment.close} close · {dialog.help} keys"))
            yield Static(Content(self._about))
            field = Input(placeholder="10:32:05", compact=True)
            field.cursor_blink = False
            yield field
            yield Static(Content(FORMS), id="forms")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        try:
            self.dismiss(self._read(event.value))
        except ValueError as error:
            forms = self.query_one("#forms", Static)
            forms.update(Content(str(error)))
            forms.add_class("-wrong")

"""A dialog that shows a text to be read, or selected where it could not be copied."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from bwtop_widgets.cell_text import visible
from bwtop_widgets.clipboard import copy
from bwtop_widgets.dialog import Dialog
from bwtop_widgets.key_words import with_keys


class TextDialog(Dialog[None]):
    """The text wrapped at the dialog's width, and a line of what became of it; `y` copies it again."""

    DEFAULT_CSS = """
    TextDialog { align: center middle; }
    TextDialog > Vertical {
        width: 90%; max-width: 110; height: auto; max-height: 80%; background: $surface; border: round $accent;
        padding: 0 1;
    }
    TextDialog VerticalScroll { height: auto; max-height: 1fr; }
    TextDialog .-note { dock: bottom; color: $text-muted; padding-top: 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Close", id="text.close", tooltip="Close the text"),
        Binding("y", "copy", "Copy", id="text.copy", tooltip="Copy the text to the terminal's clipboard"),
    ]

    def __init__(self, text: str, *, title: str, note: str = "") -> None:
        super().__init__()
        self._text, self._title, self._note = text, title, note

    def compose(self) -> ComposeResult:
        lines = "\n".join(visible(line) for line in self._text.splitlines())
        with Vertical() as box:
            box.border_title = Content(visible(self._title))
            box.border_subtitle = Content(with_keys(self, "{text.copy} copy · {text.close} close"))
            yield VerticalScroll(Static(Content(lines)), can_focus=True)
            yield Static(Content(visible(self._note)), classes="-note")

    def action_copy(self) -> None:
        self.query_one(".-note", Static).update(Content(visible(copy(self.app, self._text).note)))


if __name__ == "__main__":
    from bwtop_widgets.gallery import TextGallery

    TextGallery().run()

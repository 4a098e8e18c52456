"""A line to type a filter into: quiet on the wire, and quiet while somebody types."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

_PAUSE = 0.15
"""Seconds without a key after which the filter is applied."""


class FilterInput(Input):
    """An Input of one line without a blinking cursor, which costs 2.6 kB/s."""

    DEFAULT_CSS = """
    FilterInput { background: $panel; }
    FilterInput.-textual-compact { padding: 0 1; }
    FilterInput:focus { background-tint: $foreground 5%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "dismiss",
            "Clear",
            show=False,
            id="filter.clear",
            tooltip="Clear the filter; once empty, leave it",
        ),
        Binding(
            "tab",
            "complete(1)",
            "Complete",
            show=False,
            id="filter.complete",
            tooltip="Complete the word; again: the next that fits, or what may follow",
        ),
        Binding(
            "shift+tab",
            "complete(-1)",
            "Complete",
            show=False,
            id="filter.complete-back",
            tooltip="Complete the word with the one before",
        ),
    ]

    class Typed(Message):
        """The text is another one; told at each key."""

        def __init__(self, field: "FilterInput", text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> "FilterInput":
            return self.field

    class FilterChanged(Message):
        """The text stood still for a moment, was entered, or was cleared."""

        def __init__(self, field: "FilterInput", text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> "FilterInput":
            return self.field

    class Closed(Message):
        """Enter, or escape with nothing typed: the keys may go elsewhere."""

        def __init__(self, field: "FilterInput") -> None:
            super().__init__()
            self.field = field

        @property
        def control(self) -> "FilterInput":
            return self.field

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(
            value, placeholder=placeholder, compact=True, select_on_focus=False, name=name, id=id, classes=classes
        )
        self.cursor_blink = False
        self.completions: Callable[[str], Sequence[str]] = lambda text: ()
        """Whole texts that the typed one may become."""
        self._told = value
        self._pause: Timer | None = None
        self._offered: Sequence[str] = ()
        """What tab goes round, the text as it was typed last; ends with the next typed key."""

    def show(self, text: str) -> None:
        """What filters now, however it came to that; typing starts from it."""
        self._stop_waiting()
        self.value = self._told = text
        self.cursor_position = len(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value not in self._offered:
            self._offered = ()
        self.post_message(self.Typed(self, event.value))
        self._stop_waiting()
        self._pause = self.set_timer(_PAUSE, self._tell)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._tell()
        self.post_message(self.Closed(self))

    def action_dismiss(self) -> None:
        if not self.value:
            self.post_message(self.Closed(self))
            return
        self.value = ""
        self._tell()

    def action_complete(self, step: int) -> None:
        if not self._offered:
            found = self.completions(self.value)
            self._offered = [text for text in found if text != self.value] and [*found, self.value]
        if self._offered:
            at = self._offered.index(self.value) if self.value in self._offered else -1
            self.value = self._offered[(at + step) % len(self._offered)]
            self.cursor_position = len(self.value)
            if len(self._offered) == 2:  # one way on: the next tab goes on from there, not back
                self._offered = ()

    def _tell(self) -> None:
        self._stop_waiting()
        if self.value != self._told:
            self._told = self.value
            self.post_message(self.FilterChanged(self, self.value))

    def _stop_waiting(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None


if __name__ == "__main__":
    from bwtop_widgets.gallery import LinesGallery

    LinesGallery().run()

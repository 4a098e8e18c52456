"""One of many names, found by typing a part of it."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from bwtop.model.printable import printable
from bwtop_widgets.choice_list import ChoiceList
from bwtop_widgets.dialog import Dialog
from bwtop_widgets.key_words import with_keys

LONGEST_NAME = 120


class Choice(msgspec.Struct, frozen=True):
    """`value` is what the screen gives, `label` what it shows; `note` stands behind it, dimmed."""

    value: str
    label: str
    note: str = ""


class PickerScreen(Dialog[str | None]):
    """Gives the value of the choice, or None."""

    CSS_PATH = "picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="picker.close", tooltip="Leave it as it is"),
        Binding("down,ctrl+n", "move(1)", "Next", show=False, priority=True, id="picker.next", tooltip="The next name"),
        Binding(
            "up,ctrl+p",
            "move(-1)",
            "Previous",
            show=False,
            priority=True,
            id="picker.previous",
            tooltip="The one before",
        ),
    ]

    def __init__(self, title: str, choices: Iterable[Choice], *, current: str, typed: str = "") -> None:
        """`typed`: what a name that is in no choice is called, for it may be typed; empty: it may not."""
        super().__init__()
        self._title, self._current, self._typed = title, current, typed
        self._choices = list(choices)
        self._shown: Sequence[Choice] = ()

    def compose(self) -> ComposeResult:
        with Vertical() as body:
            body.border_title = self._title
            body.border_subtitle = self._keys
            yield Input(placeholder="type a part of the name", compact=True)
            yield ChoiceList(markup=False, compact=True)

    def on_mount(self) -> None:
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()
        self._show()

    def add(self, choices: Iterable[Choice], *, note: str = "") -> None:
        """Choices that were found meanwhile, by name; `note` says what is missing among them, and why."""
        known = {choice.value for choice in self._choices}
        found = [*self._choices, *(choice for choice in choices if choice.value not in known)]
        self._choices = sorted(found, key=lambda choice: choice.label if choice.value else "")
        self.query_one(Vertical).border_subtitle = Content(printable(note, limit=LONGEST_NAME)) if note else self._keys
        self._show()

    @property
    def _keys(self) -> Content:
        return Content(with_keys(self, "{picker.close} close · {dialog.help} keys"))

    def _show(self) -> None:
        """Keeps the highlight on its name; at first it is on the current one."""
        words = self.query_one(Input).value.strip().lower()
        before = self._highlighted
        self._shown = [choice for choice in self._choices if words in choice.label.lower()]
        if words and not self._shown and self._typed:
            self._shown = [Choice(self.query_one(Input).value.strip(), f"{self._typed} {words}", "as typed")]
        options = self.query_one(ChoiceList)
        options.clear_options()
        options.add_options(Option(self._line(choice)) for choice in self._shown)
        values = [choice.value for choice in self._shown]
        wanted = before.value if before else self._current
        options.highlighted = None if not values else values.index(wanted) if wanted in values else 0

    @property
    def _highlighted(self) -> Choice | None:
        at = self.query_one(ChoiceList).highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    def _line(self, choice: Choice) -> Content:
        mark = "● " if choice.value == self._current else "  "
        name = Content(f"{mark}{printable(choice.label, limit=LONGEST_NAME)}")
        return (
            name.append(Content.styled(f"  {printable(choice.note, limit=LONGEST_NAME)}", "dim"))
            if choice.note
            else name
        )

    def action_move(self, step: int) -> None:
        options = self.query_one(ChoiceList)
        (options.action_cursor_down if step > 0 else options.action_cursor_up)()

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _entered(self) -> None:
        if choice := self._highlighted:
            self.dismiss(choice.value)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[event.option_index].value)

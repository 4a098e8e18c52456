"""Chooses the columns of a view, and their order."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static

from bwtop_widgets.choice_list import ChoiceList
from bwtop_widgets.columns import Column
from bwtop_widgets.dialog import Dialog


class ColumnsScreen(Dialog[Sequence[str] | None]):
    """Gives the keys of the chosen columns in their order, or none for the view's own; None: all is left as it is."""

    CSS_PATH = "columns.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "flip", "Show or hide", id="columns.toggle", tooltip="Show the column, or hide it"),
        Binding("K,shift+up", "move(-1)", "Up", id="columns.up", tooltip="Move the column up: further left"),
        Binding("J,shift+down", "move(1)", "Down", id="columns.down", tooltip="Move the column down: further right"),
        Binding("r", "reset", "Reset", id="columns.reset", tooltip="The columns that the view has by itself"),
        Binding("escape,f", "dismiss(None)", "Close", id="columns.close", tooltip="Leave the columns as they are"),
    ]

    def __init__(self, columns: Sequence[Column[Any]], *, shown: Sequence[str], title: str) -> None:
        """`columns` are all that there are, `shown` the keys of those on the screen."""
        super().__init__()
        self._titles = {column.key: column.title for column in columns}
        self._order = [*shown, *(key for key in self._titles if key not in shown)]
        self._shown = set(shown)
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical() as body:
            body.border_title = f"Columns of {self._title}"
            yield ChoiceList(compact=True)
            yield Static(markup=False)

    def _help(self) -> Iterator[str]:
        """With the keys that they have now."""
        keys: dict[str, str] = {}
        for active in self.active_bindings.values():
            keys.setdefault(active.binding.action, self.app.get_key_display(active.binding))
        for action, text in (
            ("flip", "shows or hides"), ("move(-1)", "moves up"), ("move(1)", "moves down"),
            ("reset", "resets"), ("select", "takes"), ("dismiss(None)", "leaves"),
        ):  # fmt: skip
            yield f"{keys[action]} {text}"

    def on_mount(self) -> None:
        self._offer()
        self.query_one(ChoiceList).focus()
        self.call_after_refresh(lambda: self.query_one(Static).update(", ".join(self._help())))

    def _offer(self) -> None:
        self.query_one(ChoiceList).offer(
            [(key, f"{'[x]' if key in self._shown else '[ ]'} {self._titles[key]}") for key in self._order]
        )

    def action_flip(self) -> None:
        """The last column stays: a table shows something."""
        key = self.query_one(ChoiceList).chosen
        if key is None or self._shown == {key}:
            self.app.bell()
            return
        self._shown ^= {key}
        self._offer()

    def action_move(self, step: int) -> None:
        key = self.query_one(ChoiceList).chosen
        if key is None:
            return
        at = self._order.index(key)
        to = max(0, min(at + step, len(self._order) - 1))
        self._order.insert(to, self._order.pop(at))
        self._offer()

    def action_reset(self) -> None:
        self.dismiss(())

    @on(OptionList.OptionSelected)
    def _taken(self) -> None:
        self.dismiss([key for key in self._order if key in self._shown])

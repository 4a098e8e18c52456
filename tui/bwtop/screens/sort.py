"""A small list of columns to sort by."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList

from bwtop_widgets.choice_list import ChoiceList
from bwtop_widgets.columns import Column


class SortScreen(ModalScreen[str | None]):
    """Gives the key of the chosen column, or None."""

    CSS_PATH = "sort.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,s", "dismiss(None)", "Close", id="sort.close", tooltip="Leave the order as it is"),
    ]

    def __init__(self, columns: Sequence[Column[Any]], *, current: str | None) -> None:
        super().__init__()
        self._columns, self._current = columns, current

    def compose(self) -> ComposeResult:
        choices = ChoiceList()
        choices.border_title = "Sort by"
        yield choices

    def on_mount(self) -> None:
        keys = [column.key for column in self._columns]
        choices = self.query_one(ChoiceList)
        choices.offer([(column.key, self._label(column)) for column in self._columns])
        choices.highlighted = keys.index(self._current) if self._current in keys else 0

    def _label(self, column: Column[Any]) -> str:
        return f"{column.title}  (again: the other way round)" if column.key == self._current else column.title

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

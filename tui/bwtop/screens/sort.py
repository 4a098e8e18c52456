"""A small list of columns to sort by."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList

from bwtop_widgets.choice_list import ChoiceList
from bwtop_widgets.columns import Column
from bwtop_widgets.dialog import Dialog
from bwtop_widgets.key_words import with_keys


class SortScreen(Dialog[str | None]):
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
        keys = with_keys(choices, "{list.select} sort · ") + with_keys(self, "{sort.close} close · {dialog.help} keys")
        choices.border_subtitle = Content(keys)
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

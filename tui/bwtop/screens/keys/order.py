"""In which order rows stand, and whether the picture is held."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from bwtop.screens.sort import SortScreen
from bwtop.screens.tables import TablesScreen


class OrderKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sort", "Sort", id="main.sort", tooltip="Choose the column to sort by"),
        Binding("S", "reverse", "Reverse", show=False, id="main.reverse", tooltip="Turn the order round"),
        Binding("p", "freeze", "Freeze", id="main.freeze", tooltip="Hold the picture while data goes on"),
    ]

    def action_sort(self) -> None:
        self.app.push_screen(SortScreen(self.table.columns, current=self.table.sort_key), self._sort_by)

    def _sort_by(self, key: str | None) -> None:
        if key is not None:
            self.table.sort_by(key)

    def action_reverse(self) -> None:
        self.table.sort_by(self.table.sort_key, descending=not self.table.descending)

    def action_freeze(self) -> None:
        self.frozen = not self.frozen
        for table in self.tables:
            table.frozen = self.frozen
        self.show_lines()

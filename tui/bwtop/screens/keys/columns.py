"""Which columns a view shows, and in which order; what is chosen is kept for the next start."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from bwtop.panels.views import VIEW_NUMBER, View, columns_of
from bwtop.screens.columns import ColumnsScreen
from bwtop.screens.tables import TablesScreen

KeepColumns = Callable[[str, Sequence[str]], str]
"""Keeps the columns of a view, none for the profile's own; gives the reason when it cannot, or nothing."""


def kept_nowhere(_view: str, _columns: Sequence[str]) -> str:
    return ""


class ColumnKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "columns", "Columns", show=False, id="main.columns", tooltip="Choose the columns and their order"),
    ]
    keep_columns: KeepColumns = staticmethod(kept_nowhere)

    def action_columns(self) -> None:
        view = self.view
        every = list(view.columns(self.store))
        shown = [column.key for column in self.table.columns]

        def chosen(keys: Sequence[str] | None) -> None:
            if keys is not None:
                self._show_columns(view, keys)

        self.app.push_screen(ColumnsScreen(every, shown=shown, title=view.title), chosen)

    def _show_columns(self, view: View[Any], keys: Sequence[str]) -> None:
        others = {key: own for key, own in self.own_columns.items() if key != view.key}
        self.own_columns = {**others, view.key: keys} if keys else others
        table = self.tables[VIEW_NUMBER[view.key]]
        table.columns = columns_of(view, self.store, chosen=self.columns_chosen(view.key))
        if reason := self.keep_columns(view.key, keys):
            self.notify(reason, title="columns are not kept", severity="error", timeout=30, markup=False)

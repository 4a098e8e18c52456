"""Which rows of a view are shown."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from bwtop.panels.views import VIEW_NUMBER, matcher
from bwtop.screens.tables import TablesScreen
from bwtop_widgets.filter_input import FilterInput


class FilterKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="main.filter", tooltip="Show rows with these words only"),
        Binding(
            "escape",
            "clear_filter",
            "Clear filter",
            show=False,
            id="main.clear-filter",
            tooltip="Show all rows again; once they are shown, unmark them",
        ),
    ]

    def action_filter(self) -> None:
        field = self.query_one(FilterInput)
        field.add_class("-shown")
        field.value = self.filters[VIEW_NUMBER[self.view.key]]
        field.focus()

    def action_clear_filter(self) -> None:
        """Step by step out of what was set up, the marks last: they may have taken long."""
        if not self.filters[VIEW_NUMBER[self.view.key]]:
            self.table.unmark()
        self.set_filter("")
        self._close_filter()

    def set_filter(self, text: str) -> None:
        """For the view that is shown; empty: all its rows."""
        self.filters[VIEW_NUMBER[self.view.key]] = text
        self.table.filter(matcher(self.view, text))
        self.show_lines()

    def _close_filter(self) -> None:
        self.query_one(FilterInput).remove_class("-shown")
        self.table.focus()

    @on(FilterInput.FilterChanged)
    def _filter_changed(self, event: FilterInput.FilterChanged) -> None:
        self.set_filter(event.text)

    @on(FilterInput.Closed)
    def _filter_closed(self) -> None:
        self._close_filter()

"""Which rows of a view are shown."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from bwtop.model.filter import FilterError, read_filter
from bwtop.model.filter_completion import completions, help_line, unfinished
from bwtop.panels.views import VIEW_NUMBER
from bwtop.screens.tables import TablesScreen
from bwtop_widgets.filter_input import FilterInput
from bwtop_widgets.key_words import with_keys
from bwtop_widgets.status_bar import LineSegment, SegmentsLine


class FilterKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "filter",
            "Filter",
            priority=True,  # before the next key is read, so that what was typed behind it goes into the filter
            id="main.filter",
            tooltip="Show some rows only: words, column:value, rate>5M, !not, state:drift, label:app=web",
        ),
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
        field.completions = self._completions
        field.show(self.filters[VIEW_NUMBER[self.view.key]])
        self.add_class("-filtering")
        self._show_hint(field.value)
        self.set_focus(field)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the filter itself a slash is a slash."""
        if action == "filter" and self.has_class("-filtering"):
            return False
        return super().check_action(action, parameters)

    def action_clear_filter(self) -> None:
        """Step by step out of what was set up, the marks last: they may have taken long."""
        if not self.filters[VIEW_NUMBER[self.view.key]]:
            self.table.unmark()
        self.set_filter("")
        self._close_filter()

    def set_filter(self, text: str) -> None:
        """For the view that is shown; empty: all its rows. Raises FilterError."""
        predicate = read_filter(text, self.view.fields(self.store))
        self.filters[VIEW_NUMBER[self.view.key]] = text.strip()
        self.table.filter(predicate)
        self.show_lines()

    def _completions(self, text: str) -> Sequence[str]:
        return completions(text, self.view.fields(self.store), self.view.rows(self.store).values())

    def _close_filter(self) -> None:
        self.remove_class("-filtering")
        self.table.focus()

    def _show_hint(self, text: str) -> None:
        self.query_one("#filter-hint", SegmentsLine).show(self._hint(text))

    def _hint(self, text: str) -> Iterator[LineSegment]:
        fields = self.view.fields(self.store)
        try:
            read_filter(text, fields)
        except FilterError as error:
            if not unfinished(text, fields):
                yield LineSegment(f"✗ {error}", "bad")
                return
        completing = with_keys(self.query_one(FilterInput), " · {filter.complete} completes")
        yield LineSegment(help_line(text, fields) + completing, "dim")

    @on(FilterInput.Typed)
    def _typed(self, event: FilterInput.Typed) -> None:
        self._show_hint(event.text)

    @on(FilterInput.FilterChanged)
    def _filter_changed(self, event: FilterInput.FilterChanged) -> None:
        """A filter that cannot be read leaves the rows as they are; the line below it says why."""
        with suppress(FilterError):
            self.set_filter(event.text)

    @on(FilterInput.Closed)
    def _filter_closed(self, event: FilterInput.Closed) -> None:
        try:
            read_filter(event.field.value, self.view.fields(self.store))
        except FilterError as error:
            self.notify(str(error), title="The filter cannot be read", severity="warning", markup=False)
        else:
            self._close_filter()

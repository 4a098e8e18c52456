"""Rows that are acted on together."""

from textual import on

from bwtop.screens.tables import TablesScreen
from bwtop_widgets.table_events import MarksChanged


class MarkKeys(TablesScreen):
    """The keys themselves are the table's: space, V, *, U."""

    @on(MarksChanged)
    def _marks_changed(self) -> None:
        self.show_lines()
        self.refresh_bindings()

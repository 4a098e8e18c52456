"""Which columns stand in which order, how rows are sorted, and whether the picture is held."""

from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from bwtop.live.cluster import Cluster
from bwtop.model.place import Place
from bwtop.model.profile import Profile, ViewProfile
from bwtop.panels.views import VIEWS, View
from bwtop.screens.sort import SortScreen
from bwtop.screens.tables import TablesScreen
from bwtop_widgets.live_table import LiveTable


class OrderKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sort", "Sort", id="main.sort", tooltip="Choose the column to sort by"),
        Binding("S", "reverse", "Reverse", show=False, id="main.reverse", tooltip="Turn the order round"),
        Binding("w", "wide", "Wide", show=False, id="main.wide", tooltip="All columns, or those that fit"),
        Binding("p", "freeze", "Freeze", id="main.freeze", tooltip="Hold the picture while data goes on"),
    ]

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._ordered_by: Profile | None = None

    def show_cluster(self, cluster: Cluster) -> None:
        """As its profile says; how somebody has sorted since stays while the cluster only comes anew."""
        super().show_cluster(cluster)
        for view, table in zip(VIEWS, self.tables, strict=True):
            wanted = cluster.profile.view(view.key)
            if cluster.profile != self._ordered_by:
                _order(table, view, wanted)
        self._ordered_by = cluster.profile

    def action_sort(self) -> None:
        self.app.push_screen(SortScreen(self.table.columns, current=self.table.sort_key), self._sort_by)

    def _sort_by(self, key: str | None) -> None:
        if key is not None:
            self.table.sort_by(key)

    def action_reverse(self) -> None:
        self.table.sort_by(self.table.sort_key, descending=not self.table.descending)

    def action_wide(self) -> None:
        for table in self.tables:
            table.wide = not table.wide

    def action_freeze(self) -> None:
        self.frozen = not self.frozen
        for table in self.tables:
            table.frozen = self.frozen
        self.show_lines()


def _order(table: LiveTable[Any], view: View[Any], wanted: ViewProfile) -> None:
    """By the profile's column or the view's own, where that is shown; else by the rows' keys."""
    directions = {column.key: column.descending for column in table.columns}
    key = wanted.sort or view.sort_key
    own = directions.get(key, False) if wanted.sort else view.descending
    descending = own if wanted.descending is None else wanted.descending
    table.sort_by(key if key in directions else None, descending=descending)

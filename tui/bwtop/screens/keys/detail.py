"""Enter and backspace: into the detail of a row, on to the same object in another view, and back the same way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from bwtop.kube.errors import KubeError
from bwtop.live.cluster import Cluster
from bwtop.live.events import events_of
from bwtop.model.place import Place
from bwtop.model.rows import PodRow
from bwtop.panels.detail_panel import LINK_WIDTH, DetailPanel, LinkTo
from bwtop.panels.jumps import Jump
from bwtop.panels.views import VIEW_NUMBER
from bwtop.screens.keys.filter import FilterKeys
from bwtop_widgets.table_events import RowSelected

MOST_VISITS = 50
LINKS = {
    "main.explain": "why the limit is, or is not, in force",
    "main.edit": "change the limit",
    "main.netperf": "test the limit",
}
"""Actions of the screen that the detail offers, by the id of their key."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Where somebody was: a row of a view, with the filter of then."""

    view: int
    filter: str
    key: str | None
    detail: bool


class DetailKeys(FilterKeys):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "backspace",
            "back",
            "Back",
            show=False,
            id="main.back",
            tooltip="Back to where the row was opened, step by step",
        ),
    ]

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._visits: list[Visit] = []
        self._detail_of: str | None = None
        """Key of the row whose detail is open in place of the tables."""

    def _compose_tables(self) -> ComposeResult:
        yield from super()._compose_tables()
        yield DetailPanel(id="detail-panel")

    @property
    def panel(self) -> DetailPanel:
        return self.query_one(DetailPanel)

    @property
    def chosen(self) -> Sequence[Any]:
        """In the detail its row, whatever is marked."""
        if self._detail_of is not None:
            row = self.panel.row
            return () if row is None else (row,)
        return super().chosen

    def show_view(self, number: int) -> None:
        self._detail_of = None
        super().show_view(number)

    async def show_place(self, place: Place) -> None:
        self._forget_visits()
        await super().show_place(place)

    def show_cluster(self, cluster: Cluster) -> None:
        self._forget_visits()
        super().show_cluster(cluster)

    def _forget_visits(self) -> None:
        """Nothing of another cluster stays open, and nothing leads back to it."""
        self._visits.clear()
        if self._detail_of is not None:
            self.show_view(VIEW_NUMBER[self.view.key])

    @on(RowSelected)
    def _row_selected(self, event: RowSelected) -> None:
        self._remember()
        self._open_detail(event.key)

    def action_back(self) -> None:
        if self._visits:
            self._go_to(self._visits.pop())
        elif self._detail_of is not None:
            self.show_view(VIEW_NUMBER[self.view.key])

    @on(DetailPanel.Closed)
    def _detail_closed(self) -> None:
        self.action_back()

    @on(DetailPanel.Stepped)
    def _stepped(self, event: DetailPanel.Stepped) -> None:
        self.table.action_move(event.rows)
        if self.table.cursor_key is not None:
            self._open_detail(self.table.cursor_key)

    @on(DetailPanel.Acted)
    async def _acted(self, event: DetailPanel.Acted) -> None:
        await self.run_action(event.action)

    @on(DetailPanel.Jumped)
    def _jumped(self, event: DetailPanel.Jumped) -> None:
        self.jump(event.jump)

    def jump(self, jump: Jump) -> None:
        """To the object in its view; backspace leads back here."""
        self._remember()
        self.show_view(VIEW_NUMBER[jump.view])
        if jump.filter or not self.table.is_shown(jump.key):
            self.set_filter(jump.filter)
        if jump.key:
            self.table.cursor_key = jump.key
        self.show_lines()

    def show_detail(self) -> None:
        super().show_detail()
        if self._detail_of is not None:
            row = self.panel.row if self.frozen else self.view.rows(self.store).get(self._detail_of)
            shown = row or self.panel.row
            if shown is not None:
                self.panel.show(shown, self.store, gone=row is None, links=list(self._links()))

    def _remember(self) -> None:
        key = self._detail_of or self.table.cursor_key
        number = VIEW_NUMBER[self.view.key]
        visit = Visit(view=number, filter=self.filters[number], key=key, detail=self._detail_of is not None)
        self._visits = [*self._visits, visit][-MOST_VISITS:]

    def _go_to(self, visit: Visit) -> None:
        self.show_view(visit.view)
        if self.filters[visit.view] != visit.filter:
            self.set_filter(visit.filter)
        if visit.key is not None:
            self.table.cursor_key = visit.key
            if visit.detail:
                self._open_detail(visit.key)
        self.show_lines()

    def _open_detail(self, key: str) -> None:
        row = self.view.rows(self.store).get(key)
        if row is None:
            self.notify(f"{key} is gone", severity="warning", markup=False)
            return
        self._detail_of = key
        self.panel.row, self.panel.events, self.panel.events_error = row, None, ""
        self.show_body("detail-panel")
        self.panel.focus_links()
        self.show_lines()
        if isinstance(row, PodRow):
            self._read_events(row)

    def _links(self) -> Iterator[LinkTo]:
        for active in self.active_bindings.values():
            binding = active.binding
            if text := LINKS.get(binding.id or ""):
                yield self.app.get_key_display(binding), f"{binding.description:<{LINK_WIDTH}}  {text}", binding.action

    @work(exclusive=True, group="events")
    async def _read_events(self, row: PodRow) -> None:
        """Once, when the detail is opened: what happened later is in the table."""
        if self.cluster is None:
            return
        panel = self.panel
        try:
            panel.events = await events_of(self.cluster.api, kind="Pod", name=row.pod, namespace=row.namespace)
        except KubeError as error:
            panel.events_error = str(error)
        self.show_detail()

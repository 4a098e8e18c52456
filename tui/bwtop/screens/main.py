"""The main screen: a status line, four tables under tabs, a strip for the selected row.

The store is drained and the tables are flushed on one timer; no event of the cluster reaches a widget by itself.
"""

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Footer

from bwtop.live.cluster import Cluster
from bwtop.live.store import Store
from bwtop.model.health import Freshness
from bwtop.model.overview import Overview
from bwtop.panels.detail import detail_segments
from bwtop.panels.status import alerts, status_segments, tab_segments
from bwtop.panels.views import VIEW_NUMBER, VIEWS, View, matcher
from bwtop.screens.sort import SortScreen
from bwtop_widgets.filter_input import FilterInput
from bwtop_widgets.live_table import LiveTable
from bwtop_widgets.status_bar import LineSegment, SegmentsLine
from bwtop_widgets.table_events import RowHighlighted, RowSelected

TICK = 0.25
CALM_TICKS = 2
"""Ticks between two flushes once everything is loaded."""
CURVE_TICKS = 20
"""Ticks between two looks at what changes without an event: curves and ages."""
COST_TICKS = 120
"""Ticks between two figures of our own cost: a new one sends the whole status line."""
SLICE_PAUSE = 0.005


class MainScreen(Screen[None]):
    CSS_PATH = "main.tcss"
    BINDING_GROUP_TITLE = "bwtop"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                str(number + 1),
                f"view({number})",
                view.title,
                show=False,
                id=f"main.{view.key}",
                tooltip=f"Show {view.title.lower()}",
            )
            for number, view in enumerate(VIEWS)
        ),
        Binding(
            "tab",
            "next_view(1)",
            "Next view",
            show=False,
            priority=True,
            id="main.next-view",
            tooltip="The next of the four views",
        ),
        Binding(
            "shift+tab",
            "next_view(-1)",
            "Previous view",
            show=False,
            priority=True,
            id="main.previous-view",
            tooltip="The previous of the four views",
        ),
        Binding("slash", "filter", "Filter", id="main.filter", tooltip="Show rows with these words only"),
        Binding(
            "escape", "clear_filter", "Clear filter", show=False, id="main.clear-filter", tooltip="Show all rows again"
        ),
        Binding("s", "sort", "Sort", id="main.sort", tooltip="Choose the column to sort by"),
        Binding("S", "reverse", "Reverse", show=False, id="main.reverse", tooltip="Turn the order round"),
        Binding("p", "freeze", "Freeze", id="main.freeze", tooltip="Hold the picture while data goes on"),
    ]

    def __init__(self, *, context: str) -> None:
        super().__init__()
        self._context_name = context
        self._cluster: Cluster | None = None
        self._store = Store()
        self._tables: list[LiveTable[Any]] = []
        self._active = 0
        self._filters = [""] * len(VIEWS)
        self._frozen = False
        self._ticks = 0
        self._loading = True
        self._stated = Overview()
        """What the status line says: it is long, so how many agents were read is told every few seconds only."""
        self._received = 0
        self._received_rate: float | None = None
        self._failure = ""
        self._unpainted = False

    def compose(self) -> ComposeResult:
        yield SegmentsLine(id="status")
        yield SegmentsLine(id="tabs")
        yield SegmentsLine(id="alert")
        with ContentSwitcher(initial=VIEWS[0].key):
            for view in VIEWS:
                table: LiveTable[Any] = LiveTable(
                    view.columns(self._store), sort_key=view.sort_key, descending=view.descending,
                    empty_text="connecting to the cluster", id=view.key,
                )  # fmt: skip
                self._tables.append(table)
                yield table
        yield FilterInput(id="filter", placeholder="words that must stand in a row; escape clears")
        yield SegmentsLine(id="detail")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self._table.focus()
        self._show_lines()
        self.set_interval(TICK, self._tick)

    # -- the cluster ----------------------------------------------------------------------------------------------
    def show_cluster(self, cluster: Cluster) -> None:
        """From now on the tables show this cluster, and nothing of the one before."""
        self._cluster, self._store, self._failure = cluster, cluster.store, ""
        self._loading = True
        self._context_name = self._context_name or cluster.api.connection.context
        for view, table in zip(VIEWS, self._tables, strict=True):
            table.columns = view.columns(self._store)
            table.sort_by(view.sort_key, descending=view.descending)
            table.load({})

    def show_failure(self, error: str, *, retry_in: float) -> None:
        """There is no way to the cluster."""
        self._failure = f"no way to the cluster, next try in {retry_in:.0f} s: {error}"
        self._show_lines()

    def _tick(self) -> None:
        self._ticks += 1
        if not self._loading and self._ticks % CALM_TICKS:
            return
        overview = self._overview()
        self._loading = any(health.freshness is Freshness.LOADING for health in overview.sources.values())
        if self._ticks % COST_TICKS == 0:
            self._measure(overview)
        if self._ticks % CURVE_TICKS == 0:
            self._touch_visible()
        self._drain()
        self._show_lines(overview)
        self._look()

    def _drain(self) -> None:
        """One slice of the store's work; the rest of it in the next moments, with room for keys in between."""
        changes = self._store.drain()
        for view, table in zip(VIEWS, self._tables, strict=True):
            rows = view.rows(self._store)
            if keys := view.changed(changes):
                table.apply((key, rows.get(key)) for key in keys)
                self._unpainted |= table is self._table
        if changes.more:
            self.set_timer(SLICE_PAUSE, self._drain)
        if self._unpainted:
            self._unpainted = False
            self._table.flush()

    def _touch_visible(self) -> None:
        rows = self._view.rows(self._store)
        self._table.apply((key, rows[key]) for key in self._table.visible_keys() if key in rows)
        self._unpainted = True

    def _look(self) -> None:
        """The nodes behind the rows on the screen are read continuously, that of the cursor first."""
        if self._cluster is None:
            return
        rows, table = self._view.rows(self._store), self._table
        keys = [key for key in (table.cursor_key, *table.visible_keys()) if key in rows]
        nodes = [self._view.node(rows[key]) for key in keys if key is not None]
        self._cluster.look_at(node for node in nodes if node)

    def _measure(self, overview: Overview) -> None:
        self._received_rate = (overview.received - self._received) / (COST_TICKS * TICK)
        self._received = overview.received

    def _overview(self) -> Overview:
        return self._cluster.overview() if self._cluster else Overview()

    # -- lines ----------------------------------------------------------------------------------------------------
    def _show_lines(self, overview: Overview | None = None) -> None:
        overview = overview or self._overview()
        if self._loading or self._ticks % CURVE_TICKS == 0 or _freshness(overview) != _freshness(self._stated):
            self._stated = overview
        scope = (self._cluster.namespace if self._cluster else None) or "all namespaces"
        self.query_one("#status", SegmentsLine).show(
            status_segments(
                self._stated, context=self._context_name or "…", scope=scope, frozen=self._frozen,
                received_rate=self._received_rate,
            )
        )  # fmt: skip
        self._show_tabs(overview)
        self._show_alert(overview)
        self._show_detail()

    def _show_tabs(self, overview: Overview) -> None:
        sources = overview.sources
        names = ("pods", "nodes", "ciliumendpoints", "agents")
        loading = [name not in sources or sources[name].freshness is Freshness.LOADING for name in names]
        self.query_one("#tabs", SegmentsLine).show(
            tab_segments(
                counts=[len(view.rows(self._store)) for view in VIEWS], loading=loading, active=self._active,
                filter_text=self._filters[self._active], shown=self._table.shown,
            )
        )  # fmt: skip
        hint = self._failure or next(alerts(overview, now=self._store.clock()), "") or self._empty_hint(loading)
        self._table.empty_text = hint

    def _empty_hint(self, loading: list[bool]) -> str:
        if loading[self._active]:
            return "loading"
        if text := self._filters[self._active]:
            return f"no row has {text!r}; escape shows all"
        return f"no {self._view.title.lower()} here"

    def _show_alert(self, overview: Overview) -> None:
        line = self.query_one("#alert", SegmentsLine)
        found = [self._failure] if self._failure else list(alerts(overview, now=self._store.clock()))
        line.set_class(bool(found), "-shown")
        if found:
            more = f"  (+{len(found) - 1} more)" if len(found) > 1 else ""
            line.show([LineSegment(f"✗ {found[0]}{more}", "bad")])

    def _show_detail(self) -> None:
        self.query_one("#detail", SegmentsLine).show(detail_segments(self._table.current, self._store))

    # -- keys -----------------------------------------------------------------------------------------------------
    @property
    def _view(self) -> View[Any]:
        return VIEWS[self._active]

    @property
    def _table(self) -> LiveTable[Any]:
        return self._tables[self._active]

    def action_view(self, number: int) -> None:
        self._active = number
        self.query_one(ContentSwitcher).current = self._view.key
        self._table.focus()
        self._touch_visible()
        self._table.flush()
        self._show_lines()
        self._look()

    def action_next_view(self, step: int) -> None:
        self.action_view((self._active + step) % len(VIEWS))

    def action_filter(self) -> None:
        field = self.query_one(FilterInput)
        field.add_class("-shown")
        field.value = self._filters[self._active]
        field.focus()

    def action_clear_filter(self) -> None:
        self._set_filter("")
        self._close_filter()

    def action_sort(self) -> None:
        table = self._table
        self.app.push_screen(SortScreen(table.columns, current=table.sort_key), self._sort_by)

    def _sort_by(self, key: str | None) -> None:
        if key is not None:
            self._table.sort_by(key)

    def action_reverse(self) -> None:
        self._table.sort_by(self._table.sort_key, descending=not self._table.descending)

    def action_freeze(self) -> None:
        self._frozen = not self._frozen
        for table in self._tables:
            table.frozen = self._frozen
        self._show_lines()

    def _set_filter(self, text: str) -> None:
        self._filters[self._active] = text
        self._table.filter(matcher(self._view, text))
        self._show_lines()

    def _close_filter(self) -> None:
        self.query_one(FilterInput).remove_class("-shown")
        self._table.focus()

    @on(FilterInput.FilterChanged)
    def _filter_changed(self, event: FilterInput.FilterChanged) -> None:
        self._set_filter(event.text)

    @on(FilterInput.Closed)
    def _filter_closed(self) -> None:
        self._close_filter()

    @on(RowSelected)
    def _row_selected(self, event: RowSelected) -> None:
        """Enter shows what stands behind the row: the pods of a node, the limit of a pod, the pod of a limit."""
        row = self._view.rows(self._store).get(event.key)
        if row is not None and (words := self._view.behind(row)):
            self.action_view(VIEW_NUMBER[self._view.leads_to])
            self._set_filter(words)

    @on(RowHighlighted)
    def _row_highlighted(self, event: RowHighlighted) -> None:
        if event.table is self._table:
            self._show_detail()


def _freshness(overview: Overview) -> list[Freshness]:
    return [health.freshness for health in overview.sources.values()]

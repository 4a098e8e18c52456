"""What all keys of the main screen act on: a status line, four tables under tabs, a strip for the selected row.

No event of the cluster reaches a widget by itself: the store is drained on one timer (`drained.py`).
The keys stand in `screens/keys`, one file a concern, each a subclass of `TablesScreen`; `MainScreen` has them all.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from bwtop.live.cluster import Cluster
from bwtop.live.store import Store
from bwtop.model.filter import read_filter
from bwtop.model.health import Freshness
from bwtop.model.overview import Overview
from bwtop.model.place import Place
from bwtop.model.profile import ViewProfile
from bwtop.panels.detail import detail_segments
from bwtop.panels.status import alerts, is_stale, status_segments, tab_segments
from bwtop.panels.views import VIEWS, columns_of
from bwtop.screens.drained import DrainedTables
from bwtop_widgets.columns import Column
from bwtop_widgets.filter_input import FilterInput
from bwtop_widgets.key_words import with_keys
from bwtop_widgets.keys_line import KeysLine
from bwtop_widgets.live_table import LiveTable
from bwtop_widgets.status_bar import LineSegment, SegmentsLine

TICK = 0.5
"""Seconds between two flushes; half of it while lists are still coming."""
CALM_TICKS = 2
"""Ticks between two looks at what stands around the rows, while these do not change."""
CURVE_TICKS = 10
"""Ticks between two looks at what changes without an event: curves and ages."""
COST_TICKS = 60
"""Ticks between two figures of our own cost: a new one sends the whole status line."""


class TablesScreen(DrainedTables):
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - as Textual declares it
    writable = var(False, bindings=True)
    """Whether keys that change the cluster act."""
    recorded = False
    """Whether what is shown is a recording."""

    class Loaded(Message):
        """Every list of the cluster has come, or cannot be had."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.cluster: Cluster | None = None
        self.frozen = False
        self.own_columns: Mapping[str, Sequence[str]] = {}
        """Keys of the columns that somebody has chosen, by the key of the view: they go before the profile's."""
        self.filters = [""] * len(VIEWS)
        self._ticks = 0
        self._loading = True
        self._stated = Overview()
        """What the status line says: it is long, so how many agents were read is told every few seconds only."""
        self._received = 0
        self._received_rate: float | None = None
        self._failure = ""

    def compose(self) -> ComposeResult:
        # Set by the first resize, they would have everything styled once more before the first frame.
        self.add_class(max(each for each in self.HORIZONTAL_BREAKPOINTS if each[0] <= self.app.size.width)[1])
        yield SegmentsLine(id="status")
        yield SegmentsLine(id="tabs")
        yield SegmentsLine(id="alert")
        with Horizontal(id="body"):
            with ContentSwitcher(initial=VIEWS[0].key):
                yield from self._compose_tables()
            yield Container(id="side")
        yield FilterInput(id="filter", placeholder="filter")
        yield SegmentsLine(id="filter-hint")
        yield SegmentsLine(id="detail")
        yield KeysLine(id="keys", pinned=("app.help",))

    def _compose_tables(self) -> ComposeResult:
        for view in VIEWS:
            table: LiveTable[Any] = LiveTable(
                view.columns(self.store), sort_key=view.sort_key, descending=view.descending,
                empty_text="connecting to the cluster", id=view.key,
            )  # fmt: skip
            self._tables.append(table)
            yield table

    def on_mount(self) -> None:
        self.table.focus()
        field = self.query_one(FilterInput)
        field.placeholder = with_keys(field, "filter; {filter.clear} clears")
        self.show_lines()
        self.set_interval(TICK, self._tick)
        self.set_timer(TICK / 2, self._flush)

    # -- what the keys act on -------------------------------------------------------------------------------------
    @property
    def chosen(self) -> Sequence[Any]:
        """The rows that a key is for: the marked ones, else that of the cursor, or none."""
        return self.table.marked or (() if self.table.current is None else (self.table.current,))

    @property
    def chosen_columns(self) -> Sequence[Column[Any]]:
        """Of the table that the chosen rows are from."""
        return self.table.columns

    def show_view(self, number: int) -> None:
        self._active = number
        self.show_body(self.view.key)
        self.table.focus()
        self._touch_visible()
        self.table.flush()
        self.show_lines()
        self._look()
        self.refresh_bindings()

    def show_body(self, id: str) -> None:
        """A table, or a panel that takes the place of the tables for a while."""
        self.query_one(ContentSwitcher).current = id

    async def open_side(self, panel: Widget) -> None:
        """Shows the panel beside the tables, or instead of them on a narrow screen; it replaces another one."""
        side = self.query_one("#side")
        await side.remove_children()
        with self.app.batch_update():  # the class first: set behind the panel, it would have that styled once more
            self.query_one("#body").add_class("-side")
            await side.mount(panel)

    async def close_side(self) -> None:
        with self.app.batch_update():
            await self.query_one("#side").remove_children()
            self.query_one("#body").remove_class("-side")
        self.table.focus()

    def nodes_needed(self) -> Sequence[str]:
        """Nodes that are read first whatever is on the screen. Subclasses add their own to super's."""
        return ()

    # -- keys that cannot act now ---------------------------------------------------------------------------------
    def why_not(self, action: str) -> str:
        """Why this action cannot be taken now; empty: it can. Subclasses answer for their own and ask super()."""
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """None dims the key in the footer."""
        return None if self.why_not(action) else super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """A dimmed key says why it is dimmed."""
        pressed = self.active_bindings.get(event.key)
        if pressed and not pressed.enabled and (reason := self.why_not(pressed.binding.action.partition("(")[0])):
            self.notify(reason, severity="warning", markup=False)

    # -- the cluster ----------------------------------------------------------------------------------------------
    async def show_place(self, place: Place) -> None:
        """From now on nothing of the cluster before is shown, whatever still comes from it."""
        if place.context != self.place.context:
            self.writable = False
            self.filters = [""] * len(VIEWS)
        self.place = place
        self._show_store(None, Store())
        self.show_lines()
        await self.close_side()

    def show_cluster(self, cluster: Cluster) -> None:
        """The cluster of this place is there, or is there anew."""
        if not self.place.context:
            self.place = msgspec.structs.replace(self.place, context=cluster.api.connection.context)
        self._show_store(cluster, cluster.store)
        for mistake in cluster.profiles.mistakes:
            self.notify(f"{mistake}", title="profile left out", severity="error", timeout=30, markup=False)

    def _show_store(self, cluster: Cluster | None, store: Store) -> None:
        self.cluster, self.store, self._failure = cluster, store, ""
        self.frozen = False
        self._loading, self._stated = True, Overview()
        self._received, self._received_rate = 0, None
        for view, table, words in zip(VIEWS, self._tables, self.filters, strict=True):
            table.frozen = False
            table.columns = columns_of(view, store, chosen=self.columns_chosen(view.key))
            table.filter(read_filter(words, view.fields(store)))
            table.load({})

    def columns_chosen(self, view: str) -> Sequence[str]:
        """Keys in their order; empty: all, as bwtop has them."""
        profile = self.cluster.profile.view(view) if self.cluster else ViewProfile()
        return self.own_columns.get(view) or profile.columns

    def show_failure(self, error: str, *, retry_in: float) -> None:
        """There is no way to the cluster."""
        self._failure = f"no way to the cluster, next try in {retry_in:.0f} s: {error}"
        self.show_lines()

    def _tell_notices(self) -> None:
        while self.cluster and (notices := self.cluster.api.connection.notices):
            self.notify(notices.pop(0), severity="warning", timeout=30, markup=False)

    def _tick(self) -> None:
        """While lists come there is a flush between two ticks, too: a faster timer would go on when all is at rest."""
        self._ticks += 1
        self._tell_notices()
        if self._ticks % COST_TICKS == 0:
            self._measure()
        if self._ticks % CURVE_TICKS == 0:
            self._touch_visible()
        self._flush()
        if self._loading:
            self.set_timer(TICK / 2, self._flush)

    def _flush(self) -> None:
        changed = self._drain()
        if changed or self._loading or self._ticks % CALM_TICKS == 0:
            self._show_around()
        if not self._loading:
            self._order_hidden()

    def _show_around(self) -> None:
        """What stands around the rows, and the nodes behind them."""
        overview = self._overview()
        was_loading = self._loading
        self._loading = any(health.freshness is Freshness.LOADING for health in overview.sources.values())
        if was_loading and not self._loading and overview.sources:
            self.post_message(self.Loaded())
        self.show_lines(overview)
        self._look()

    def _look(self) -> None:
        """The nodes behind the rows on the screen are read continuously, that of the cursor first."""
        if self.cluster is None:
            return
        rows, table = self.view.rows(self.store), self.table
        keys = [key for key in (table.cursor_key, *table.visible_keys()) if key in rows]
        nodes = [self.view.node(rows[key]) for key in keys if key is not None]
        self.cluster.look_at(node for node in (*self.nodes_needed(), *nodes) if node)

    def _measure(self) -> None:
        overview = self._overview()
        self._received_rate = (overview.received - self._received) / (COST_TICKS * TICK)
        self._received = overview.received

    def _overview(self) -> Overview:
        return self.cluster.overview() if self.cluster else Overview()

    # -- lines ----------------------------------------------------------------------------------------------------
    def show_lines(self, overview: Overview | None = None) -> None:
        """The status line, the tabs, the alert and the strip."""
        overview = overview or self._overview()
        if self._loading or self._ticks % CURVE_TICKS == 0 or _freshness(overview) != _freshness(self._stated):
            self._stated = overview
        scope = (self.cluster.namespace if self.cluster else self.place.namespace) or "all namespaces"
        self.query_one("#status", SegmentsLine).show(
            status_segments(
                self._stated, context=self.place.context or "…", scope=scope, frozen=self.frozen,
                received_rate=self._received_rate, writable=self.writable, tape=self.tape_segments(),
                recorded=self.recorded,
            )
        )  # fmt: skip
        self._show_tabs(overview)
        self._show_alert(overview)
        self.show_detail()

    def _show_tabs(self, overview: Overview) -> None:
        sources = overview.sources
        names = ("pods", "nodes", "ciliumendpoints", "agents")
        loading = [name not in sources or sources[name].freshness is Freshness.LOADING for name in names]
        self.query_one("#tabs", SegmentsLine).show(
            tab_segments(
                counts=[len(view.rows(self.store)) for view in VIEWS], loading=loading, active=self._active,
                filter_text=self.filters[self._active], shown=self.table.shown,
                marked=len(self.table.marked), marked_hidden=self.table.marked_hidden,
            )
        )  # fmt: skip
        for view, table in zip(VIEWS, self._tables, strict=True):
            table.set_class(is_stale(view.key, overview), "-stale")
        hint = self._failure or next(alerts(overview, now=self.store.clock()), "") or self._empty_hint(loading)
        self.table.empty_text = hint

    def _empty_hint(self, loading: list[bool]) -> str:
        if loading[self._active]:
            return "loading"
        if text := self.filters[self._active]:
            way_out = with_keys(self, "{main.clear-filter} shows all, {main.filter} changes the filter")
            return f"none of {len(self.view.rows(self.store)):,} fits {text}\n{way_out}"
        return f"no {self.view.title.lower()} here"

    def tape_segments(self) -> Iterable[LineSegment]:
        """What the status line says of a recording that is made or played."""
        return ()

    def tape_alert(self) -> str:
        """What is wrong with it; empty: nothing."""
        return ""

    def _show_alert(self, overview: Overview) -> None:
        line = self.query_one("#alert", SegmentsLine)
        found = [self._failure] if self._failure else list(alerts(overview, now=self.store.clock()))
        found += filter(None, [self.tape_alert()])
        line.set_class(bool(found), "-shown")
        if found:
            more = f"  (+{len(found) - 1} more)" if len(found) > 1 else ""
            line.show([LineSegment(f"✗ {found[0]}{more}", "bad")])

    def show_detail(self) -> None:
        self.query_one("#detail", SegmentsLine).show(detail_segments(self.table.current, self.store))


def _freshness(overview: Overview) -> list[Freshness]:
    return [health.freshness for health in overview.sources.values()]

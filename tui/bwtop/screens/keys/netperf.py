"""Testing a pod's limit with netperf, in the side panel."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from bwtop.live.cluster import Cluster
from bwtop.live.guard import guard_of
from bwtop.model.place import Place
from bwtop.model.rows import EndpointRow, LimitRow, PodRow
from bwtop.screens.keys import later
from bwtop.screens.keys.views import ViewKeys
from bwtop_widgets.clipboard import copy
from bwtop_widgets.columns import Column
from bwtop_widgets.key_words import with_keys
from bwtop_widgets.text_dialog import TextDialog

if TYPE_CHECKING:
    from bwtop.panels.netperf_bench import Bench, Stage
    from bwtop.panels.netperf_panel import NetperfPanel

LOOK = 0.25
"""Seconds between two looks at a test that runs."""


class NetperfKeys(ViewKeys):
    """What a test needs is loaded with the first one, or once the rows are there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "netperf", "netperf", id="main.netperf", tooltip="Test the pod's limit with netperf"),
        Binding(
            "T", "stop_netperf", "Stop netperf", show=False, id="main.stop-netperf", tooltip="Stop the test that runs"
        ),
    ]

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._bench: Bench | None = None
        self._opened: NetperfPanel | None = None
        """The panel that was opened last; it may be closed by now."""
        self._under_test: PodRow | None = None
        self._stage: Stage | None = None

    def on_mount(self) -> None:
        self._looks = self.set_interval(LOOK, self._look_at_bench, pause=True)

    async def on_unmount(self) -> None:
        """bwtop is being left: a test is stopped, and what was made for it removed."""
        if self._bench is not None:
            await self._bench.leave()

    async def show_place(self, place: Place) -> None:
        """A test of the place before is stopped, and cleaned up there."""
        if self._bench is not None:
            self.run_worker(self._bench.leave(), group="netperf stop")
        self._bench = self._under_test = None
        await super().show_place(place)

    def show_cluster(self, cluster: Cluster) -> None:
        super().show_cluster(cluster)
        if self._bench is not None and not self._bench.running:
            self._bench = None
        self.refresh_bindings()

    @on(ViewKeys.Loaded)
    def _remove_leftovers(self) -> None:
        """Of tests that ended without cleaning up; it waits for the rows, which come first."""
        self.run_worker(self._sweep(), group="netperf sweep")

    def _ready(self) -> "Bench | None":
        """To test in the cluster that is shown; None while there is none, or only a recording."""
        if self._bench is None and self.cluster is not None and not self.recorded:
            from bwtop.panels.netperf_bench import Bench

            self._bench = Bench(self.cluster)
        return self._bench

    def why_not(self, action: str) -> str:
        match action:
            case "netperf" if self.cluster is None:
                return "there is no way to the cluster yet"
            case "netperf" if self._pod is None and not self._panel:
                return "no pod is under the cursor"
            case "stop_netperf" if self._bench is None or not self._bench.running:
                return "no test runs"
            case "context" | "namespace" if self._bench is not None and self._bench.running:
                return with_keys(self, "a test runs here: {main.stop-netperf} stops it")
        return super().why_not(action)

    def nodes_needed(self) -> Sequence[str]:
        return (*super().nodes_needed(), *(self._bench.nodes if self._bench else ()))

    @property
    def chosen(self) -> Sequence[Any]:
        """While the keys go to the panel its pod, wherever the cursor of the table is."""
        panel = self._panel
        return (panel.row,) if panel is not None and panel.has_focus_within else super().chosen

    @property
    def chosen_columns(self) -> Sequence[Column[Any]]:
        panel = self._panel
        return self.tables[0].columns if panel is not None and panel.has_focus_within else super().chosen_columns

    @property
    def _pod(self) -> PodRow | None:
        """The pod under the cursor, or behind the row there."""
        chosen = self.chosen
        match chosen[0] if len(chosen) == 1 else self.table.current:
            case PodRow() as row:
                return row
            case EndpointRow() as row:
                return self.store.pods.get(row.key)
            case LimitRow(namespace=str(namespace), pod=str(pod)):
                return self.store.pods.get(f"{namespace}/{pod}")
        return None

    @property
    def _panel(self) -> "NetperfPanel | None":
        """Each key asks a dozen times, for what it can do: to search the whole screen for it took a third of a key."""
        panel = self._opened
        return panel if panel is not None and panel.is_attached else None

    # -- keys -----------------------------------------------------------------------------------------------------
    async def action_netperf(self) -> None:
        """Opens the panel for the pod under the cursor, or for the test that runs; goes to it if it is open."""
        if (bench := self._ready()) is None:
            return
        pod, panel = self._pod, self._panel
        other = pod is not None and (self._under_test is None or pod.key != self._under_test.key)
        if panel is not None and (bench.running or not other):
            panel.focus_first()
            return
        if other and not bench.running:
            bench.set_up()
            self._under_test = pod
        if self._under_test is not None:
            await self._open(bench, self._under_test)

    def action_stop_netperf(self) -> None:
        if self._bench is not None:
            self.run_worker(self._bench.stop(), group="netperf stop")

    def action_next_view(self, step: int) -> None:
        """Within the panel, tab goes round its fields."""
        panel = self._panel
        if panel is None or not panel.has_focus_within:
            super().action_next_view(step)
        elif step > 0:
            self.focus_next("NetperfPanel *")
        else:
            self.focus_previous("NetperfPanel *")

    # -- the panel ------------------------------------------------------------------------------------------------
    async def _open(self, bench: "Bench", row: PodRow) -> None:
        from bwtop.panels.netperf_panel import NetperfPanel

        cluster = bench.cluster
        protection = guard_of(cluster.profiles, cluster.api.connection).why
        self._opened = NetperfPanel(bench, row, profile=cluster.profile.netperf, protection=protection)
        await self.open_side(self._opened)

    def on_netperf_panel_wanted(self, event: "NetperfPanel.Wanted") -> None:
        """The tables get the keys back where they are seen: browsing goes on while the test runs."""
        if self._bench is None:
            return
        self._bench.start(event.wish)
        self._stage = None
        self._looks.resume()
        if self.has_class("-wide"):
            self.table.focus()
        self.refresh_bindings()

    def on_netperf_panel_stop_wanted(self) -> None:
        self.action_stop_netperf()

    async def on_netperf_panel_close_wanted(self) -> None:
        await self.close_side()

    def on_netperf_panel_report_wanted(self, event: "NetperfPanel.ReportWanted") -> None:
        from bwtop.netperf.report import markdown

        text = markdown(event.results)
        self.app.push_screen(TextDialog(text, title="netperf, as Markdown", note=copy(self.app, text).note))

    def _look_at_bench(self) -> None:
        """Takes a point of the curve; tells what came of a test whose panel is closed."""
        bench = self._bench
        if bench is None or not bench.running:
            self._looks.pause()
        if bench is None:
            return
        bench.look()
        if bench.stage is self._stage:
            return
        self._stage = bench.stage
        self.refresh_bindings()
        if self._panel is None and bench.ended:
            from bwtop.netperf.words import headline

            words = headline(bench.result) if bench.result else bench.error
            good = bench.result is not None and bench.result.good
            self.notify(words, title="netperf", severity="information" if good else "warning", markup=False)

    async def _sweep(self) -> None:
        await later.load()
        if self._bench is not None or (bench := self._ready()) is None:
            return
        swept = await bench.sweep()
        for key in swept.removed:
            self.notify(f"removed {key}, which an earlier test had left", title="netperf", markup=False)
        for failed in swept.failed:
            self.notify(f"not removed: {failed}", title="netperf", severity="warning", markup=False)

"""Whether bwtop may write: read-only until somebody says otherwise, and only where the user has the right to."""

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from bwtop.kube.access import may
from bwtop.kube.errors import KubeError
from bwtop.kube.target import Target
from bwtop.live.cluster import Cluster
from bwtop.live.guard import guard_of
from bwtop.model.place import Place
from bwtop.model.rows import EndpointRow, LimitRow, PodRow
from bwtop.screens.tables import TablesScreen
from bwtop_widgets.key_words import with_keys
from bwtop_widgets.table_events import MarksChanged, RowHighlighted


class WriteKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("W", "write_mode", "Write", show=False, id="main.write", tooltip="Allow writing, or forbid it again"),
    ]

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._rights: dict[str, str] = {}
        """By namespace: why its pods may not be patched; empty: they may."""

    @property
    def chosen_pods(self) -> list[str]:
        """`namespace/name` of the pods behind the chosen rows, each once."""
        return list(dict.fromkeys(key for key in map(_pod_key, self.chosen) if key))

    def show_cluster(self, cluster: Cluster) -> None:
        self._rights = {}
        super().show_cluster(cluster)

    def action_write_mode(self) -> None:
        self.writable = not self.writable
        self.show_lines()
        if not self.writable or self.cluster is None:
            return
        if why := guard_of(self.cluster.profiles, self.cluster.api.connection).why:
            self.notify(f"{why}: every write takes a name", severity="warning", markup=False)
        self._review_chosen()

    @property
    def read_only(self) -> str:
        """Why nothing is written while that was not allowed."""
        return with_keys(self, "bwtop is read-only: {main.write} allows writing")

    def why_not_write(self) -> str:
        """Why the limits of the chosen pods cannot be changed; empty: as far as is known they can."""
        if self.cluster is None:
            return "there is no way to the cluster yet"
        if not self.writable:
            return self.read_only
        if not self.chosen_pods:
            return "no pod is chosen"
        return next(filter(None, (self._rights.get(key.partition("/")[0], "") for key in self.chosen_pods)), "")

    @on(RowHighlighted)
    @on(MarksChanged)
    def _review_chosen(self) -> None:
        if self.writable:
            self.run_worker(self.review(self.chosen_pods), group="rights")

    async def review(self, pods: Iterable[str]) -> None:
        """Asks once a namespace. Where no review is answered, the dry-run of an edit will tell."""
        if self.cluster is None:
            return
        for namespace in {key.partition("/")[0] for key in pods} - self._rights.keys():
            target = Target(verb="patch", resource="pods", namespace=namespace)
            self._rights[namespace] = ""
            try:
                allowed = await may(self.cluster.api, target)
            except KubeError:
                continue
            if not allowed:
                check = self.cluster.api.connection.kubectl(target.can_i)
                reason = f"you may not patch pods in namespace {namespace}: a role must allow it; check: {check}"
                self._rights[namespace] = reason
        self.refresh_bindings()


def _pod_key(row: Any) -> str:  # noqa: ANN401 - any of the four rows
    match row:
        case PodRow() | EndpointRow():
            return row.key
        case LimitRow(pod=str(), namespace=str()):
            return f"{row.namespace}/{row.pod}" if row.pod else ""
    return ""

"""Why limits are, or are not, in force: for the rows that are chosen, and for the cluster."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.screens.tables import TablesScreen

_NO_CLUSTER = "there is no cluster yet"


class ExplainKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "explain", "Explain", id="main.explain", tooltip="Why the limit is, or is not, in force"),
        Binding(
            "X",
            "doctor",
            "Doctor",
            show=False,
            id="main.doctor",
            tooltip="What the cluster has and lacks, and what you may do",
        ),
    ]

    def action_explain(self) -> None:
        """A node, a pod, or what the first of two marked pods sends to the other."""
        if self.cluster is None or self.why_not("explain"):
            return
        from bwtop.panels.checks_subjects import NodeSubject, PodSubject  # not before the first row
        from bwtop.screens.checks import ChecksScreen

        row, cluster = self.chosen[0], self.cluster
        node = isinstance(row, NodeRow)
        self.app.push_screen(ChecksScreen(NodeSubject(cluster, row.node) if node else PodSubject(cluster, *self._pods)))

    def action_doctor(self) -> None:
        if self.cluster is None:
            return
        from bwtop.panels.checks_subjects import ClusterSubject
        from bwtop.screens.checks import ChecksScreen

        self.app.push_screen(ChecksScreen(ClusterSubject(self.cluster)))

    def why_not(self, action: str) -> str:
        match action:
            case "explain" | "doctor" if self.cluster is None:
                return _NO_CLUSTER
            case "explain" if self.chosen and isinstance(self.chosen[0], NodeRow):
                return "" if len(self.chosen) == 1 else "one node is explained at a time"
            case "explain" if not self._pods:
                return "no pod is behind this row"
            case "explain" if len(self._pods) > 2:
                return "a pod is explained, or what one sends to another: mark two at most"
        return super().why_not(action)

    @property
    def _pods(self) -> Sequence[str]:
        """Keys of the pods behind the chosen rows, in their order."""
        keys = dict.fromkeys(_pod_behind(row) for row in self.chosen)
        return [key for key in keys if key in self.store.pods]


def _pod_behind(row: Any) -> str:  # noqa: ANN401 - any of the four rows
    match row:
        case PodRow() | EndpointRow():
            return row.key
        case LimitRow():
            return f"{row.namespace}/{row.pod}"
    return ""

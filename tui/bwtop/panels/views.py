"""The four views of the main screen: their table, their rows in the store, and what their strip says of a row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from bwtop.live.store import Changes, Store
from bwtop.model.rows import LimitRow, PodRow
from bwtop.panels.endpoint_columns import endpoint_columns
from bwtop.panels.limit_columns import limit_columns
from bwtop.panels.node_columns import node_columns
from bwtop.panels.pod_columns import pod_columns
from bwtop_widgets.columns import Column, RowT


@dataclass(frozen=True, kw_only=True)
class View(Generic[RowT]):
    key: str
    title: str
    columns: Callable[[Store], Sequence[Column[RowT]]]
    rows: Callable[[Store], Mapping[str, RowT]]
    changed: Callable[[Changes], set[str]]
    sort_key: str
    descending: bool
    node: Callable[[RowT], str | None]
    """Name of the node whose agent the row's figures come from."""
    words: Callable[[RowT], Iterable[object]]
    """What a filter looks into, besides the cells."""
    leads_to: str
    """The view that Enter goes to."""
    behind: Callable[[RowT], str]
    """The filter that Enter sets there; empty: nothing stands behind the row."""


VIEWS: Sequence[View[Any]] = (
    View(
        key="pods",
        title="Pods",
        columns=pod_columns,
        rows=lambda store: store.pods,
        changed=lambda changes: changes.pods,
        sort_key="state",
        descending=True,
        node=lambda row: row.node,
        leads_to="limits",
        behind=lambda row: row.key if row.endpoint_id is not None else "",
        words=lambda row: _pod_words(row),
    ),
    View(
        key="nodes",
        title="Nodes",
        columns=node_columns,
        rows=lambda store: store.nodes,
        changed=lambda changes: changes.nodes,
        sort_key="node",
        descending=False,
        node=lambda row: row.node,
        leads_to="pods",
        behind=lambda row: row.node,
        words=lambda row: (row.node, row.internal_ip, row.cilium_internal_ip, row.agent_version, row.agent_pod,
                           row.bandwidth_manager, row.kernel, row.reason),
    ),
    View(
        key="endpoints",
        title="Endpoints",
        columns=lambda _store: endpoint_columns(),
        rows=lambda store: store.endpoints,
        changed=lambda changes: changes.endpoints,
        sort_key="namespace",
        descending=False,
        node=lambda row: row.node,
        leads_to="pods",
        behind=lambda row: row.key,
        words=lambda row: (row.namespace, row.name, row.endpoint_id, row.identity_id, row.ipv4, row.ipv6, row.node,
                           row.state, *row.labels),
    ),
    View(
        key="limits",
        title="Limits",
        columns=lambda _store: limit_columns(),
        rows=lambda store: store.limits,
        changed=lambda changes: changes.limits,
        sort_key="bandwidth",
        descending=True,
        node=lambda row: row.node,
        leads_to="pods",
        behind=lambda row: f"{row.namespace}/{row.pod}" if row.pod else "",
        words=lambda row: _limit_words(row),
    ),
)  # fmt: skip

VIEW_NUMBER = {view.key: number for number, view in enumerate(VIEWS)}


def _pod_words(row: PodRow) -> Iterable[object]:
    asked = row.asked.annotation[:80] if row.asked else ""
    return (row.key, row.node, asked, row.ipv4, row.ipv6, row.endpoint_id, row.identity_id, row.owner,
            row.state.value, row.reason)  # fmt: skip


def _limit_words(row: LimitRow) -> Iterable[object]:
    pod = f"{row.namespace}/{row.pod}" if row.pod else row.kind
    return row.node, row.endpoint_id, row.direction.value, pod, row.identity_id, row.reason, *row.labels


def matcher(view: View[Any], text: str) -> Callable[[Any], bool] | None:
    """Every word of the text must stand somewhere in the row, in whatever case; None: no filter."""
    wanted = text.lower().split()
    if not wanted:
        return None

    def matches(row: Any) -> bool:  # noqa: ANN401 - any of the four rows
        heap = " ".join(str(word) for word in view.words(row) if word is not None).lower()
        return all(word in heap for word in wanted)

    return matches

"""The four views of the main screen: their table, their rows in the store, and what their strip says of a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from bwtop.live.store import Changes, Store
from bwtop.model.filter_fields import ENDPOINT_FIELDS, LIMIT_FIELDS, POD_FIELDS, Fields, node_fields
from bwtop.model.states import State
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
    fields: Callable[[Store], Fields[RowT]]
    """What a filter looks into."""


VIEWS: Sequence[View[Any]] = (
    View(
        key="pods",
        title="Pods",
        columns=pod_columns,
        rows=lambda store: store.pods,
        changed=lambda changes: changes.pods,
        fields=lambda _store: POD_FIELDS,
        sort_key="state",
        descending=True,
        node=lambda row: None if row.state is State.HOST_NETWORK else row.node,
    ),
    View(
        key="nodes",
        title="Nodes",
        columns=node_columns,
        rows=lambda store: store.nodes,
        changed=lambda changes: changes.nodes,
        fields=lambda store: node_fields(store.unix),
        sort_key="node",
        descending=False,
        node=lambda row: row.node,
    ),
    View(
        key="endpoints",
        title="Endpoints",
        columns=lambda _store: endpoint_columns(),
        rows=lambda store: store.endpoints,
        changed=lambda changes: changes.endpoints,
        fields=lambda _store: ENDPOINT_FIELDS,
        sort_key="namespace",
        descending=False,
        node=lambda row: row.node,
    ),
    View(
        key="limits",
        title="Limits",
        columns=lambda _store: limit_columns(),
        rows=lambda store: store.limits,
        changed=lambda changes: changes.limits,
        fields=lambda _store: LIMIT_FIELDS,
        sort_key="bandwidth",
        descending=True,
        node=lambda row: row.node,
    ),
)  # fmt: skip

VIEW_NUMBER = {view.key: number for number, view in enumerate(VIEWS)}


def columns_of(view: View[RowT], store: Store, *, chosen: Sequence[str]) -> Sequence[Column[RowT]]:
    """The columns of these keys in their order; no keys: all, as the view orders them."""
    every = {column.key: column for column in view.columns(store)}
    return [every[key] for key in chosen if key in every] or list(every.values())

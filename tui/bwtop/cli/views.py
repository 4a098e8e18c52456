"""The four tables of `bwtop get`: how each is written, and what must be read for it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bwtop.cli import tables
from bwtop.cli.output import Table
from bwtop.live.snapshot import Want
from bwtop.live.store import Changes, Store
from bwtop.model.filter_fields import ENDPOINT_FIELDS, LIMIT_FIELDS, POD_FIELDS, Fields, node_fields

RowT = TypeVar("RowT")


@dataclass(frozen=True, kw_only=True)
class View(Generic[RowT]):
    plural: str
    table: Table[RowT]
    want: Want
    essential: Want
    """What the table is made of: without it there is no answer."""
    namespaced: bool
    rows: Callable[[Store], Mapping[str, RowT]]
    changed: Callable[[Changes], set[str]]
    fields: Fields[RowT]
    """What --filter looks into."""
    called: Callable[[RowT], str | None]
    """What NAME on the command line is compared with."""

    def wanted(self, row: RowT, names: Sequence[str]) -> bool:
        return not names or self.called(row) in names

    def needed(self, output: str, *, filtered: bool) -> Want:
        """What to read: names are those of objects, so no agent is asked for them unless a filter looks further."""
        names_only = output == "name" and not filtered and not self.essential & Want.AGENTS
        return self.essential if names_only else self.want


VIEWS: Mapping[str, View[Any]] = {
    view.plural: view
    for view in (
        View(
            plural="pods",
            table=tables.PODS,
            want=Want.PODS | Want.ENDPOINTS | Want.NODES | Want.AGENTS | Want.RATES,
            essential=Want.PODS,
            namespaced=True,
            rows=lambda store: store.pods,
            changed=lambda changes: changes.pods,
            fields=POD_FIELDS,
            called=lambda row: row.pod,
        ),
        View(
            plural="nodes",
            table=tables.NODES,
            want=Want.ENDPOINTS | Want.NODES | Want.AGENTS | Want.RATES,
            essential=Want.NODES,
            namespaced=False,
            rows=lambda store: store.nodes,
            changed=lambda changes: changes.nodes,
            fields=node_fields(time.time),
            called=lambda row: row.node,
        ),
        View(
            plural="endpoints",
            table=tables.ENDPOINTS,
            want=Want.ENDPOINTS | Want.NODES,
            essential=Want.ENDPOINTS,
            namespaced=True,
            rows=lambda store: store.endpoints,
            changed=lambda changes: changes.endpoints,
            fields=ENDPOINT_FIELDS,
            called=lambda row: row.name,
        ),
        View(
            plural="limits",
            table=tables.LIMITS,
            want=Want.PODS | Want.ENDPOINTS | Want.NODES | Want.AGENTS,
            essential=Want.AGENTS,
            namespaced=False,
            rows=lambda store: store.limits,
            changed=lambda changes: changes.limits,
            fields=LIMIT_FIELDS,
            called=lambda row: row.pod,
        ),
    )
}
ALIASES: Mapping[str, str] = {
    "pod": "pods",
    "po": "pods",
    "node": "nodes",
    "no": "nodes",
    "cn": "nodes",
    "ciliumnodes": "nodes",
    "endpoint": "endpoints",
    "ep": "endpoints",
    "cep": "endpoints",
    "ciliumendpoints": "endpoints",
    "limit": "limits",
}

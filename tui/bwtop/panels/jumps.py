"""From a row to the rows of the same object in the other views."""

from collections.abc import Iterator
from dataclasses import dataclass

from bwtop.live.store import Store
from bwtop.model.filter_terms import quoted
from bwtop.model.quantity import format_bits
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.panels.row import Row


@dataclass(frozen=True, kw_only=True)
class Jump:
    view: str
    """Key of the view that it leads to."""
    text: str
    """What is there."""
    key: str = ""
    """Key of the row to be under the cursor; empty: the first."""
    filter: str = ""
    """Shows the object's rows where there are several; empty: all rows."""
    missing: str = ""
    """Why there is nothing to go to; empty: there is."""


def jumps(row: Row, store: Store) -> Iterator[Jump]:
    """One to each view that the object is in, or could be."""
    match row:
        case PodRow():
            yield Jump(view="pods", text=row.key, key=row.key)
            yield _node(row.node, store)
            yield _endpoint(row.key, store)
            yield _limits_of_pod(row.key, row.node, row.endpoint_id, store)
        case NodeRow():
            node = f"node={quoted(row.node)}"
            pods = len(store.objects.pods_of.get(row.node, ()))
            yield Jump(view="pods", text=f"its {pods:,} pods", filter=node)
            yield Jump(view="nodes", text=row.node, key=row.node)
            yield Jump(view="endpoints", text=f"its {row.endpoints:,} endpoints", filter=node)
            yield Jump(view="limits", text="what its bandwidth map holds", filter=node)
        case EndpointRow():
            yield _pod(row.key, store)
            yield _node(row.node or "", store)
            yield Jump(view="endpoints", text=_endpoint_text(row), key=row.key)
            yield _limits_of_pod(row.key, row.node or "", row.endpoint_id, store)
        case LimitRow():
            name = f"{row.namespace}/{row.pod}" if row.pod else ""
            yield _pod(name, store) if name else Jump(view="pods", text="", missing=f"a {row.kind} endpoint is no pod")
            yield _node(row.node, store)
            yield _endpoint(name, store)
            yield Jump(view="limits", text=_limit_text(row), key=row.key)


def _pod(key: str, store: Store) -> Jump:
    if key in store.pods:
        return Jump(view="pods", text=key, key=key)
    return Jump(view="pods", text=key, missing=f"pod {key} is not here")


def _node(name: str, store: Store) -> Jump:
    if name in store.nodes:
        return Jump(view="nodes", text=name, key=name)
    return Jump(view="nodes", text=name, missing=f"node {name} is not known" if name else "not on a node yet")


def _endpoint(key: str, store: Store) -> Jump:
    endpoint = store.endpoints.get(key)
    if endpoint is None:
        return Jump(view="endpoints", text="", missing="no CiliumEndpoint")
    return Jump(view="endpoints", text=_endpoint_text(endpoint), key=key)


def _endpoint_text(row: EndpointRow) -> str:
    return row.key if row.endpoint_id is None else f"endpoint {row.endpoint_id}"


def _limits_of_pod(pod: str, node: str, endpoint_id: int | None, store: Store) -> Jump:
    """Egress and, from Cilium 1.18 on, ingress."""
    keys = [f"{node}/{endpoint_id}/{direction}" for direction in ("egress", "ingress")]
    found = [store.limits[key] for key in keys if key in store.limits]
    if not found or endpoint_id is None:
        return Jump(view="limits", text="", missing="no row in the node's bandwidth map")
    if len(found) == 1:
        return Jump(view="limits", text=_limit_text(found[0]), key=found[0].key)
    return Jump(view="limits", text=", ".join(map(_limit_text, found)), filter=f"pod={quoted(pod)}")


def _limit_text(row: LimitRow) -> str:
    bits = row.programmed.bits_per_second
    return f"{row.direction.value} {format_bits(bits) if bits else 'no limit'}"

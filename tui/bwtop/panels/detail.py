"""The strip below the table: what is known of the selected row beyond its columns."""

from collections.abc import Iterator

from bwtop.live.store import Store
from bwtop.model.quantity import format_rate
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.panels.row import Row
from bwtop_widgets.age_badge import format_age
from bwtop_widgets.status_bar import LineSegment

FRESH_SECONDS = 10.0


def detail_segments(row: Row | None, store: Store) -> Iterator[LineSegment]:
    match row:
        case PodRow():
            yield from _pod(row, store)
        case NodeRow():
            yield from _node(row, store)
        case EndpointRow():
            yield LineSegment(row.key, "bold")
            yield LineSegment(" ".join(row.labels), "dim", priority=1)
        case LimitRow():
            yield LineSegment(f"{row.node} endpoint {row.endpoint_id}", "bold")
            yield LineSegment(row.reason)
            yield LineSegment(" ".join(row.labels), "dim", priority=1)


def _pod(row: PodRow, store: Store) -> Iterator[LineSegment]:
    yield LineSegment(row.key, "bold")
    yield LineSegment(row.reason)
    if row.endpoint_id is not None:
        yield LineSegment(f"endpoint {row.endpoint_id}", priority=2)
    if row.identity_id is not None:
        yield LineSegment(f"identity {row.identity_id}", priority=3)
    yield LineSegment(row.ipv4 or row.ipv6 or "", priority=4)
    yield LineSegment(row.owner, priority=5)
    yield LineSegment(f"on {row.node}" if row.node else "", priority=6)
    yield LineSegment(_sampled(row.node, store), "dim", priority=1, right=True)


def _node(row: NodeRow, store: Store) -> Iterator[LineSegment]:
    yield LineSegment(row.node, "bold")
    yield LineSegment(row.reason or "all well")
    yield LineSegment(f"agent {row.agent_pod}" if row.agent_pod else "no agent", priority=2)
    yield LineSegment(f"egress program {row.egress_program.value}", priority=3)
    yield LineSegment(f"encryption {row.encryption}" if row.encryption else "", priority=5)
    yield LineSegment(f"limits sum to {format_rate(row.limit)}" if row.limit else "", priority=4)
    yield LineSegment(_sampled(row.node, store), "dim", priority=1, right=True)


def _sampled(node: str, store: Store) -> str:
    """Fresh is one word, so that a strip that nobody reads sends no bytes each second."""
    age = store.sample_age(node)
    if age is None:
        return "agent not read"
    return "sampled now" if age < FRESH_SECONDS else f"sampled {format_age(age)} ago"

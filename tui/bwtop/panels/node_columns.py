"""The columns of the nodes view."""

from collections.abc import Sequence
from datetime import datetime

from bwtop.live.store import Store
from bwtop.model.rows import NodeRow
from bwtop.panels.cells import (
    NOT_KNOWN,
    created_age,
    known,
    last_known,
    number_column,
    rate_cell,
    short_node,
    text_column,
)
from bwtop_widgets.age_badge import steady_age
from bwtop_widgets.columns import Cell, Column

NOW_SECONDS = 15
"""A node on the screen is read at least so often."""


def node_columns(store: Store) -> Sequence[Column[NodeRow]]:
    def sample_age(row: NodeRow) -> str | Cell:
        age = store.sample_age(row.node)
        if age is None:
            return NOT_KNOWN
        return Cell("now" if age < NOW_SECONDS else steady_age(age), "dim" if age < 60 else "warn")

    def stale(row: NodeRow) -> bool:
        return bool(store.join.unreadable(row.node, store.clock()))

    return (
        text_column("node", "NODE", lambda row: short_node(row.node), width=16, widest=34, clip="start"),
        text_column("cilium-ip", "CILIUM IP", lambda row: row.cilium_internal_ip, width=15, widest=24, priority=7),
        text_column("internal-ip", "INTERNALIP", lambda row: row.internal_ip, width=15, widest=24, priority=6),
        Column(
            key="age",
            title="AGE",
            cell=lambda row: known(created_age(row.created_at, store)),
            sort=lambda row: row.created_at and -datetime.fromisoformat(row.created_at).timestamp(),
            min_width=5,
            priority=8,
        ),
        text_column("version", "CILIUM", lambda row: row.agent_version, width=7, widest=10),
        Column(
            key="manager",
            title="BANDWIDTH MANAGER",
            cell=_manager,
            sort=lambda row: row.bandwidth_manager,
            min_width=21,
            max_width=44,
        ),
        text_column("chaining", "CHAINING", lambda row: row.cni_chaining, width=8, priority=9),
        text_column("routing", "ROUTING", lambda row: row.routing, width=7, priority=11),
        text_column("host-routing", "HOST", lambda row: row.host_routing, width=6, priority=12),
        text_column("kernel", "KERNEL", lambda row: row.kernel, width=10, widest=30, priority=13),
        number_column("endpoints", "EP", lambda row: row.endpoints, width=4, priority=5),
        number_column("limited", "LIMITED", lambda row: row.limited_pods, width=7),
        Column(
            key="limit",
            title="LIMITS",
            cell=last_known(lambda row: rate_cell(row.limit), stale=stale),
            sort=lambda row: row.limit,
            min_width=6,
            right=True,
            descending=True,
            priority=4,
        ),
        Column(
            key="rate",
            title="RATE",
            cell=last_known(lambda row: rate_cell(row.rate), stale=stale),
            sort=lambda row: row.rate,
            min_width=6,
            right=True,
            descending=True,
        ),
        Column(
            key="sampled",
            title="READ",
            cell=sample_age,
            sort=lambda row: store.sample_age(row.node),
            min_width=5,
            priority=3,
        ),
        Column(
            key="reason",
            title="STATE",
            cell=lambda row: Cell(f"✗ {row.reason}", "bad") if row.reason else Cell("✓ ok", "good"),
            sort=lambda row: row.reason,
            min_width=12,
            max_width=60,
            descending=True,
        ),
    )


def _manager(row: NodeRow) -> str | Cell:
    if row.bandwidth_manager is None:
        return NOT_KNOWN
    return row.bandwidth_manager if row.manager_enabled else Cell("Disabled", "bad")

"""The columns of the limits view: what every node's bandwidth map holds, and who is behind it."""

from collections.abc import Sequence

from bwtop.model.limits import Direction
from bwtop.model.rows import LimitRow
from bwtop.model.states import State
from bwtop.model.words import state_words
from bwtop.panels.cells import (
    NOT_KNOWN,
    by_name,
    last_known,
    limit_cell,
    number_column,
    short_node,
    state_cell,
    text_column,
)
from bwtop_widgets.columns import Cell, Column


def limit_columns() -> Sequence[Column[LimitRow]]:
    return (
        text_column("node", "NODE", lambda row: short_node(row.node), width=12, widest=26, priority=1, clip="start"),
        number_column("endpoint", "ENDPOINT", lambda row: row.endpoint_id, width=8),
        text_column("direction", "DIRECTION", lambda row: row.direction.value, width=9, priority=4),
        number_column("priority", "PRIO", lambda row: row.programmed.priority, width=4, priority=6),
        Column(
            key="bandwidth",
            title="BANDWIDTH",
            cell=last_known(
                lambda row: limit_cell(row.programmed.bits_per_second), stale=lambda row: row.state is State.UNKNOWN
            ),
            sort=lambda row: row.programmed.bits_per_second or None,
            min_width=9,
            max_width=16,
            right=True,
            descending=True,
        ),
        Column(
            key="pod",
            title="POD",
            cell=lambda row: f"{row.namespace}/{row.pod}" if row.pod else Cell(f"({row.kind} endpoint)", "dim"),
            sort=lambda row: by_name(f"{row.namespace}/{row.pod}") if row.pod else None,
            min_width=20,
            max_width=60,
            clip="middle",
        ),
        number_column("identity", "IDENTITY", lambda row: row.identity_id, width=8, priority=3),
        Column(
            key="state",
            title="STATE",
            cell=_state,
            sort=lambda row: state_words(row.state) if row.state else None,
            min_width=12,
            max_width=40,
        ),
        text_column("labels", "LABELS", lambda row: " ".join(row.labels), width=10, widest=60, priority=7),
    )


def _state(row: LimitRow) -> str | Cell:
    """A limit at ingress is not judged; where there is no room for the direction, this says which one it is."""
    if row.state:
        return state_cell(row.state, reason=row.reason)
    return Cell(f"· {row.direction.value}", "dim") if row.direction is Direction.INGRESS else NOT_KNOWN

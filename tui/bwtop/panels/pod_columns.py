"""The columns of the pods view."""

from collections.abc import Sequence
from math import log2

from bwtop.live.store import Store
from bwtop.model.printable import printable
from bwtop.model.quantity import format_bits, quantity_value
from bwtop.model.rows import PodRow
from bwtop.model.states import AWAITED, Pressure, State
from bwtop.model.words import DRIFT
from bwtop.panels.cells import (
    NOT_KNOWN,
    by_name,
    known,
    last_known,
    limit_cell,
    rate_cell,
    rounded,
    short_node,
    state_cell,
)
from bwtop_widgets.age_badge import format_age
from bwtop_widgets.columns import Cell, Column
from bwtop_widgets.meter import meter
from bwtop_widgets.sparkline import spark

ASKED_WIDTH, CURVE_WIDTH, METER_WIDTH = 6, 12, 8
QUIET = 1_000_000
"""Full height of the curve of a pod without a limit, bits/s, until it sends more."""
STEADY_SECONDS = 5
"""An age that ticks each second would send each row each second."""
_RANK = 1e9
"""Worth more than any share, which is below it."""
_WORST_FIRST = (
    State.NOT_ENFORCED,
    State.NOT_PROGRAMMED,
    State.MISMATCH,
    State.INVALID,
    State.ORPHAN,
    State.PENDING,
    State.UNKNOWN,
)


def pod_columns(store: Store) -> Sequence[Column[PodRow]]:
    """Rates and curves come from the store at the time of painting."""

    def state(row: PodRow) -> Cell:
        if row.pressure is None:
            return state_cell(row.state, reason=_problem(row))
        symbol = "▲" if row.pressure is Pressure.AT_CAP else "▲▲"
        since = (store.unix() - (row.pressure_since or store.unix())) // STEADY_SECONDS * STEADY_SECONDS
        return Cell(f"{symbol} {row.pressure.value} {format_age(since)}", "warn")

    return (
        Column(
            key="namespace",
            title="NAMESPACE",
            cell=lambda row: row.namespace,
            sort=lambda row: by_name(row.namespace),
            min_width=9,
            max_width=20,
            priority=3,
        ),
        Column(
            key="pod",
            title="POD",
            cell=lambda row: row.pod,
            sort=lambda row: by_name(row.pod),
            min_width=18,
            max_width=48,
            clip="middle",
        ),
        Column(
            key="node",
            title="NODE",
            cell=lambda row: known(short_node(row.node)),
            sort=lambda row: by_name(row.node),
            min_width=9,
            max_width=26,
            priority=4,
            clip="start",
        ),
        Column(
            key="asked",
            title="ASKED",
            cell=_asked,
            sort=lambda row: row.asked.bits_per_second if row.asked else None,
            min_width=ASKED_WIDTH,
            max_width=9,
            right=True,
            descending=True,
        ),
        Column(
            key="programmed",
            title="PROGRAMMED",
            cell=last_known(_programmed, stale=_is_stale),
            sort=lambda row: (row.programmed.bits_per_second or None) if row.programmed else None,
            min_width=10,
            max_width=16,
            right=True,
            descending=True,
        ),
        Column(
            key="rate",
            title="RATE",
            cell=last_known(lambda row: rate_cell(row.rate), stale=_is_stale),
            sort=lambda row: row.rate,
            min_width=6,
            right=True,
            descending=True,
        ),
        Column(
            key="curve",
            title="LAST 2 MIN",
            cell=last_known(lambda row: _curve(row, store.history(row)), stale=_is_stale),
            sort=lambda row: row.rate,
            min_width=CURVE_WIDTH,
            priority=6,
            descending=True,
        ),
        Column(
            key="share",
            title="OF LIMIT",
            cell=last_known(_share, stale=_is_stale),
            sort=lambda row: row.share,
            min_width=METER_WIDTH + 5,
            priority=5,
            descending=True,
        ),
        Column(key="state", title="STATE", cell=state, sort=urgency, min_width=16, max_width=48, descending=True),
    )


def urgency(row: PodRow) -> float:
    """Drift first, the worst of it on top, then the share of the limit: the default order of the pods.

    What is only awaited stands behind what is known: what was read would else make room for what was not.
    Shares and rates count in coarse steps: rows must not change places because a rate trembles. One number, because
    pairs take three times as long to sort.
    """
    share = min(round((row.share or 0.0) * 10), _RANK - 1)
    if row.reason in AWAITED:
        return (9 if row.asked else 0.5) * _RANK
    if row.state in DRIFT:
        return (100 - _WORST_FIRST.index(row.state)) * _RANK + share
    if row.state is State.IN_SYNC:
        return 10 * _RANK + share
    return _RANK + round(log2((row.rate or 0) + 1) / 3) if row.state is State.UNLIMITED else 0.0


def _is_stale(row: PodRow) -> bool:
    return row.state is State.UNKNOWN


def _curve(row: PodRow, rates: Sequence[float]) -> Cell:
    """Full height is the limit, or the highest rate above it: a pod that sends next to nothing looks like that."""
    limit = row.programmed.bits_per_second if row.programmed else 0
    return Cell(
        spark(rates, CURVE_WIDTH, top=max(limit or QUIET, *rates)) if rates else "", "warn" if row.pressure else "dim"
    )


def _asked(row: PodRow) -> Cell:
    """As it was written; where there is no room for that, in the shortest way that says the same, or rounded."""
    if row.asked is None:
        return NOT_KNOWN
    annotation, bits = row.asked.annotation, row.asked.bits_per_second
    shorter: tuple[str, ...] = ()
    if bits and len(annotation) > ASKED_WIDTH:
        same = quantity_value(annotation) == bits
        shorter = (format_bits(bits), rounded(bits)) if same else (rounded(bits),)
    return Cell(printable(annotation, limit=20), shorter=shorter)


def _programmed(row: PodRow) -> str | Cell:
    return NOT_KNOWN if row.programmed is None else limit_cell(row.programmed.bits_per_second)


def _share(row: PodRow) -> str | Cell:
    share = row.share
    if share is None:
        return ""
    tone = "warn" if share >= 0.95 else ""
    return Cell(f"{meter(share, METER_WIDTH)} {_part(share):>4}", tone)


def _part(share: float) -> str:
    """`88%`; from ten times on `21×`, which fits."""
    return f"{share:.0%}" if round(share * 100) < 1000 else f"{min(share, 999):.0f}×"


def _problem(row: PodRow) -> str:
    """What stands beside the word in the table; the strip below says it in full."""
    return row.asked.problem if row.state is State.INVALID and row.asked else ""

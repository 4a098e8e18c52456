"""Cells that several tables share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from bwtop.live.store import Store
from bwtop.model.natural import natural
from bwtop.model.quantity import format_bits, format_rate
from bwtop.model.states import State
from bwtop.model.words import DRIFT, state_symbol, state_words
from bwtop_widgets.age_badge import steady_age
from bwtop_widgets.cell_text import Clip
from bwtop_widgets.columns import Cell, Column, RowT

NOT_KNOWN = Cell("–", "dim")
_NO_ROOM = "…"
"""Instead of a number, which would be another one if it were cut."""
_LONGEST_NUMBER = 11
_TONES = {
    State.IN_SYNC: "good",
    State.UNLIMITED: "dim",
    State.HOST_NETWORK: "dim",
    State.UNKNOWN: "warn",
    State.PENDING: "warn",
}


def known(value: object) -> str | Cell:
    return NOT_KNOWN if value is None or value == "" else str(value)


def by_name(name: str | None) -> str | None:
    """To sort by: `node-9` before `node-10`, and what is not known last."""
    return natural(name) if name else None


def limit_cell(bits: int) -> Cell:
    """Of a limit in bits/s: exactly, or rounded and marked so where there is no room; 0 limits nothing."""
    return Cell(format_bits(bits), shorter=(rounded(bits),)) if bits else Cell("no limit", "dim")


def rounded(bits: int) -> str:
    return f"≈{format_rate(bits)}"


def rate_cell(rate: int | None) -> str | Cell:
    return NOT_KNOWN if rate is None else Cell("0", "dim") if rate == 0 else format_rate(rate)


def last_known(cell: Callable[[RowT], str | Cell], *, stale: Callable[[RowT], bool]) -> Callable[[RowT], str | Cell]:
    """Dimmed where the figure is the last that was known, and may not be true any more."""

    def shown(row: RowT) -> str | Cell:
        made = cell(row)
        if not stale(row):
            return made
        return Cell(made, "dim") if isinstance(made, str) else replace(made, style="dim")

    return shown


def state_cell(state: State, *, reason: str = "") -> Cell:
    text = f"{state_symbol(state)} {state_words(state)}"
    return Cell(f"{text}: {reason}" if reason and state in DRIFT else text, _TONES.get(state, "bad"))


def short_node(name: str) -> str:
    """Without the domain, which is the same everywhere."""
    return name.partition(".")[0]


def created_age(created_at: str | None, store: Store) -> str | None:
    """Age as kubectl shows it; of what is young in whole minutes."""
    if created_at is None:
        return None
    return steady_age(store.unix() - datetime.fromisoformat(created_at).astimezone(UTC).timestamp())


def text_column(
    key: str,
    title: str,
    value: Callable[[RowT], str | None],
    *,
    width: int,
    widest: int = 0,
    priority: int = 0,
    clip: Clip = "end",
) -> Column[RowT]:
    return Column(
        key=key,
        title=title,
        cell=lambda row: known(value(row)),
        sort=lambda row: by_name(value(row)),
        min_width=width,
        max_width=widest,
        priority=priority,
        clip=clip,
    )


def number_column(
    key: str, title: str, value: Callable[[RowT], int | None], *, width: int, priority: int = 0
) -> Column[RowT]:
    return Column(
        key=key,
        title=title,
        cell=lambda row: NOT_KNOWN if (number := value(row)) is None else Cell(str(number), shorter=(_NO_ROOM,)),
        sort=value,
        min_width=width,
        max_width=_LONGEST_NUMBER,
        right=True,
        priority=priority,
    )

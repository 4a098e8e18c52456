"""States as people read them: a symbol and a word, never colour alone."""

from bwtop.model.states import Pressure, State

_WORDS = {
    State.HOST_NETWORK: "host network",
    State.UNKNOWN: "unknown",
    State.INVALID: "invalid",
    State.PENDING: "pending",
    State.NOT_PROGRAMMED: "not programmed",
    State.MISMATCH: "mismatch",
    State.ORPHAN: "orphan",
    State.NOT_ENFORCED: "not enforced",
    State.IN_SYNC: "in sync",
    State.UNLIMITED: "unlimited",
}
_SYMBOLS = {
    State.HOST_NETWORK: "·",
    State.UNKNOWN: "?",
    State.INVALID: "✗",
    State.PENDING: "…",
    State.NOT_PROGRAMMED: "✗",
    State.MISMATCH: "✗",
    State.ORPHAN: "✗",
    State.NOT_ENFORCED: "✗",
    State.IN_SYNC: "✓",
    State.UNLIMITED: "·",
}

DRIFT = frozenset(State) - {State.IN_SYNC, State.UNLIMITED, State.HOST_NETWORK}
"""What `state:drift` matches."""


def state_words(state: State) -> str:
    return _WORDS[state]


def state_symbol(state: State) -> str:
    return _SYMBOLS[state]


def pressure_words(pressure: Pressure) -> str:
    """`in sync, at cap`."""
    return f"in sync, {pressure.value}"

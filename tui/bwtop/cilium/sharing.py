"""One copy of what many objects repeat: a ReplicaSet's labels, an identity's labels, namespaces, states."""

from collections.abc import Iterable
from sys import intern

SIZE = 100_000
"""Tuples kept for sharing; beyond, sharing starts anew, so that churning labels (Jobs) cannot fill the memory."""

_tuples: dict[tuple[str, ...], tuple[str, ...]] = {}


def shared(strings: Iterable[str]) -> tuple[str, ...]:
    """The strings as a tuple, the same object for the same strings."""
    key = tuple(strings)
    if (known := _tuples.get(key)) is not None:
        return known
    if len(_tuples) >= SIZE:
        _tuples.clear()
    value = tuple(map(intern, key))
    _tuples[value] = value
    return value


def word(text: str | None) -> str:
    """A string that many objects repeat, kept once; empty for null."""
    return intern(text) if text else ""

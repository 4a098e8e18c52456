"""One copy of what many objects repeat: a ReplicaSet's labels, an identity's labels, namespaces, states."""

from sys import intern

SIZE = 100_000
"""Tuples, and names, kept for sharing; beyond, sharing starts anew: churning labels (Jobs) cannot fill the memory."""


class Names(dict[str, str]):
    """`names[text]` is one string for all equal ones, for what a cluster has few of: namespaces, node IPs, states.

    A small dictionary of its own stays in the processor's cache, which `intern` with all of Python's names does not.
    """

    def __missing__(self, text: str) -> str:
        if len(self) >= SIZE:
            self.clear()
        self[text] = text
        return text


names = Names()

_tuples: dict[tuple[str | None, ...], tuple[str, ...]] = {}


def shared(strings: tuple[str | None, ...]) -> tuple[str, ...]:
    """The strings without the empty ones, the same object for the same strings."""
    known = _tuples.get(strings)
    return known if known is not None else _keep(strings, tuple([intern(string) for string in strings if string]))


def word(text: str | None) -> str:
    """A string that many objects repeat, kept once; empty for null."""
    return intern(text) if text else ""


def _keep(strings: tuple[str | None, ...], value: tuple[str, ...]) -> tuple[str, ...]:
    if len(_tuples) >= SIZE:
        _tuples.clear()
    value = _tuples.setdefault(value, value)
    if value != strings:
        _tuples[strings] = value
    return value

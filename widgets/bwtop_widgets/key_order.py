"""The keys of a screen in the order in which their bindings are declared."""

from collections.abc import Iterable, Mapping
from functools import cache

from textual.binding import ActiveBinding, Binding
from textual.dom import DOMNode


def in_declared_order(found: Iterable[ActiveBinding]) -> list[ActiveBinding]:
    """Textual puts a binding that a keymap has moved behind all others of its node; here it keeps its place."""
    nodes: dict[DOMNode, int] = {}

    def place(active: ActiveBinding) -> tuple[int, int]:
        own = _declared(type(active.node))
        return nodes.setdefault(active.node, len(nodes)), own.get(active.binding.id, len(own))

    return sorted(found, key=place)


@cache
def _declared(node: type[DOMNode]) -> Mapping[str | None, int]:
    """The place of each id, those of the bases first, as Textual merges them."""
    ids: dict[str | None, int] = {}
    for base in reversed(node.__mro__):
        for binding in base.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding):
                ids.setdefault(binding.id, len(ids))
    return ids

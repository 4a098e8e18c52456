"""Sentences that name keys, with the keys that a keymap has given: `{write.write} writes it`."""

import re
from collections.abc import Sequence
from dataclasses import replace

from textual.binding import Binding
from textual.dom import DOMNode

_ID = re.compile(r"\{([a-z]+\.[a-z-]+)\}")


def with_keys(node: DOMNode, sentence: str) -> str:
    """`{id}` becomes the first key of the node's binding with this id, as the footer writes it.

    Raises KeyError when the node has no such binding.
    """
    return _ID.sub(lambda match: _shown(node, match[1]), sentence)


def keys_of(node: DOMNode, id: str) -> Sequence[str]:
    """Names of the keys that it has now, as Textual writes them."""
    return node.app._keymap.get(id, _declared(node, id).key).split(",")


def _shown(node: DOMNode, id: str) -> str:
    return node.app.get_key_display(replace(_declared(node, id), key=keys_of(node, id)[0]))


def _declared(node: DOMNode, id: str) -> Binding:
    for base in type(node).__mro__:
        for binding in base.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id == id:
                return binding
    raise KeyError(f"{type(node).__name__} has no key {id}")

"""Text broken into lines that hang under its beginning, whatever stands before it."""

import textwrap
from collections.abc import Sequence
from typing import Final

LEAST: Final = 30
"""Columns that a text gets, however little is left beside what stands before it."""


def wrapped(text: str, *, width: int | None, indent: int, breaking: bool = True) -> Sequence[str]:
    """At least one piece, without the indent; `width` None: never wrapped.

    `breaking`: words that are longer than a line are broken; an address is then no link for a terminal any more.
    """
    if width is None:
        return [text]
    room = max(width - indent, LEAST)
    return textwrap.wrap(text, width=room, break_long_words=breaking, break_on_hyphens=False) or [""]


def hanging(head: str, text: str, *, width: int | None) -> Sequence[str]:
    """`head` and the text behind it, which goes on below its own beginning."""
    first, *more = wrapped(text, width=width, indent=len(head))
    return [head + first, *(" " * len(head) + piece for piece in more)]

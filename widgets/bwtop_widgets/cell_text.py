"""Text from outside, made fit for a cell of the terminal: no control characters, an exact width."""

from collections.abc import Sequence
from typing import Literal

from rich.cells import cell_len, set_cell_size

Clip = Literal["end", "start", "middle"]
"""The part of a text that goes when there is not enough room for it."""

_CODE_POINTS_PER_CELL = 8
"""More than any script needs; combining marks have no width, so a flood of them would pass every other bound."""

_TAIL = 6
"""Cells kept of the end of a text that is clipped in its middle: `-x2k4p`."""
_INVISIBLE = {0xFE0E: None, 0xFE0F: None}
"""Variation selectors: terminals disagree about the width of what they follow."""


def visible(text: str) -> str:
    """The text with every control, format and unassigned character replaced by one that can be seen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_seen, text.translate(_INVISIBLE)))


def width_of(text: str, *, most: int) -> int:
    """Cells that the text would take, at most `most`."""
    return min(most, cell_len(visible(text[: most * _CODE_POINTS_PER_CELL])))


def fit(
    text: str,
    width: int,
    *,
    right: bool = False,
    clip: Clip = "end",
    ascii: bool = False,
    shorter: Sequence[str] = (),
) -> str:
    """The text in exactly `width` cells, padded with spaces or clipped with an ellipsis.

    Instead of a text that is too wide the first of `shorter` that is not.
    """
    if width <= 0:
        return ""
    text = visible(_bounded(text, width * _CODE_POINTS_PER_CELL, clip=clip))
    length = cell_len(text)
    if length > width:
        for instead in shorter:
            if cell_len(instead) <= width:
                return fit(instead, width, right=right)
        return _clipped(text, width, clip=clip, ellipsis="~" if ascii else "…")
    padding = " " * (width - length)
    return padding + text if right else text + padding


def _bounded(text: str, bound: int, *, clip: Clip) -> str:
    match clip:
        case "end":
            return text[:bound]
        case "start":
            return text[-bound:]
        case "middle":
            return text if len(text) <= 2 * bound else text[:bound] + text[-bound:]


def _clipped(text: str, width: int, *, clip: Clip, ellipsis: str) -> str:
    if clip == "middle" and width >= _TAIL * 2:
        # Of a pod's name the end tells it from its brothers, and the beginning what it is.
        tail = _clipped(text, _TAIL + 1, clip="start", ellipsis="")
        return set_cell_size(text, width - cell_len(tail) - 1) + ellipsis + tail
    if clip != "start":
        return set_cell_size(text, width - 1) + ellipsis
    start = len(text)
    room = width - 1
    while start and (needed := cell_len(text[start - 1])) <= room:
        room -= needed
        start -= 1
    return ellipsis + text[start:] + " " * room


def _seen(character: str) -> str:
    if character.isprintable():
        return character
    if character.isspace() and ord(character) > 0x9F:
        return " "
    if character < " ":
        return chr(0x2400 + ord(character))
    return "␡" if character == "\x7f" else "�"

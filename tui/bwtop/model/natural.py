"""The order in which people expect names: `node-9` before `node-10`."""

import re

_DIGITS = re.compile("[0-9]+")
_WIDTH = 20
"""More digits than any number in a name has; longer ones are compared as text."""


def natural(text: str) -> str:
    """A key to sort by: the text with its numbers made equally long."""
    return _DIGITS.sub(_padded, text)


def _padded(digits: re.Match[str]) -> str:
    return digits[0].zfill(_WIDTH)

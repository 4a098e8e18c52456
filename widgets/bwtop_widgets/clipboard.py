"""Copying to the clipboard of the terminal that somebody sits at, also over SSH: the sequence OSC 52.

No terminal says whether it took the text, and some are told not to, so whoever copies also shows what was copied.
"""

import base64
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from textual.app import App

MOST_BYTES = 74_994
"""Of text: as base64 just below 100,000 bytes, where hterm and others stop."""
_SCREEN_CHUNK = 252
"""GNU screen drops what is longer than 256 bytes between its two marks in its oldest versions, 768 in the others."""
_ESC, _BEL, _ST = "\x1b", "\x07", "\x1b\\"


class Multiplexer(Enum):
    """What stands between the program and the terminal, and must be told to pass the sequence on."""

    NONE = "none"
    TMUX = "tmux"
    SCREEN = "screen"


def multiplexer(environ: Mapping[str, str]) -> Multiplexer:
    """By its own variables; at the other end of an SSH connection only TERM is left of it."""
    term = environ.get("TERM", "")
    if environ.get("TMUX") or (term.startswith("tmux") and not environ.get("STY")):
        return Multiplexer.TMUX
    if environ.get("STY") or term.startswith("screen"):
        return Multiplexer.SCREEN
    return Multiplexer.NONE


def osc52(text: str, through: Multiplexer = Multiplexer.NONE) -> str:
    """What to write to the terminal so that `text` is in its clipboard.

    tmux gets it twice: plain, which it takes under `set-clipboard on`, and wrapped, which it hands on under
    `allow-passthrough on`. screen would print a long plain sequence, so it gets the wrapped one in pieces only.
    """
    encoded = base64.b64encode(text.encode(errors="replace")).decode("ascii")
    plain = f"{_ESC}]52;c;{encoded}{_BEL}"
    match through:
        case Multiplexer.TMUX:
            return f"{plain}{_ESC}Ptmux;{plain.replace(_ESC, _ESC * 2)}{_ST}"
        case Multiplexer.SCREEN:
            return "".join(f"{_ESC}P{piece}{_ST}" for piece in _pieces(plain))
        case Multiplexer.NONE:
            return plain


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _SCREEN_CHUNK):
        yield text[start : start + _SCREEN_CHUNK]


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a copy. `note` is one line for the user; `sent` False: the text must be shown instead."""

    text: str
    sent: bool
    note: str


def copy(app: App[Any], text: str, *, environ: Mapping[str, str] | None = None) -> Copied:
    """Sends the text to the terminal's clipboard, unless it is longer than terminals take."""
    environ = os.environ if environ is None else environ
    size = len(text.encode(errors="replace"))
    if size > MOST_BYTES:
        return Copied(text, False, f"not copied: {size:,} bytes, and terminals take {MOST_BYTES:,}; select it here")
    through = multiplexer(environ)
    if app._driver is not None:
        app._driver.write(osc52(text, through))
    return Copied(text, True, _note(len(text), through))


def _note(characters: int, through: Multiplexer) -> str:
    """A multiplexer drops the sequence unless it is told otherwise, and says nothing."""
    note = f"sent {characters:,} character{'' if characters == 1 else 's'} to the terminal's clipboard"
    if through is Multiplexer.TMUX:
        note += "; tmux passes it on with `set -g set-clipboard on`"
    return note

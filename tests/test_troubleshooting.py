"""docs/troubleshooting.md quotes what bwtop really says, and names what really is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bwtop.cli.main import program
from bwtop.model.states import State
from bwtop.model.words import state_symbol, state_words

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()
ROWS = [line.strip("|").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")][1:]
SOURCE = "\n".join(path.read_text() for root in ("tui", "widgets") for path in sorted((ROOT / root).rglob("*.py")))
STATES = {f"{state_symbol(state)} {state_words(state)}" for state in State} | {"▲▲ over", "▲ at cap"}
NOT_OURS = ("–", "y")
"""A sign that has many places, and a key."""


def quoted() -> Iterator[str]:
    for symptom, *_ in ROWS:
        yield from re.findall("`([^`]+)`", symptom)


def test_the_table_has_its_rows() -> None:
    assert len(ROWS) >= 15
    assert all(len(row) == 3 for row in ROWS)


@pytest.mark.parametrize("words", sorted({*quoted()} - {*NOT_OURS}))
def test_what_is_quoted_is_said(words: str) -> None:
    """In pieces: what stands between `...` differs each time."""
    state = max((state for state in STATES if words.startswith(state)), key=len, default="")
    words = words.removeprefix(state).removeprefix(": ")
    missing = [piece for piece in re.split(r"\.\.\.|FILE|NAME", words) if piece.strip() and piece.strip() not in SOURCE]
    assert missing == []


@pytest.mark.parametrize("flag", sorted({*re.findall(r"`[^`]*?(--[a-z-]+)", PAGE)} - {"--raw"}))
def test_flags_of_the_page_are_flags(flag: str) -> None:
    assert f'"{flag}' in SOURCE or any(flag in option.opts for option in program().params)

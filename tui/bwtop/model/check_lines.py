"""Checks as lines of text with a hanging indent: the same on the command line, on the screen and in the clipboard."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final

import msgspec

from bwtop.model.checks import Check, Finding, finding_symbol
from bwtop.model.wrapping import wrapped

_NAME_WIDTH: Final = 19
_OBJECTS_SHOWN: Final = 4


class Part(Enum):
    """What a line is of; the first line of a check begins with its verdict."""

    VERDICT = "verdict"
    MORE = "more"
    """The evidence goes on."""
    ADVICE = "advice"
    SOURCE = "source"


class Line(msgspec.Struct, frozen=True):
    part: Part
    head: str
    """Verdict and name, or the indent and what marks the line."""
    text: str


def check_lines(check: Check, *, width: int | None, compact: bool = False) -> Iterator[Line]:
    """`width` None: never wrapped; `compact`: the verdict by its symbol alone and long words broken, for a dialog.

    What is well is said in one line; else what to do and whose rule it is follow.
    """
    finding = check.finding
    verdict = f"{finding_symbol(finding)} " + ("" if compact else f"{finding.value:<8} ")
    head = f"{verdict}{check.name:<{_NAME_WIDTH}} "
    indent = " " * len(head)
    on = f" ({_some(check.objects)})" if check.objects else ""
    first, *more = wrapped(f"{check.evidence}{on}", width=width, indent=len(head), breaking=compact)
    yield Line(Part.VERDICT, head, first)
    yield from (Line(Part.MORE, indent, text) for text in more)
    if finding is Finding.OK:
        return
    for step in check.advice:
        yield from _marked(Part.ADVICE, indent, "→ ", step, width, breaking=compact)
    if check.source is not None:
        yield from _marked(Part.SOURCE, indent, "source: ", check.source.rule, width, breaking=compact)
        yield from _marked(Part.SOURCE, indent, "", check.source.link, width, breaking=compact)


def sentence_lines(finding: Finding, sentence: str, *, width: int | None) -> Iterator[Line]:
    """What checks come to, before them."""
    first, *more = wrapped(sentence, width=width, indent=2)
    yield Line(Part.VERDICT, f"{finding_symbol(finding)} ", first)
    yield from (Line(Part.MORE, "  ", text) for text in more)


def _marked(part: Part, indent: str, mark: str, text: str, width: int | None, *, breaking: bool) -> Iterator[Line]:
    heads = indent + mark, indent + " " * len(mark)
    for number, piece in enumerate(wrapped(text, width=width, indent=len(heads[0]), breaking=breaking)):
        yield Line(part, heads[number > 0], piece)


def _some(objects: Sequence[str]) -> str:
    more = len(objects) - _OBJECTS_SHOWN
    return ", ".join(objects[:_OBJECTS_SHOWN]) + (f" and {more} more" if more > 0 else "")

"""Checks as text: a line each, and for what is not well below it what to do and where the rule comes from."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import click
import yaml

from bwtop.model.checks import Check, Finding, finding_symbol, worst
from bwtop.model.document import Item

FORMATS: Final = ("table", "json", "yaml")
EXIT_FAILURE, EXIT_UNKNOWN = 1, 2
_INDENT: Final = " " * 31
_OBJECTS_SHOWN: Final = 4


def render_checks(checks: Iterable[Check], *, width: int | None) -> str:
    """`width` None: lines are not wrapped, as for a file."""
    return "".join(f"{line}\n" for check in checks for line in _lines(check, width))


def render_document(found: Item, output: str) -> str:
    """As JSON or YAML."""
    return json.dumps(found, indent=2) + "\n" if output == "json" else yaml.safe_dump(found, sort_keys=False)


def render_sentence(finding: Finding, sentence: str, *, width: int | None) -> str:
    return "\n".join(_wrapped(f"{finding_symbol(finding)} ", sentence, width)) + "\n"


def output_width() -> int | None:
    """Columns of the terminal; None when stdout is none."""
    return max(shutil.get_terminal_size().columns, 60) if sys.stdout.isatty() else None


def exit_by(checks: Iterable[Check]) -> None:
    """0 when all is well or a warning, 1 after a failure, 2 when none failed but something could not be checked."""
    status = {Finding.FAILURE: EXIT_FAILURE, Finding.UNKNOWN: EXIT_UNKNOWN}.get(worst(checks), 0)
    if status:
        raise click.exceptions.Exit(status)


def _lines(check: Check, width: int | None) -> Iterator[str]:
    finding = check.finding
    head = f"{finding_symbol(finding)} {finding.value:<8} {check.name:<19} "
    on = f" ({_some(check.objects)})" if check.objects else ""
    yield from _wrapped(head, f"{check.evidence}{on}", width)
    if finding is Finding.OK:
        return
    for step in check.advice:
        yield from _wrapped(f"{_INDENT}→ ", step, width)
    if check.source is not None:
        yield from _wrapped(f"{_INDENT}source: ", check.source.rule, width)
        yield f"{_INDENT}        {check.source.link}"


def _wrapped(head: str, text: str, width: int | None) -> Sequence[str]:
    if width is None:
        return [head + text]
    return textwrap.wrap(
        text,
        width=max(width, len(head) + 30),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _some(objects: Sequence[str]) -> str:
    more = len(objects) - _OBJECTS_SHOWN
    return ", ".join(objects[:_OBJECTS_SHOWN]) + (f" and {more} more" if more > 0 else "")

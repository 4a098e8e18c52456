"""Checks on the command line: as text, as JSON or YAML, and as an exit status."""

import json
import shutil
import sys
from collections.abc import Iterable
from typing import Final

import click
import yaml

from bwtop.model.check_lines import Line, check_lines, sentence_lines
from bwtop.model.checks import Check, Finding, worst
from bwtop.model.document import Item

FORMATS: Final = ("table", "json", "yaml")
EXIT_FAILURE, EXIT_UNKNOWN = 1, 2


def render_checks(checks: Iterable[Check]) -> str:
    """As wide as the terminal; not wrapped for a file."""
    width = _width()
    return _text(line for check in checks for line in check_lines(check, width=width))


def render_sentence(finding: Finding, sentence: str) -> str:
    return _text(sentence_lines(finding, sentence, width=_width()))


def render_document(found: Item, output: str) -> str:
    """As JSON or YAML."""
    return json.dumps(found, indent=2) + "\n" if output == "json" else yaml.safe_dump(found, sort_keys=False)


def exit_by(checks: Iterable[Check]) -> None:
    """0 when all is well or a warning, 1 after a failure, 2 when none failed but something could not be checked."""
    status = {Finding.FAILURE: EXIT_FAILURE, Finding.UNKNOWN: EXIT_UNKNOWN}.get(worst(checks), 0)
    if status:
        raise click.exceptions.Exit(status)


def _text(lines: Iterable[Line]) -> str:
    return "".join(f"{line.head}{line.text}\n" for line in lines)


def _width() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None

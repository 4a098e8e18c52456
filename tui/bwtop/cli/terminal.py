"""What the terminal must be for a screen, and how the screen shall look on it."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from bwtop.cli import candidates
from bwtop.cli.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Looks:
    theme: str
    """Empty: what suits the terminal."""
    ascii: bool


def looks_flags(function: F) -> F:
    for option in (
        click.option(
            "--theme",
            metavar="NAME",
            default="",
            envvar="BWTOP_THEME",
            shell_complete=candidates.themes,
            help="Colours: nord, ansi-dark ...",
        ),
        click.option(
            "--ascii/--no-ascii",
            default=None,
            envvar="BWTOP_ASCII",
            help="Draw with ASCII only; default: where the terminal lacks more.",
        ),
    ):
        function = option(function)
    return function


def read_looks(flags: dict[str, Any], environ: Mapping[str, str] = os.environ) -> Looks:
    from bwtop_widgets.looks import has_glyphs

    asked = flags["ascii"]
    return Looks(theme=flags["theme"], ascii=not has_glyphs(environ) if asked is None else asked)


def need_terminal(instead: str) -> None:
    """Raises UsageError, naming what to use instead, where no screen can be."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(f"the screen needs a terminal; {instead}")
    if os.environ.get("TERM", "dumb") == "dumb":
        raise UsageError(f"TERM=dumb cannot show the screen; {instead}, or set TERM=xterm-256color")

"""`bwtop` without a command: the screen."""

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from bwtop.cli.errors import UsageError, guarded
from bwtop.cli.flags import read_target, target_flags

F = TypeVar("F", bound=Callable[..., Any])


def tui_flags(function: F) -> F:
    """The flags of every command, and the screen's own."""
    function = click.option("--low-data", is_flag=True, help="Read agents less often; for slow links.")(function)
    return target_flags(function)


def open_screen(flags: dict[str, Any]) -> None:
    """Runs the app until it is left; refuses politely where no screen can be."""
    target = read_target(flags)
    with guarded(debug=target.debug):
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError("the screen needs a terminal; `bwtop get pods` prints the same data")
        if os.environ.get("TERM", "dumb") == "dumb":
            raise UsageError("TERM=dumb cannot show the screen; use `bwtop get pods` or set TERM=xterm-256color")
        from bwtop.cli.screen import run_screen

        run_screen(target, low_data=bool(flags["low_data"]))

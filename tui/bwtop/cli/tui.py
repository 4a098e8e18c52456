"""`bwtop` without a command: the screen."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from bwtop.cli.errors import guarded
from bwtop.cli.flags import read_target, target_flags
from bwtop.cli.terminal import looks_flags, need_terminal, read_looks
from bwtop.collector import held_off

F = TypeVar("F", bound=Callable[..., Any])


def tui_flags(function: F) -> F:
    """The flags of every command, and the screen's own."""
    function = click.option("--low-data", is_flag=True, help="Read agents less often; for slow links.")(function)
    function = click.option("--write", is_flag=True, help="Allow writing from the start, as W does on the screen.")(
        function
    )
    return target_flags(looks_flags(function))


def open_screen(flags: dict[str, Any]) -> None:
    """Runs the app until it is left; refuses politely where no screen can be."""
    target = read_target(flags)
    with guarded(debug=target.debug):
        need_terminal("`bwtop get pods` prints the same data")
        with held_off():
            from bwtop.cli.screen import run_screen

            run_screen(target, read_looks(flags), low_data=bool(flags["low_data"]), writable=bool(flags["write"]))

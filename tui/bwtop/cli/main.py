"""Entry point: `bwtop` opens the screen, everything else is a sub-command loaded when it is used."""

import importlib
import os
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from bwtop import __version__
from bwtop.cli.candidates import TABLES
from bwtop.cli.flags import DEMO_DEFAULT

_COMMANDS = {
    "get": "bwtop.cli.get:get",
    "check": "bwtop.cli.check:check",
    "doctor": "bwtop.cli.doctor:doctor",
    "explain": "bwtop.cli.explain:explain",
    "limit": "bwtop.cli.limit:limit",
    "history": "bwtop.cli.history:history",
    "netperf": "bwtop.cli.netperf:netperf",
    "profile": "bwtop.cli.profile:profile",
    "record": "bwtop.cli.record:record",
    "replay": "bwtop.cli.replay:replay",
    "demo": "bwtop.cli.demo:demo",
    "info": "bwtop.cli.info:info",
    "completion": "bwtop.cli.completion:completion",
    "rbac": "bwtop.cli.rbac:rbac",
}


class LazyGroup(click.Group):
    """Imports a command's module only when that command is named: `bwtop get` never loads Textual."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`--demo` takes a cluster or none: the name of a command or a table behind it is no cluster."""
        others = {*_COMMANDS, *TABLES}
        alone = [word == "--demo" and following in others for word, following in pairwise([*args, ""])]
        words = [f"--demo={DEMO_DEFAULT}" if by_itself else word for word, by_itself in zip(args, alone, strict=True)]
        return super().parse_args(ctx, words)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


def _program_name() -> str:
    """`kubectl bwtop` when kubectl runs it as its plugin."""
    name = Path(sys.argv[0]).name
    return "kubectl bwtop" if name.startswith("kubectl-") else "bwtop"


def program() -> click.Group:
    from bwtop.cli.tui import tui_flags

    @click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(__version__, "--version", prog_name="bwtop")
    @tui_flags
    @click.pass_context
    def bwtop(context: click.Context, /, **flags: Any) -> None:  # noqa: ANN401
        """`top` for the egress bandwidth limits that Cilium enforces on Kubernetes pods.

        Without a command it opens the screen.
        """
        if context.invoked_subcommand is None:
            from bwtop.cli.tui import open_screen

            open_screen(flags)

    return bwtop


def main() -> None:
    from bwtop.cli.completion import VARIABLE, leave

    try:
        program()(prog_name=_program_name(), complete_var=VARIABLE)
    finally:
        if VARIABLE in os.environ:
            leave()


if __name__ == "__main__":
    main()

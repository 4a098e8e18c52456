"""`bwtop completion`, and what `kubectl bwtop` completes with."""

import os
import sys
from collections.abc import Iterator, Sequence

import click
from click.shell_completion import CompletionItem, ShellComplete

from bwtop.cli.shells import SHELLS

VARIABLE = "_BWTOP_COMPLETE"
"""Set by the shell's script: main then prints completions and does nothing else."""
_NO_FILES, _FILES = ":4", ":0"
"""Directives of cobra, which kubectl reads: whether the shell shall offer files as well."""


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice([shell.name for shell in SHELLS]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash   source <(bwtop completion bash)        in ~/.bashrc
    zsh    source <(bwtop completion zsh)         in ~/.zshrc, after compinit
    fish   bwtop completion fish | source         in ~/.config/fish/config.fish

    Contexts come from the kubeconfig; namespaces and pods from the cluster, if it answers within a second, or within
    BWTOP_COMPLETION_SECONDS. With --demo they are those of the embedded cluster.
    """
    found = next(kind for kind in SHELLS if kind.name == shell)
    click.echo(found(click.get_current_context().find_root().command, {}, "bwtop", VARIABLE).source(), nl=False)


def complete_for_kubectl() -> None:
    """`kubectl_complete-bwtop WORDS...`: kubectl runs it for `kubectl bwtop WORDS...`; the last word is unfinished."""
    from bwtop.cli.main import program

    try:
        for line in lines_for_kubectl(program(), sys.argv[1:]):
            click.echo(line)
    finally:
        leave()


def lines_for_kubectl(command: click.Command, words: Sequence[str]) -> Iterator[str]:
    """As cobra prints them: a completion a line, with its help behind a tab, and a directive."""
    *before, unfinished = words or [""]
    items = ShellComplete(command, {}, "bwtop", VARIABLE).get_completions(list(before), unfinished)
    yield from (_line(item) for item in items if item.type == "plain")
    yield _FILES if any(item.type in ("file", "dir") for item in items) else _NO_FILES


def _line(item: CompletionItem) -> str:
    return f"{item.value}\t{item.help}" if item.help else str(item.value)


def leave() -> None:
    """Ends at once: threads that still wait for a cluster or a credential plugin must not hold up the shell."""
    sys.stdout.flush()
    os._exit(0)

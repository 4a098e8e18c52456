"""The man page, made from the commands themselves: `python -m bwtop.cli.manual > docs/bwtop.1`."""

import re
from collections.abc import Iterator

import click

from bwtop import __version__
from bwtop.cli.main import program

_FILES = (
    ("$KUBECONFIG, ~/.kube/config", "Which cluster, as kubectl reads it."),
    ("$XDG_CONFIG_HOME/bwtop/profiles/", "Profiles of your own."),
    ("$XDG_STATE_HOME/bwtop/", "The log of edits and the history of netperf."),
)
_ENVIRONMENT = (
    ("KUBECONFIG", "Kubeconfig files, separated by colons."),
    ("BWTOP_PROFILE, CILIUM_NAMESPACE", "What the flags --profile and --cilium-namespace say."),
    ("BWTOP_THEME, BWTOP_ASCII", "What the flags --theme and --ascii say."),
    ("NO_COLOR", "No colour, whatever the theme."),
)
_EXIT = (
    ("0", "Done; nothing drifts."),
    ("1", "Drift, a failed measurement, an edit that was not made or did not land."),
    ("2", "A mistake in the command line, or no way to the cluster."),
    ("130", "Interrupted."),
)


def man_page() -> str:
    """In roff, for man(1)."""
    command = program()
    context = click.Context(command, info_name="bwtop")
    return "\n".join([*_head(command), *_command(command, context, depth=0), *_tail(), ""])


def _head(command: click.Command) -> Iterator[str]:
    yield f'.TH BWTOP 1 "" "bwtop {__version__}" "User Commands"'
    yield ".SH NAME"
    yield f"bwtop \\- {_roff(_paragraphs(command)[0])}"


def _command(command: click.Command, context: click.Context, *, depth: int) -> Iterator[str]:
    """The command's usage, text and flags; then those of its sub-commands, flags of the connection left out."""
    yield ".SH SYNOPSIS" if depth == 0 else f'.SH "{_roff(context.command_path.upper())}"'
    yield f".B {_roff(context.command_path)}"
    yield _roff(" ".join(command.collect_usage_pieces(context)))
    if depth == 0:
        yield ".SH DESCRIPTION"
    for paragraph in _paragraphs(command):
        yield f".PP\n{_roff(paragraph)}"
    common = set() if depth == 0 else {_key(option) for option in program().params}
    options = [one for one in command.params if isinstance(one, click.Option) and _key(one) not in common]
    if options:
        yield ".SH OPTIONS" if depth == 0 else ".PP"
    for option in options:
        if record := option.get_help_record(context):
            yield f".TP\n.B {_roff(record[0])}\n{_roff(record[1]) or '.br'}"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (found := command.get_command(context, name)) is not None:
                yield from _command(found, click.Context(found, info_name=name, parent=context), depth=depth + 1)


def _key(parameter: click.Parameter) -> tuple[str | None, str | None]:
    """A flag that means something else in a command has another help there."""
    return parameter.name, getattr(parameter, "help", None)


def _tail() -> Iterator[str]:
    for title, entries in (("EXIT STATUS", _EXIT), ("ENVIRONMENT", _ENVIRONMENT), ("FILES", _FILES)):
        yield f".SH {title}"
        for name, text in entries:
            yield f".TP\n.B {_roff(name)}\n{_roff(text)}"
    yield '.SH "SEE ALSO"\n.BR kubectl (1)'


def _paragraphs(command: click.Command) -> list[str]:
    """The command's own text; a block that click must not wrap stays a paragraph of its own."""
    text = re.sub(r"^[ \t]+", "", command.help or "", flags=re.M)
    return [" ".join(part.replace("\b", "").split()) for part in text.split("\n\n")]


def _roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("…", "...")
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    print(man_page(), end="")

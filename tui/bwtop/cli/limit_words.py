"""The words of `bwtop limit`: which pods, and which value."""

from collections.abc import Sequence
from dataclasses import dataclass

import click

from bwtop.cli.errors import UsageError
from bwtop.cli.flags import Target
from bwtop.model.edit import REMOVAL, Proposal, Risk, propose

_PREFIXES = ("pod/", "pods/", "po/")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is to be done to whom; no names: the pods that the selector names."""

    names: Sequence[str]
    proposal: Proposal


def read_words(words: Sequence[str], *, remove: bool, target: Target) -> Words:
    """Raises click.UsageError, and UsageError for a value that Kubernetes would not take."""
    pods, value = list(words), ""
    if not remove:
        if not pods or pods[-1].startswith(_PREFIXES):
            raise click.UsageError("a VALUE is missing, as in: bwtop limit pod/NAME 10M; --remove takes a limit away")
        value = pods.pop()
    names = tuple(dict.fromkeys(map(_name, pods)))
    _check_scope(names, target)
    proposal = REMOVAL if remove else propose(value)
    if proposal.risk is Risk.ILLEGAL:
        raise UsageError(f"{proposal.reason}; nothing was sent")
    return Words(names=names, proposal=proposal)


def _name(word: str) -> str:
    kind, slash, name = word.partition("/")
    if f"{kind}{slash}" not in _PREFIXES or not name or "/" in name:
        raise click.UsageError(f"{word!r} is no pod; write pod/NAME, and the namespace with -n")
    return name


def _check_scope(names: Sequence[str], target: Target) -> None:
    if names and target.selector:
        raise click.UsageError("name pods or select them with -l, not both")
    if names and target.all_namespaces:
        raise click.UsageError("a named pod is in one namespace: use -n instead of -A")
    if not names and not target.selector:
        raise click.UsageError("which pods? Name them (pod/NAME) or select them with -l")

"""`bwtop profile`: which profiles there are, what one says in full, and what is wrong in one."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bwtop.cli import candidates
from bwtop.cli.errors import UsageError, guarded
from bwtop.cli.flags import Target, read_target, target_flags
from bwtop.cli.output import NOT_KNOWN
from bwtop.cli.profile_files import load_profiles, own_files, profile_folder, read_file, shipped_profiles
from bwtop.cli.profile_text import profile_text
from bwtop.cli.session import configured
from bwtop.kube.errors import KubeError
from bwtop.kube.kubeconfig import choose, kubeconfig_files
from bwtop.model.keyed_yaml import Mistake
from bwtop.model.printable import printable
from bwtop.model.profile import DEFAULT_NAME, Profile
from bwtop.model.profile_choice import Profiles
from bwtop.model.profile_reading import ProfileError

EXIT_MISTAKES = 1


@click.group(short_help="List, show and check profiles.")
def profile() -> None:
    """List, show and check profiles: what bwtop does differently on which contexts."""


@profile.command("list")
@target_flags
def list_profiles(**flags: Any) -> None:  # noqa: ANN401
    """Print the profiles; `*` is the one that counts on the current context."""
    target = read_target(flags)
    with guarded(debug=target.debug):
        profiles = _profiles(target)
        chosen = profiles.chosen(_context(target))
        lines = [_line(one, chosen=one is chosen) for one in sorted(profiles.found, key=lambda one: one.name)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            click.echo("  ".join(cells).rstrip())


@profile.command()
@click.argument("name", default="", shell_complete=candidates.profiles)
@target_flags
def show(name: str, **flags: Any) -> None:  # noqa: ANN401
    """Print a profile in full, as YAML; without NAME the one that counts on the current context."""
    target = read_target(flags)
    with guarded(debug=target.debug):
        profiles = _profiles(target)
        found = profiles.named_so(name) if name else profiles.chosen(_context(target))
        if found is None:
            known = ", ".join(sorted(one.name for one in profiles.found))
            raise UsageError(f"there is no profile {name!r} that can be read; there are: {known}")
        click.echo(profile_text(found), nl=False)


@profile.command()
@click.argument("files", nargs=-1, metavar="[FILE...]", type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Tell every mistake with file, line and key; without FILE in all of your own profiles. Exit 1: there are some."""
    with guarded(debug=False):
        paths = files or tuple(own_files())
        if not paths:
            click.echo(f"bwtop: no profile of your own; they stand in {profile_folder()}", err=True)
            return
        mistakes = [mistake for path in paths for mistake in _mistakes(path)]
        for mistake in mistakes:
            click.echo(str(mistake))
        click.echo(f"bwtop: {len(paths)} checked, {len(mistakes)} mistakes", err=True)
        if mistakes:
            raise click.exceptions.Exit(EXIT_MISTAKES)


def _mistakes(path: Path) -> Sequence[Mistake]:
    try:
        read_file(path, base=shipped_profiles()[DEFAULT_NAME])
    except ProfileError as error:
        return error.mistakes
    return ()


def _profiles(target: Target) -> Profiles:
    profiles = load_profiles(named=target.profile)
    for mistake in profiles.mistakes:
        click.echo(f"bwtop: profile left out: {mistake}", err=True)
    return profiles


def _line(one: Profile, *, chosen: bool) -> tuple[str, ...]:
    contexts = printable(" ".join(one.contexts), limit=40) or NOT_KNOWN
    source = one.source or "ships with bwtop"
    return "*" if chosen else " ", printable(one.name, limit=30), contexts, one.about, printable(source)


def _context(target: Target) -> str:
    """Empty where no kubeconfig says one: profiles can be looked at without a cluster."""
    with configured(target) as request:
        try:
            files = kubeconfig_files(request.kubeconfig, os.environ)
            return choose(files, context=request.context, cluster=None, user=None, needed=False).context
        except KubeError:
            return request.context or ""

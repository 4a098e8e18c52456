"""`bwtop doctor`: what a cluster has and lacks for limits to be in force, and what this user may do."""

import asyncio
from collections.abc import Sequence
from typing import Any

import click

from bwtop.cli.checks import FORMATS, exit_by, render_checks, render_document
from bwtop.cli.errors import guarded
from bwtop.cli.flags import Target, read_target, target_flags
from bwtop.cli.session import configured, opened
from bwtop.kube.config import ConfigRequest
from bwtop.live.doctor import examine
from bwtop.model.checks import Check, Finding, tally
from bwtop.model.document import Kind, check_item, document


@click.command(short_help="What the cluster lacks, and what you may do.")
@click.option("-o", "--output", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format.")
@target_flags
def doctor(output: str, **flags: Any) -> None:  # noqa: ANN401
    """Say what the cluster has and lacks for limits to be in force, and what you may do.

    Changes nothing. Each line is ok, a warning, a failure, or could not be checked and why; below what is not well
    stand the commands that mend it. Exit 0: no failure; 1: a failure; 2: none, but something could not be checked,
    or there is no way to the cluster.
    """
    target = read_target(flags)
    with guarded(debug=target.debug), configured(target) as request:
        checks = asyncio.run(_examine(target, request))
    if output == "table":
        click.echo(render_checks(checks), nl=False)
    else:
        click.echo(render_document(document(Kind.DOCTOR, map(check_item, checks)), output), nl=False)
    click.echo(f"bwtop: {tally(checks)}", err=True)
    exit_by(checks[1:] if checks[0].finding is Finding.FAILURE else checks)


async def _examine(target: Target, request: ConfigRequest) -> Sequence[Check]:
    async with opened(target, request) as session:
        return await examine(
            session.api, cilium_namespace=session.cilium_namespace, cilium_selector=session.profile.cilium_selector
        )

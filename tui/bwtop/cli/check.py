"""`bwtop check`: whether any limit drifts, as an exit status for cron and CI."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

import click

from bwtop.cli import tables
from bwtop.cli.errors import guarded
from bwtop.cli.flags import Target, read_target, target_flags
from bwtop.cli.output import FORMATS, render
from bwtop.cli.session import configured, opened
from bwtop.kube.config import ConfigRequest
from bwtop.live.snapshot import Snapshot, Want
from bwtop.model.rows import PodRow
from bwtop.model.states import State
from bwtop.model.words import DRIFT, state_words

EXIT_DRIFT, EXIT_UNKNOWN = 1, 2
_WANT = Want.PODS | Want.ENDPOINTS | Want.NODES | Want.AGENTS
_NOT_HELD_AGAINST = (State.UNKNOWN, State.PENDING)
"""What cannot be told, and what is about to land, is no drift."""


@click.command(short_help="Exit status by drift: 0 none, 1 some, 2 cannot tell.")
@click.option("-o", "--output", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format.")
@target_flags
def check(output: str, **flags: Any) -> None:  # noqa: ANN401
    """Exit 0 when nothing drifts, 1 when something does, 2 when that could not be told.

    Prints the pods that drift. A pod whose agent could not be read is "could not be told", unless another one drifts.
    """
    target = read_target(flags)
    with guarded(debug=target.debug), configured(target) as request:
        rows = asyncio.run(_rows(target, request))
    drifting = [row for row in rows if row.state in DRIFT and row.state not in _NOT_HELD_AGAINST]
    if drifting or output not in ("table", "wide"):
        click.echo(render(tables.PODS, drifting, output, all_namespaces=True), nl=False)
    unknown = sum(row.state is State.UNKNOWN for row in rows)
    click.echo(f"bwtop: {_summary(rows)}", err=True)
    if status := EXIT_DRIFT if drifting else EXIT_UNKNOWN if unknown else 0:
        raise click.exceptions.Exit(status)


async def _rows(target: Target, request: ConfigRequest) -> list[PodRow]:
    async with opened(target, request) as session:
        snapshot = Snapshot(
            session.api,
            cilium_namespace=session.cilium_namespace,
            cilium_selector=session.profile.cilium_selector,
        )
        namespace = session.namespace if target.namespace else None
        await snapshot.take(_WANT, essential=Want.PODS, namespace=namespace, selector=target.selector)
        for warning in dict.fromkeys(snapshot.warnings):
            click.echo(f"bwtop: {warning}", err=True)
        return list(snapshot.store.pods.values())


def _summary(rows: Iterable[PodRow]) -> str:
    counts = Counter(row.state for row in rows)
    return ", ".join(f"{counts[state]} {state_words(state)}" for state in State if counts[state]) or "no pods"

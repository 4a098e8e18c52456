"""`bwtop get --watch`: the table once, then every row that changes."""

import asyncio
from collections.abc import Callable
from typing import Any

import click

from bwtop.cli.flags import Target
from bwtop.cli.output import render_changes
from bwtop.cli.session import Session
from bwtop.cli.views import View
from bwtop.kube.errors import KubeError
from bwtop.live.cluster import Cluster
from bwtop.live.snapshot import Want
from bwtop.model.health import Freshness

TICK = 0.5
FIRST_READING = 5.0
"""Longest wait for the agents before the first table is printed; what comes later follows as a change."""


async def follow(
    view: View[Any],
    session: Session,
    target: Target,
    *,
    namespace: str | None,
    wanted: Callable[[Any], bool],
    output: str,
) -> None:
    """Prints wanted rows until interrupted; one that goes away is not announced, as with kubectl."""
    cluster = Cluster(
        session.api,
        namespace=namespace,
        cilium_namespace=session.cilium_namespace,
        selector=target.selector,
        profiles=session.profiles,
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(cluster.run(), name="cluster")
        await _first_reading(cluster, agents=bool(view.want & Want.AGENTS))
        keys, heading = set(view.rows(cluster.store)), True
        widths: list[int] = []
        while True:
            known = view.rows(cluster.store)
            rows = [known[key] for key in keys if key in known and wanted(known[key])]
            text = render_changes(
                view.table, rows, output, all_namespaces=namespace is None, heading=heading, widths=widths
            )
            click.echo(text, nl=False)
            heading = False
            await asyncio.sleep(TICK)
            keys = view.changed(cluster.store.settle())


async def _first_reading(cluster: Cluster, *, agents: bool) -> None:
    """Waits until the lists are whole and, where they matter, the agents were read."""
    deadline = cluster.store.clock() + FIRST_READING
    while True:
        await asyncio.sleep(TICK / 5)
        cluster.store.settle()
        cluster.look_at(cluster.store.nodes)
        overview = cluster.overview()
        for health in overview.sources.values():
            if health.freshness is Freshness.LOST:
                raise KubeError(health.error)
        if any(health.freshness is Freshness.LOADING for health in overview.sources.values()):
            continue
        if not agents or overview.agents_read >= overview.nodes or cluster.store.clock() > deadline:
            return

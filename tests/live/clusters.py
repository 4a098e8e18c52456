"""A demo cluster watched by the whole pipeline, quickly, for tests that break it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bwtop.demo.server import DemoServer
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.live.budget import Budget
from bwtop.live.cluster import Cluster
from bwtop.model.states import State
from live.silence import tell_silence_at_once

NODE, OTHER = "ip-192-168-29-49.ec2.internal", "ip-192-168-50-201.ec2.internal"
SERVER, CLIENT = "default/netperf-server", "default/netperf-client"
QUICK = Budget(period=0.1, sweep_rate=100.0, sweep_seconds=0.3)


def be_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults are noticed, and agents tried again, in a fraction of a second."""
    tell_silence_at_once(monkeypatch)
    for name, seconds in (("FIRST_DELAY", 0.05), ("LONGEST_DELAY", 0.3)):
        monkeypatch.setattr(f"bwtop.live.sampler.{name}", seconds)


@asynccontextmanager
async def api_of(server: DemoServer) -> AsyncIterator[Api]:
    api = Api(Connection(server=server.url, context="demo", credentials=FixedCredentials(f"Bearer {server.token}")))
    try:
        yield api
    finally:
        await api.close()


@asynccontextmanager
async def running(
    server: DemoServer, *, watched: Sequence[str] = (NODE, OTHER), budget: Budget = QUICK, **options: Any
) -> AsyncIterator[Cluster]:
    """`watched` nodes as on a screen."""
    async with api_of(server) as api:
        cluster = Cluster(api, budget=budget, **options)
        cluster.look_at(watched)
        async with filling(cluster):
            yield cluster


@asynccontextmanager
async def filling(cluster: Cluster) -> AsyncIterator[None]:
    """The cluster runs meanwhile."""
    task = asyncio.create_task(cluster.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(cluster: Cluster, condition: Callable[[], object], *, seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            cluster.store.settle()
            if condition():
                return
            await asyncio.sleep(0.01)


def state(cluster: Cluster, key: str) -> State | None:
    row = cluster.store.pods.get(key)
    return row.state if row else None


async def in_sync(cluster: Cluster) -> None:
    await until(cluster, lambda: state(cluster, SERVER) is State.IN_SYNC and state(cluster, CLIENT) is State.UNLIMITED)

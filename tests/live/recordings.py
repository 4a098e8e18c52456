"""Recordings made of the demo cluster while things happen in it."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import load_world
from bwtop.live.recording.reader import Recording
from bwtop.live.recording.recorder import Recorder
from bwtop.live.recording.replay import Replay
from bwtop.live.store import Store
from bwtop.model.states import State
from demo.clocks import FastClock
from live.clusters import NODE, OTHER, SERVER, in_sync, running, state, until

Picture = dict[str, tuple[object, ...]]


@dataclass(frozen=True)
class Recorded:
    path: Path
    store: Store
    """As it was when the recording ended."""
    last: Picture


def picture(store: Store) -> Picture:
    """All rows. A row is not made anew for a rate that moved little, so rates are those of the readings."""
    store.settle()
    pods = {
        key: (row.state, row.reason, row.asked, row.programmed, row.node, row.labels, row.ipv4)
        for key, row in store.pods.items()
    }
    nodes = {key: (row.agent_version, row.limit, row.reason, row.kernel) for key, row in store.nodes.items()}
    rates = {f"rates {node}": (reading.rates, reading.error) for node, reading in store.readings.items()}
    endpoints = {f"endpoint {key}": (row,) for key, row in store.endpoints.items()}
    limits = {f"limit {key}": (row,) for key, row in store.limits.items()}
    return {**pods, **nodes, **rates, **endpoints, **limits}


async def an_incident(path: Path, *, mask: bool = False) -> Recorded:
    """In sync; a limit is edited; an agent goes down; a pod goes away."""
    recorder = Recorder(path, mask=mask)
    async with (
        DemoServer(load_world("eks-chaining", clock=FastClock(5)), tls=False) as server,
        running(server, watched=(NODE, OTHER), store=recorder.store()) as cluster,
        recorder.recording(cluster),
    ):
        await in_sync(cluster)
        server.world.annotate("default", "netperf-server", "20M")
        await until(cluster, lambda: state(cluster, SERVER) is not State.IN_SYNC)
        await until(cluster, lambda: state(cluster, SERVER) is State.IN_SYNC)
        server.faults.agent(OTHER, AgentFault.GARBAGE)
        await until(cluster, lambda: any(r.state is State.UNKNOWN for r in cluster.store.pods.values()))
        server.world.leave("shop", "postgres-0")
        await until(cluster, lambda: "shop/postgres-0" not in cluster.store.endpoints)
    last = picture(cluster.store)  # what came until the very end is recorded, too
    recorder.close()
    return Recorded(path, cluster.store, last)


@contextlib.contextmanager
def played(path: Path, *, start: float = 0.0, speed: float = 1.0) -> Iterator[Replay]:
    """A replay whose `run` is a task of this loop."""
    replay = Replay(Recording(path), start=start, speed=speed)
    task = asyncio.get_running_loop().create_task(replay.run())
    try:
        yield replay
    finally:
        task.cancel()


async def when(condition: Callable[[], object], *, seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            if condition():
                return
            await asyncio.sleep(0.001)


async def arrived(replay: Replay) -> None:
    """Until a seek has led there."""
    await when(lambda: not replay.seeking and replay.duration is not None)

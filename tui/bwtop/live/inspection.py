"""Asks an agent, seldom, for what changes seldom: its status, its endpoints, the programs on its devices."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable

from bwtop.cilium.resources import Pod
from bwtop.kube.errors import KubeError
from bwtop.live.store import Store
from bwtop.model.frames import Frame

INSPECT_SECONDS = (90.0, 150.0)
"""Each node in its own, between these: those on the screen, sampled in step, are not inspected all at one moment."""
INSPECT_AGAIN_SECONDS = 10.0


def inspection_period(node: str) -> float:
    """Seconds."""
    least, most = INSPECT_SECONDS
    return least + (most - least) * (zlib.crc32(node.encode()) % 100) / 100


def inspection_due(store: Store, node: str) -> bool:
    """Whether what is known of the node is old, or does not know an endpoint that the API server has."""
    reading = store.readings[node]
    age = store.clock() - reading.inspected_mono
    if age > inspection_period(node):
        return True
    unknown = store.objects.endpoint_ids(node) - reading.endpoints.keys()
    return bool(unknown) and age > INSPECT_AGAIN_SECONDS


async def inspect(store: Store, agent: Pod, read: Callable[[], Awaitable[Frame]], *, within: float) -> None:
    """Stores what `read` brings, or why it brought nothing `within` these seconds."""
    try:
        async with asyncio.timeout(within):
            frame = await read()
    except TimeoutError:
        store.uninspected(agent.node, f"agent {agent.name} did not tell its status in {within:.0f} s")
    except KubeError as error:
        store.uninspected(agent.node, str(error))
    else:
        store.inspected(agent.node, frame)

"""Asks an agent, seldom, for what changes seldom: its status, its endpoints, the programs on its devices."""

import asyncio
from collections.abc import Awaitable, Callable

from bwtop.cilium.resources import Pod
from bwtop.kube.errors import KubeError
from bwtop.live.store import Store
from bwtop.model.frames import Frame

INSPECT_SECONDS, INSPECT_AGAIN_SECONDS = 120.0, 10.0


def inspection_due(store: Store, node: str) -> bool:
    """Whether what is known of the node is old, or does not know an endpoint that the API server has."""
    reading = store.readings[node]
    age = store.clock() - reading.inspected_mono
    if age > INSPECT_SECONDS:
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

"""What is soaked: bwtop's whole pipeline without the screen, in a process of its own, asked line by line on its stdin.

`subject.py KUBECONFIG DIRECT`: KUBECONFIG leads through the faults, DIRECT around them, for the list to compare with.
"""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.reflector import Reflector
from bwtop.kube.resource import Resource
from bwtop.live.budget import Budget
from bwtop.live.cluster import Cluster
from bwtop.live.resources import CILIUM_NODES, ENDPOINTS, NODES, PODS, UNFINISHED

SILENCE = 75.0
"""Seconds until a connection without a byte counts as dead; bookmarks come every minute."""
BUDGET = Budget(sweep_seconds=5.0, sweep_rate=8.0)
TICK = 0.25
"""Seconds between two looks at the store: the screen's own timer."""


class Subject:
    def __init__(self, api: Api, direct: Api) -> None:
        self._direct = direct
        self.cluster = Cluster(api, budget=BUDGET)
        self._peak = 0
        self._running = [
            asyncio.create_task(self.cluster.run(), name="cluster"),
            asyncio.create_task(self._draw(), name="draw"),
        ]

    async def _draw(self) -> None:
        """As the screen does."""
        while True:
            self.cluster.store.drain()
            self.cluster.look_at(list(self.cluster.store.nodes)[:8])
            await asyncio.sleep(TICK)
            self._peak = max(self._peak, len(asyncio.all_tasks()))

    def figures(self) -> dict[str, Any]:
        """What must not grow, and how fresh everything is."""
        overview = self.cluster.overview()
        peak, self._peak = self._peak, 0
        return {
            **process_figures(),
            "peak": peak,
            "broken": [task.get_name() for task in self._running if task.done()],
            "sources": {name: health.freshness.value for name, health in overview.sources.items()},
            "agents": overview.agents_read,
            "received": overview.received,
        }

    async def differences(self) -> list[str]:
        """Between the store and a fresh list of everything."""
        objects = self.cluster.store.objects
        found = []
        for resource, kept, field_selector in (
            (PODS, objects.pods, UNFINISHED),
            (NODES, objects.nodes, ""),
            (ENDPOINTS, objects.endpoints, ""),
            (CILIUM_NODES, objects.cilium_nodes, ""),
        ):
            found += compare(resource.name, kept, await self._list(resource, field_selector))
        return found

    async def _list(self, resource: Resource[Any], field_selector: str) -> Mapping[str, Any]:
        nobody: Any = None
        return await Reflector(self._direct, resource, nobody, field_selector=field_selector).list()

    def states(self) -> dict[str, str]:
        """The verdict on every pod."""
        self.cluster.store.settle()
        return {key: row.state.value for key, row in self.cluster.store.pods.items()}

    async def close(self) -> dict[str, Any]:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.cluster.close()
        await self._direct.close()
        await asyncio.sleep(0.5)
        return process_figures()


def process_figures() -> dict[str, Any]:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {
        "rss": pages * os.sysconf("SC_PAGE_SIZE"),
        "tasks": len(asyncio.all_tasks()),
        "files": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "children": len(children),
    }


def compare(name: str, kept: Mapping[str, Any], listed: Mapping[str, Any]) -> list[str]:
    missing, extra = listed.keys() - kept.keys(), kept.keys() - listed.keys()
    other = [key for key in listed.keys() & kept.keys() if listed[key] != kept[key]]
    words = (("missing", missing), ("gone, but kept", extra), ("outdated", other))
    return [f"{name} {key}: {what}" for what, keys in words for key in sorted(keys)]


async def main(arguments: Sequence[str]) -> None:
    through, around = [await connect(ConfigRequest(kubeconfig=path)) for path in arguments]
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    at_start = process_figures()
    subject = Subject(Api(through, request_timeout=20, silence=SILENCE), Api(around))
    while line := (await reader.readline()).decode().strip():
        answer: Any
        match line:
            case "start":
                answer = at_start
            case "figures":
                answer = subject.figures()
            case "differences":
                answer = await subject.differences()
            case "states":
                answer = subject.states()
            case "close":
                answer = await subject.close()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))

"""A demo cluster in which time stands still: read step by step, so that every run reads the same figures."""

import asyncio
import math
from collections.abc import AsyncIterator, Sized
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from bwtop.cilium.output import OutputError
from bwtop.cilium.resources import Pod
from bwtop.cli.profile_files import shipped_profiles
from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import load_world
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.errors import KubeError
from bwtop.kube.reflector import Reflector
from bwtop.kube.resource import Resource
from bwtop.live.agent_exec import AgentExec
from bwtop.live.cluster import Cluster
from bwtop.live.feeds import Feed
from bwtop.live.recording.recorder import Recorder
from bwtop.live.resources import AGENT_SELECTOR, CILIUM_NODES, ENDPOINTS, NODES, PODS, UNFINISHED
from bwtop.live.sampler import SILENCE
from bwtop.live.store import Store
from bwtop.model.health import Freshness, SourceHealth
from bwtop.model.overview import Overview
from bwtop.model.profile_choice import Profiles

T = TypeVar("T")
EPOCH = 1_768_730_400.0
"""2026-01-18T10:00:00Z, when all pictures are taken."""
STEPS, STEP_SECONDS = 25, 5.0


class StillClock:
    """Moves only when it is told."""

    def __init__(self) -> None:
        self.now = 10_000.0

    def __call__(self) -> float:
        return self.now

    def unix(self) -> float:
        return EPOCH + self.now - 10_000.0


class StillCluster(Cluster):
    """Shows what `readings` has read; nothing in it moves."""

    def __init__(self, api: Api, clock: StillClock, store: Store) -> None:
        """`store` has this clock's time."""
        super().__init__(api, store=store, profiles=Profiles(found=list(shipped_profiles().values())))
        self._clock = clock
        self._broken: dict[str, str] = {}
        """Node -> why its agent cannot be read."""
        self.shown = asyncio.Event()
        """Set once a screen shows the cluster."""

    async def run(self) -> None:
        self.shown.set()
        await asyncio.Event().wait()

    def overview(self) -> Overview:
        objects = self.store.objects
        found: dict[str, Sized] = {
            "pods": objects.pods,
            "nodes": objects.nodes,
            "ciliumendpoints": objects.endpoints,
            "ciliumnodes": objects.cilium_nodes,
            "agents": objects.agents,
        }
        return self.store.overview(
            sources={
                name: SourceHealth(freshness=Freshness.LIVE, since=self._clock(), objects=len(held))
                for name, held in found.items()
            }
        )

    async def readings(self, server: DemoServer) -> AsyncIterator[None]:
        """Two minutes of them, one a step."""
        objects = self.store.objects
        for node in await self._list(NODES):
            objects.put_node(node)
        for cilium_node in await self._list(CILIUM_NODES):
            objects.put_cilium_node(cilium_node)
        for agent in await self._list(PODS, label_selector=AGENT_SELECTOR):
            objects.put_agent(agent)
        for step in range(STEPS):
            for pod in await self._list(PODS, field_selector=UNFINISHED):
                objects.put_pod(pod, news=step > 0)
            for endpoint in await self._list(ENDPOINTS):
                objects.put_endpoint(endpoint, news=step > 0)
            objects.endpoints_whole()
            for agent in objects.agents.values():
                silent = server.world.nodes[agent.node].agent.fault is AgentFault.SILENT
                await self._read(agent, first=step == 0, silent=silent)
            self.store.settle()
            yield
            if step < STEPS - 1:
                self._clock.now += STEP_SECONDS
                server.world.advance()

    async def _list(self, resource: Resource[T], *, label_selector: str = "", field_selector: str = "") -> list[T]:
        nowhere = Feed[T](put=_nothing, drop=_nothing, key=resource.key, keys=list, now=0.0)
        reflector = Reflector(self.api, resource, nowhere, label_selector=label_selector, field_selector=field_selector)
        return list((await reflector.list()).values())

    async def _read(self, agent: Pod, *, first: bool, silent: bool) -> None:
        """A silent agent is known to be so: to wait for it would be a race with the machine's clock."""
        self.store.reading(agent.node, period=STEP_SECONDS)
        if silent:
            self._broken[agent.node] = f"agent {agent.name} gave no answer in {SILENCE:.0f} s"
        if agent.node not in self._broken:
            self._broken |= await self._broken_now(agent, first=first)
        if error := self._broken.get(agent.node):
            self.store.failed(agent.node, error)

    async def _broken_now(self, agent: Pod, *, first: bool) -> dict[str, str]:
        try:
            async with AgentExec(self.api, agent) as script:
                if first:
                    self.store.inspected(agent.node, await script.inspect())
                self.store.sampled(agent.node, await script.sample())
        except (KubeError, OutputError) as error:
            return {agent.node: str(error)}
        return {}


def _nothing(*_: object) -> None: ...


@asynccontextmanager
async def still_cluster(name: str) -> AsyncIterator[StillCluster]:
    """A demo cluster two minutes after its start."""
    clock = StillClock()
    async with _served(name, clock) as (server, api):
        cluster = StillCluster(api, clock, Store(clock=clock, unix=clock.unix))
        async for _ in cluster.readings(server):
            pass
        yield cluster


async def record(name: str, path: Path) -> None:
    """The same two minutes in a file; what no event tells is looked at after each reading, and at no other time."""
    clock, recorder = StillClock(), Recorder(path)
    async with _served(name, clock) as (server, api):
        cluster = StillCluster(api, clock, recorder.store(clock=clock, unix=clock.unix))
        async with recorder.recording(cluster, look_every=math.inf):
            async for _ in cluster.readings(server):
                recorder.look(cluster)
    recorder.close()


@asynccontextmanager
async def _served(name: str, clock: StillClock) -> AsyncIterator[tuple[DemoServer, Api]]:
    async with DemoServer(load_world(name, clock=clock, epoch=EPOCH), tls=False) as server:
        credentials = FixedCredentials(f"Bearer {server.token}")
        api = Api(Connection(server=server.url, context=f"demo {name}", credentials=credentials))
        try:
            yield server, api
        finally:
            await api.close()

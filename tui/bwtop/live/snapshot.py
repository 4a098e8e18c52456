"""One look at a cluster, for commands that print and end: lists once, reads each agent once."""

import asyncio
from collections.abc import Coroutine, Sequence
from enum import Flag, auto
from typing import Any

from bwtop.cilium.output import OutputError
from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.kube.reflector import Reflector
from bwtop.live import feeds
from bwtop.live.agent_exec import AgentExec
from bwtop.live.resources import AGENT_SELECTOR, CILIUM_NODES, ENDPOINTS, NODES, PODS, UNFINISHED
from bwtop.live.scope import agent_namespace, sought
from bwtop.live.second_look import look_again
from bwtop.live.store import Store
from bwtop.model.overview import no_agents

AT_ONCE = 50
AGENT_SECONDS = 8.0
"""Longest wait for one agent; the others do not wait for it."""
DENIALS = 3
"""Agents that must refuse, with none that answered, before no other is asked."""
RATE_PERIOD = 1.0


class Want(Flag):
    """What to read."""

    PODS = auto()
    ENDPOINTS = auto()
    NODES = auto()
    STATUS = auto()
    """Of every agent: its map, its counters, its status and its programs."""
    AGENT_ENDPOINTS = auto()
    """Every agent's own list of endpoints, which is large: without it there are no rates."""
    AGENTS = STATUS | AGENT_ENDPOINTS
    RATES = auto()
    """Two samples of every agent, `RATE_PERIOD` apart, instead of one; needs AGENTS."""


class Snapshot:
    """A store filled once, and what could not be read into it."""

    def __init__(self, api: Api, *, cilium_namespace: str | None = None, cilium_selector: str = AGENT_SELECTOR) -> None:
        self.store = Store()
        self.warnings: list[str] = []
        self.sought = ""
        """Where agents were looked for: `in namespace cilium`."""
        self._api = api
        self._cilium_namespace, self._cilium_selector = cilium_namespace, cilium_selector
        self._denied = ""
        self._denials = self._answers = 0

    @property
    def denied(self) -> str:
        """Why no agent may be read; empty when one answered, or they fail for other reasons."""
        return self._denied

    async def take(self, want: Want, *, essential: Want, namespace: str | None = None, selector: str = "") -> None:
        """Raises KubeError when something `essential` cannot be listed; all else becomes a warning."""
        self.store.join.all_endpoints = namespace is None
        objects, now = self.store.objects, self.store.clock()
        pods = feeds.pod_feed(objects, now=now)
        listings: list[tuple[Want, Coroutine[Any, Any, None]]] = []

        def listing(kind: Want, reflector: Reflector[Any], feed: feeds.Feed[Any]) -> None:
            if kind & want:
                listings.append((kind, fill(reflector, feed)))

        listing(
            Want.PODS,
            Reflector(self._api, PODS, pods, namespace=namespace, label_selector=selector, field_selector=UNFINISHED),
            pods,
        )
        endpoints = feeds.endpoint_feed(objects, now=now)
        listing(Want.ENDPOINTS, Reflector(self._api, ENDPOINTS, endpoints, namespace=namespace), endpoints)
        if Want.NODES & want:
            listings.append((Want.NODES, self._list_nodes()))
        await asyncio.gather(*(self._list(work, essential=bool(kind & essential)) for kind, work in listings))
        if want & Want.AGENTS:
            await self._read_agents(want, essential=bool(essential & Want.AGENTS))
        await self._settle()

    async def read_agents(self, *, rates: bool) -> None:
        """Those of the nodes whose pods the store has; raises KubeError when there is no way to them at all."""
        await self._read_agents(Want.AGENTS | Want.RATES if rates else Want.AGENTS, essential=False)
        await self._settle()

    async def _settle(self) -> None:
        self.store.settle()
        await self._list(look_again(self._api, self.store), essential=False)

    async def _list_nodes(self) -> None:
        """Node or CiliumNode, one of them is enough for a table; raises KubeError when neither can be listed."""
        objects, now = self.store.objects, self.store.clock()
        nodes, cilium_nodes = feeds.node_feed(objects, now=now), feeds.cilium_node_feed(objects, now=now)
        outcomes = await asyncio.gather(
            fill(Reflector(self._api, NODES, nodes), nodes),
            fill(Reflector(self._api, CILIUM_NODES, cilium_nodes), cilium_nodes),
            return_exceptions=True,
        )
        errors = [error for error in outcomes if error is not None]
        for error in errors:
            if len(errors) == len(outcomes) or not isinstance(error, KubeError):
                raise error
            self.warnings.append(str(error))

    async def _list(self, work: Coroutine[Any, Any, None], *, essential: bool) -> None:
        try:
            await work
        except KubeError as error:
            if essential:
                raise
            self.warnings.append(str(error))

    async def _read_agents(self, want: Want, *, essential: bool) -> None:
        agents = feeds.agent_feed(self.store.objects, now=self.store.clock(), tell=lambda: None)
        namespace = self._cilium_namespace or await agent_namespace(self._api, selector=self._cilium_selector)
        self.sought = sought(namespace, self._cilium_selector)
        reflector = Reflector(self._api, PODS, agents, namespace=namespace, label_selector=self._cilium_selector)
        await self._list(fill(reflector, agents), essential=essential)
        places = asyncio.Semaphore(AT_ONCE)
        needed = self._needed_agents()
        await asyncio.gather(*(self._read_agent(agent, want, places) for agent in needed))
        if not self.store.objects.agents and not self.warnings:
            self.warnings.append(no_agents(self.sought))
        if self._denied:
            self.warnings.append(f"limits hidden: {self._denied}")

    def _needed_agents(self) -> Sequence[Pod]:
        """Where pods were listed, only the agents of their nodes are asked."""
        objects = self.store.objects
        return [agent for node, agent in objects.agents.items() if not objects.pods or objects.pods_of.get(node)]

    async def _read_agent(self, agent: Pod, want: Want, places: asyncio.Semaphore) -> None:
        self.store.reading(agent.node, period=60.0)
        async with places:
            if self._denied:
                self.store.failed(agent.node, self._denied)
                return
            try:
                async with asyncio.timeout(AGENT_SECONDS):
                    await self._ask_agent(agent, want)
            except TimeoutError:
                self._missed(agent, f"agent {agent.name} gave no answer in {AGENT_SECONDS:.0f} s")
            except (KubeError, OutputError) as error:
                self._missed(agent, str(error))
                if isinstance(error, ApiError) and error.code in (401, 403):
                    self._deny(str(error))
            else:
                self._answers += 1

    def _deny(self, error: str) -> None:
        self._denials += 1
        if not self._answers and self._denials >= min(DENIALS, len(self.store.objects.agents)):
            self._denied = error

    def _missed(self, agent: Pod, error: str) -> None:
        self.store.failed(agent.node, error)
        self.warnings.append(f"{agent.node}: {error}")

    async def _ask_agent(self, agent: Pod, want: Want) -> None:
        """All by one exec; the inspection comes before the second sample, whose rates need the interfaces it names."""
        async with AgentExec(self._api, agent) as script:
            self.store.sampled(agent.node, await script.sample())
            sampled = asyncio.get_running_loop().time()
            if await self._inspect(agent, script, want) and want & Want.RATES:
                await asyncio.sleep(sampled + RATE_PERIOD - asyncio.get_running_loop().time())
                self.store.sampled(agent.node, await script.sample())

    async def _inspect(self, agent: Pod, script: AgentExec, want: Want) -> bool:
        """A failure costs rates and status, not the map that was read before."""
        try:
            frame = await (script.inspect() if want & Want.AGENT_ENDPOINTS else script.status())
        except KubeError as error:
            self.store.uninspected(agent.node, str(error))
            return False
        self.store.inspected(agent.node, frame)
        return True


async def fill(reflector: Reflector[Any], feed: feeds.Feed[Any]) -> None:
    """Lists once; raises KubeError."""
    items = await reflector.list()
    feed.listing(list(items.values()), 0)
    feed.whole()

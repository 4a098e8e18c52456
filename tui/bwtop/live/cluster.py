"""A cluster, live: five watches and the sampler fill one store."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from bwtop.kube.api import Api
from bwtop.kube.reflector import Reflector
from bwtop.live import feeds
from bwtop.live.budget import NORMAL, Budget
from bwtop.live.resources import CILIUM_NODES, ENDPOINTS, NODES, PODS, UNFINISHED
from bwtop.live.sampler import Sampler
from bwtop.live.scope import sought
from bwtop.live.store import Store
from bwtop.model.health import Freshness
from bwtop.model.overview import Overview
from bwtop.model.profile_choice import Profiles


class Cluster:
    """Owns the store of one cluster; `run` fills it until cancelled, `close` ends the connections."""

    def __init__(
        self,
        api: Api,
        *,
        namespace: str | None = None,
        cilium_namespace: str | None = None,
        selector: str = "",
        budget: Budget = NORMAL,
        profiles: Profiles | None = None,
        store: Store | None = None,
    ) -> None:
        """`namespace` None: all of them; `cilium_namespace` None: wherever agents are found; `store`: to be filled."""
        self.api = api
        self.profiles = profiles or Profiles()
        self.profile = self.profiles.chosen(api.connection.context)
        self.namespace = namespace
        self.cilium_namespace = cilium_namespace
        self.store = store or Store()
        self.sampler = Sampler(api, self.store, budget=budget)
        self.store.on_change = self.sampler.hurry
        self.store.join.all_endpoints = namespace is None
        objects, now = self.store.objects, self.store.clock()
        self._pods = feeds.pod_feed(objects, now=now)
        self._nodes = feeds.node_feed(objects, now=now)
        self._endpoints = feeds.endpoint_feed(objects, now=now)
        self._cilium_nodes = feeds.cilium_node_feed(objects, now=now)
        self._agents = feeds.agent_feed(objects, now=now, tell=self.sampler.wake)
        lists = (self._pods, self._endpoints)
        self.sampler.loading = lambda: any(feed.state.freshness is Freshness.LOADING for feed in lists)
        self._watches: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "agents": Reflector(
                api, PODS, self._agents, namespace=cilium_namespace, label_selector=self.profile.cilium_selector
            ).run,
            "nodes": Reflector(api, NODES, self._nodes).run,
            "ciliumnodes": Reflector(api, CILIUM_NODES, self._cilium_nodes).run,
            "ciliumendpoints": self._watch_endpoints,
            "pods": Reflector(
                api, PODS, self._pods, namespace=namespace, label_selector=selector, field_selector=UNFINISHED
            ).run,
        }

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for name, run in self._watches.items():
                tasks.create_task(run(), name=f"watch {name}")
            tasks.create_task(self.sampler.run(), name="sampler")

    async def _watch_endpoints(self) -> None:
        """After the pods are there: an API server that writes both lists at once needs twice as long for the rows."""
        await self._pods.settled.wait()
        await Reflector(self.api, ENDPOINTS, self._endpoints, namespace=self.namespace).run()

    async def close(self) -> None:
        await self.api.close()

    def look_at(self, nodes: Iterable[str]) -> None:
        """The nodes whose rows are on screen, the most important first: they are read continuously."""
        self.sampler.watch(nodes)

    def overview(self) -> Overview:
        """What the status line shows."""
        sources = {
            "pods": self._pods.state,
            "nodes": self._nodes.state,
            "ciliumendpoints": self._endpoints.state,
            "ciliumnodes": self._cilium_nodes.state,
            "agents": self._agents.state,
        }
        return self.store.overview(
            sources=sources, received=self.api.received, denied=self.sampler.denied,
            agents_sought=sought(self.cilium_namespace, self.profile.cilium_selector),
        )  # fmt: skip

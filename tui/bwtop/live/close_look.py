"""A few pods, their nodes and those nodes' agents, read without listing the cluster."""

import asyncio
from collections.abc import Sequence

from bwtop.kube.reflector import Reflector
from bwtop.live import feeds
from bwtop.live.resources import CILIUM_NODES, ENDPOINTS, NODES, PODS
from bwtop.live.scope import agent_namespace
from bwtop.live.snapshot import Snapshot, Want, fill


class CloseLook(Snapshot):
    """A store with the rows of some pods and of their nodes; what cannot be read becomes a warning."""

    async def take_pods(self, names: Sequence[tuple[str, str]]) -> None:
        """Namespaces and names. Raises KubeError when a pod cannot be read."""
        self.store.join.all_endpoints = False
        await asyncio.gather(*(self._take_pod(namespace, name) for namespace, name in names))
        nodes = sorted({pod.node for pod in self.store.objects.pods.values() if pod.node})
        await asyncio.gather(*map(self._take_node, nodes))
        places = asyncio.Semaphore(max(len(nodes), 1))
        agents = self.store.objects.agents
        await asyncio.gather(*(self._read_agent(agents[node], Want.AGENTS, places) for node in nodes if node in agents))
        await self._settle()

    async def _take_pod(self, namespace: str, name: str) -> None:
        objects, now, called = self.store.objects, self.store.clock(), f"metadata.name={name}"
        pods, endpoints = feeds.pod_feed(objects, now=now), feeds.endpoint_feed(objects, now=now)
        pod = Reflector(self._api, PODS, pods, namespace=namespace, field_selector=called)
        endpoint = Reflector(self._api, ENDPOINTS, endpoints, namespace=namespace, field_selector=called)
        await asyncio.gather(
            self._list(fill(pod, pods), essential=True),
            self._list(fill(endpoint, endpoints), essential=False),
        )

    async def _take_node(self, node: str) -> None:
        objects, now, called = self.store.objects, self.store.clock(), f"metadata.name={node}"
        nodes, cilium_nodes = feeds.node_feed(objects, now=now), feeds.cilium_node_feed(objects, now=now)
        agents = feeds.agent_feed(objects, now=now, tell=lambda: None)
        namespace = self._cilium_namespace or await agent_namespace(self._api, selector=self._cilium_selector)
        readers = (
            fill(Reflector(self._api, NODES, nodes, field_selector=called), nodes),
            fill(Reflector(self._api, CILIUM_NODES, cilium_nodes, field_selector=called), cilium_nodes),
            fill(
                Reflector(
                    self._api, PODS, agents, namespace=namespace, label_selector=self._cilium_selector,
                    field_selector=f"spec.nodeName={node}",
                ),
                agents,
            ),
        )  # fmt: skip
        await asyncio.gather(*(self._list(reader, essential=False) for reader in readers))

"""Explains why the limit of a pod is, or is not, in force, from what a store knows and what is read beside it."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from bwtop.cilium.policies import Policy
from bwtop.cilium.resources import Pod
from bwtop.cilium.wire import Wire
from bwtop.kube.api import Api
from bwtop.kube.fetch import fetch
from bwtop.kube.resource import Resource
from bwtop.live.configuration import Configuration, read_configuration, told
from bwtop.live.found_pod import find_pod
from bwtop.live.node_facts import node_facts
from bwtop.live.policies import read_policies, selecting
from bwtop.live.resources import AGENT_SELECTOR, CILIUM_NODES, ENDPOINTS, NODES
from bwtop.live.snapshot import Snapshot
from bwtop.live.store import Store
from bwtop.model.checks import Unread
from bwtop.model.explanation import Explanation, explanation
from bwtop.model.limits import Direction
from bwtop.model.pod_facts import PodFacts
from bwtop.model.quantity import asked_of
from bwtop.model.remedies import Remedies

T = TypeVar("T")


class Surroundings(msgspec.Struct, frozen=True):
    """What a store does not hold, as it is read for an explanation only."""

    configuration: Configuration | Unread
    policies: Sequence[Policy] | Unread
    """Those of the pod's namespace, and the cluster-wide ones."""


NOT_READ_YET = Surroundings(Unread("not read yet"), Unread("not read yet"))


async def read_surroundings(
    api: Api, *, namespace: str, cilium_namespace: str, cilium_selector: str = AGENT_SELECTOR
) -> Surroundings:
    """Never raises; `namespace` is the pod's."""
    configuration, policies = await asyncio.gather(
        read_configuration(api, namespace=cilium_namespace, selector=cilium_selector),
        told(read_policies(api, namespace)),
    )
    return Surroundings(configuration, policies)


async def look_at(snapshot: Snapshot, api: Api, *keys: tuple[str, str]) -> None:
    """Reads these pods (namespace, name), their endpoints, nodes and agents into the snapshot.

    Raises KubeError when one of the pods cannot be read, or nobody may look for agents.
    """
    for found in await asyncio.gather(*(find_pod(api, namespace, name) for namespace, name in keys)):
        snapshot.store.objects.put_pod(found.pod, news=False)
        await _read_about(snapshot, api, found.pod)
    await snapshot.read_agents(rates=True)


def explain(
    store: Store, key: str, *, peer: str | None = None, surroundings: Surroundings, remedies: Remedies
) -> Explanation | None:
    """`key` and `peer` are `namespace/name`; None when one of them is not in the store."""
    pod, other = pod_facts(store, key, surroundings), pod_facts(store, peer, surroundings) if peer else None
    if pod is None or (peer and other is None):
        return None
    return explanation(pod, other, remedies)


def pod_facts(store: Store, key: str, surroundings: Surroundings) -> PodFacts | None:
    pod, row = store.objects.pods.get(key), store.pods.get(key)
    if pod is None or row is None:
        return None
    reading, endpoint = store.readings.get(pod.node), store.objects.endpoints.get(key)
    entries = reading.entries if reading else None
    place = (row.endpoint_id or 0, Direction.INGRESS)
    return PodFacts(
        row=row,
        node=node_facts(store, pod.node, surroundings.configuration),
        host_network=pod.host_network,
        endpoint_state=endpoint.state if endpoint else None,
        unread=store.join.unreadable(pod.node, store.clock()),
        policies=selecting(store, key, surroundings.policies),
        ingress=asked_of(pod.ingress_annotation),
        ingress_programmed=entries.get(place) if entries else None,
    )


async def _read_about(snapshot: Snapshot, api: Api, pod: Pod) -> None:
    """What may not be read is left out: the checks say what they miss."""
    objects = snapshot.store.objects
    endpoint = await told(_one(api, ENDPOINTS, pod.name, namespace=pod.namespace))
    if not isinstance(endpoint, Unread):
        objects.put_endpoint(endpoint, news=False)
    if not pod.node:
        return
    node = await told(_one(api, NODES, pod.node))
    if not isinstance(node, Unread):
        objects.put_node(node)
    cilium_node = await told(_one(api, CILIUM_NODES, pod.node))
    if not isinstance(cilium_node, Unread):
        objects.put_cilium_node(cilium_node)


async def _one(api: Api, resource: Resource[T], name: str, *, namespace: str | None = None) -> T:
    wire: Wire = await fetch(api, f"{resource.url(namespace)}/{name}", resource.wire)
    return resource.flatten(wire)

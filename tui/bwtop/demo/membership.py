"""Nodes that leave the cluster and come back, and agents that are replaced: what autoscalers and upgrades do."""

from collections.abc import Sequence

import msgspec

from bwtop.demo.kinds import CILIUM_NODES, NODES, PODS
from bwtop.demo.manifests import Body
from bwtop.demo.node import Node
from bwtop.demo.spec import WorkloadSpec
from bwtop.demo.store import Stored
from bwtop.demo.world import World


class Departed(msgspec.Struct, frozen=True):
    """What a node takes with it."""

    node: Node
    objects: Body
    cilium: Body
    daemons: Sequence[tuple[WorkloadSpec, Body]]


def leave(world: World, name: str) -> Departed:
    """Its own pods go with it, all others are made anew elsewhere."""
    daemons = []
    for pod in [pod for pod in world.store[PODS] if pod.node == name]:
        if _is_daemon(pod):
            daemons.append((world.workloads.pop(pod.key), pod.body()))
        world.store.delete(PODS, *pod.key)
    node_body, cilium_body = (world.store.delete(kind, "", name).body() for kind in (NODES, CILIUM_NODES))
    return Departed(world.nodes.pop(name), node_body, cilium_body, daemons)


def come(world: World, departed: Departed) -> None:
    world.nodes[departed.node.spec.name] = departed.node
    for kind, body in ((NODES, departed.objects), (CILIUM_NODES, departed.cilium)):
        world.store.create(kind, _anew(world, body))
    for spec, body in departed.daemons:
        fresh = _anew(world, body)
        fresh["status"] = {"phase": "Pending"}
        world.workloads[fresh["metadata"]["namespace"], fresh["metadata"]["name"]] = spec
        world.store.create(PODS, fresh)


def restart_agent(world: World, name: str, *, version: str | None) -> None:
    """Deletes the agent's pod; its DaemonSet makes another."""
    if version:
        world.nodes[name].cilium.version = version
    for pod in [pod for pod in world.store[PODS] if pod.node == name and pod.labels.get("k8s-app") == "cilium"]:
        world.store.delete(PODS, *pod.key)


def _is_daemon(pod: Stored) -> bool:
    owners = pod.body()["metadata"].get("ownerReferences", [])
    return bool(owners) and owners[0]["kind"] == "DaemonSet"


def _anew(world: World, body: Body) -> Body:
    metadata = {**body["metadata"], "uid": world.uid(), "creationTimestamp": world.timestamp()}
    return {**body, "metadata": metadata}

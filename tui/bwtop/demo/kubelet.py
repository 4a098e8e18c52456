"""Scheduler and kubelet in one: pods that are made get a node and run, pods that go are gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bwtop.demo import pods
from bwtop.demo.addresses import free_address
from bwtop.demo.containerd import refused_by_containerd
from bwtop.demo.errors import StatusError
from bwtop.demo.founding import demand
from bwtop.demo.kinds import PODS
from bwtop.demo.manifests import Body
from bwtop.demo.naming import security_labels
from bwtop.demo.node import Endpoint, Node
from bwtop.demo.spec import WorkloadSpec
from bwtop.demo.store import Stored
from bwtop.demo.traffic import Counter

if TYPE_CHECKING:
    from bwtop.demo.world import World

SCHEDULED_AFTER = 0.2
RUNNING_AFTER = 1.2
GONE_AFTER = 0.8
"""Seconds from the order to delete until a container has ended."""
NO_REGISTRY = "registry.invalid/"
"""Images from here cannot be pulled."""


class Kubelet:
    def __init__(self, world: World) -> None:
        self._world = world

    def admit(self, pod: Stored) -> None:
        """A pod has been made: schedule it, run it, end it at its deadline."""
        self._world.agenda.after(SCHEDULED_AFTER, lambda: self._schedule(pod))

    def remove(self, namespace: str, name: str) -> None:
        """A pod has been told to go."""

        def gone() -> None:
            if self._world.store[PODS].find(namespace, name):
                self._world.store.delete(PODS, namespace, name)

        self._world.agenda.after(GONE_AFTER, gone)

    def _schedule(self, pod: Stored) -> None:
        body = self._current(pod)
        if body is None:
            return
        node = self._world.nodes.get(pod.node) if pod.node else self._choose(body)
        if node is None:
            pods.unschedulable(body, now=self._world.timestamp(), nodes=len(self._world.nodes))
            self._world.store.update(PODS, body)
            return
        self._world.store.update(PODS, pods.scheduled(body, node))
        self._world.agenda.after(RUNNING_AFTER, lambda: self._run(pod, node))

    def _run(self, pod: Stored, node: Node) -> None:
        body = self._current(pod)
        if body is None:
            return
        world = self._world
        if any(container["image"].startswith(NO_REGISTRY) for container in body["spec"]["containers"]):
            world.store.update(PODS, pods.without_image(body, node, now=world.timestamp()))
            return
        if refused := refused_by_containerd(body["metadata"].get("annotations") or {}):
            world.store.update(PODS, pods.without_sandbox(body, node, now=world.timestamp()))
            message = f"Failed to create pod sandbox: rpc error: code = Unknown desc = {refused}"
            world.warn(PODS, body, reason="FailedCreatePodSandBox", message=message, source="kubelet")
            return
        pods.with_agent_image(body, node)
        host = body["spec"].get("hostNetwork", False)
        ip = "" if host else free_address(world, node, {endpoint.ipv4 for endpoint in world.endpoints.values()})
        stored = world.store.update(PODS, pods.running(body, node, ip=ip, now=world.timestamp()))
        if not host:
            world.join(self._endpoint(stored, node, ip), node, stored)
        deadline = body["spec"].get("activeDeadlineSeconds")
        if deadline:
            world.agenda.after(deadline, lambda: self._end(pod))

    def attach(self, pod: Stored) -> None:
        """An ephemeral container was added: it runs in a moment."""

        def start() -> None:
            body = self._current(pod)
            if body is not None:
                self._world.store.update(PODS, pods.attached(body, now=self._world.timestamp()))
                if any("netserver" in each.get("command", []) for each in body["spec"]["ephemeralContainers"]):
                    self._world.netservers.add(pod.key)

        self._world.agenda.after(RUNNING_AFTER, start)

    def _endpoint(self, pod: Stored, node: Node, ip: str) -> Endpoint:
        world = self._world
        labels = security_labels(pod.labels, pod.namespace)
        spec = world.workloads.get(pod.key, WorkloadSpec(name=pod.name))
        counter = Counter(time=world.agenda.now, demand=demand(spec.traffic, world.random.random()), age=1.0)
        return Endpoint(
            id=node.free_id(),
            identity=world.identity(labels),
            labels=labels,
            namespace=pod.namespace,
            pod=pod.name,
            ipv4=ip,
            interface=node.interface_name(),
            index=node.free_index(),
            policy=spec.policy,
            counter=counter,
        )

    def _end(self, pod: Stored) -> None:
        body = self._current(pod)
        if body is not None:
            message = "Pod was active on the node longer than the specified deadline"
            self._world.store.update(PODS, pods.ended(body, reason="DeadlineExceeded", message=message))
            self._world.leave(*pod.key)

    def _current(self, pod: Stored) -> Body | None:
        """What is stored of the pod now; None when it is gone, replaced or going."""
        try:
            body = self._world.store[PODS].get(*pod.key).body()
        except StatusError:
            return None
        metadata = body["metadata"]
        same = metadata["uid"] == pod.body()["metadata"]["uid"]
        return body if same and "deletionTimestamp" not in metadata else None

    def _choose(self, body: Body) -> Node | None:
        """The node with the fewest pods, of those that selector and anti-affinity leave."""
        wanted = body["spec"].get("nodeSelector", {}).get("kubernetes.io/hostname")
        shunned = _shunned(body["spec"])
        nodes = [
            node
            for name, node in self._world.nodes.items()
            if wanted in (None, name)
            and _allowed(body["spec"], name)
            and not any(self._runs(name, labels) for labels in shunned)
        ]
        return min(nodes, key=lambda node: len(node.endpoints), default=None)

    def _runs(self, node: str, labels: Mapping[str, str]) -> bool:
        return any(pod.node == node and labels.items() <= pod.labels.items() for pod in self._world.store[PODS])


def _allowed(spec: Mapping[str, Any], node: str) -> bool:
    """By node affinity to `metadata.name`, the one field that Kubernetes has for it."""
    required = (
        (spec.get("affinity") or {}).get("nodeAffinity", {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    )
    terms = required["nodeSelectorTerms"] if required else [{}]
    return any(
        all((node in field["values"]) == (field["operator"] == "In") for field in term.get("matchFields", []))
        for term in terms
    )


def _shunned(spec: Mapping[str, Any]) -> list[Mapping[str, str]]:
    terms = (
        (spec.get("affinity") or {})
        .get("podAntiAffinity", {})
        .get("requiredDuringSchedulingIgnoredDuringExecution", [])
    )
    return [term.get("labelSelector", {}).get("matchLabels", {}) for term in terms]

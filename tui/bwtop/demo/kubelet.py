"""Scheduler, kubelet and ReplicaSet controller in one: pods that are made get a node and run, pods that go are gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bwtop.demo import pods
from bwtop.demo.addresses import free_address
from bwtop.demo.errors import StatusError
from bwtop.demo.founding import demand
from bwtop.demo.kinds import PODS
from bwtop.demo.manifests import Body
from bwtop.demo.naming import security_labels, some_letters
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

    def replace(self, pod: Stored) -> None:
        """Makes another pod of the same workload where a controller wants one."""
        spec = self._world.workloads.pop(pod.key, None)
        body = pod.body()
        owners = body["metadata"].get("ownerReferences", [])
        if spec is None or not owners:
            return
        name = pod.name
        if owners[0]["kind"] != "StatefulSet":
            name = name.rpartition("-")[0] + "-" + some_letters(self._world.random)
        self._world.agenda.after(0.1, lambda: self._make(spec, body, name))

    def _make(self, spec: WorkloadSpec, before: Body, name: str) -> None:
        world, metadata = self._world, before["metadata"]
        wanted = {key: value for key, value in before["spec"].items() if key not in ("nodeName", "tolerations")}
        if spec.kind == "DaemonSet":
            wanted["nodeName"] = before["spec"]["nodeName"]
        if world.store[PODS].find(metadata["namespace"], name):
            return
        template = self._template_annotations(metadata["ownerReferences"][0], metadata["namespace"])
        world.workloads[metadata["namespace"], name] = spec
        world.store.create(
            PODS,
            pods.pod(
                name,
                namespace=metadata["namespace"],
                uid=world.uid(),
                created=world.timestamp(),
                spec=wanted,
                labels=metadata.get("labels", {}),
                annotations=template,
                owner=metadata["ownerReferences"][0],
            ),
        )

    def _template_annotations(self, owner: Mapping[str, Any], namespace: str) -> dict[str, str]:
        """The annotations of the owner's pod template: an edit of the old pod is not kept."""
        for collection in self._world.store.collections.values():
            if collection.kind.kind == owner["kind"] and (found := collection.find(namespace, owner["name"])):
                annotations: dict[str, str] = found.body()["spec"]["template"]["metadata"].get("annotations", {})
                return annotations
        return {}

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

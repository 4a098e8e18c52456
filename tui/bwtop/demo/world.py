"""The simulated cluster: objects, nodes with their agents and endpoints, and what follows when an object changes."""

import time
import uuid
from collections.abc import Callable, Mapping
from random import Random

import msgspec

from bwtop.demo import cilium_manifests, manifests
from bwtop.demo.agenda import Agenda
from bwtop.demo.agent import EGRESS, INGRESS, PRIORITY
from bwtop.demo.founding import found
from bwtop.demo.kinds import CILIUM_ENDPOINTS, CILIUM_IDENTITIES, EVENTS, PODS, Kind
from bwtop.demo.kubelet import Kubelet
from bwtop.demo.node import Endpoint, Node
from bwtop.demo.replicas import Replicas
from bwtop.demo.rollout import Rollout
from bwtop.demo.spec import ClusterSpec, WorkloadSpec, cluster_names, cluster_spec
from bwtop.demo.store import Change, Key, Store, Stored
from bwtop.demo.times import rfc3339

__all__ = ["World", "cluster_names", "load_world"]

FIRST_VERSION = 104_211
"""Resource version of the first object."""
WATCHED_BEFORE = (EGRESS, INGRESS)
WATCHED = (*WATCHED_BEFORE, PRIORITY)
"""Annotations whose change an agent looks at; the first before Cilium 1.20."""


class World:
    """One demo cluster. All times are the clock's; nothing happens unless `advance` is called."""

    def __init__(
        self, name: str, spec: ClusterSpec, *, clock: Callable[[], float], seed: int, epoch: float | None = None
    ) -> None:
        """`epoch` is the Unix time at which the world starts; now when None."""
        self.name, self.spec = name, spec
        self.random = Random(seed)
        self.agenda = Agenda(clock)
        self.store = Store(version=FIRST_VERSION)
        self.nodes: dict[str, Node] = {}
        self.endpoints: dict[Key, Endpoint] = {}
        """By namespace and pod."""
        self.workloads: dict[Key, WorkloadSpec] = {}
        """What a pod is one of, by namespace and pod."""
        self.netservers: set[Key] = set()
        """Pods in which somebody has started a netserver."""
        self._identities: dict[tuple[str, ...], int] = {}
        self._started = self.agenda.now
        self._epoch = time.time() if epoch is None else epoch
        found(self)
        self.kubelet = Kubelet(self)
        self.replicas = Replicas(self)
        self.rollout = Rollout(self)
        self.store[PODS].subscribe(self._pod_changed)

    @property
    def unix(self) -> float:
        """Unix time in the world."""
        return self._epoch + self.agenda.now - self._started

    def timestamp(self, ago: float = 0.0) -> str:
        return rfc3339(self.unix - ago)

    def uid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def advance(self) -> None:
        """Lets everything happen that is due."""
        self.agenda.advance()

    def node_of(self, namespace: str, pod: str) -> Node | None:
        """The node that a pod is bound to."""
        stored = self.store[PODS].find(namespace, pod)
        return self.nodes.get(stored.node) if stored else None

    def endpoint_at(self, ip: str) -> tuple[Node, Endpoint] | None:
        """Who has an address."""
        for key, endpoint in self.endpoints.items():
            if ip in (endpoint.ipv4, endpoint.ipv6) and (node := self.node_of(*key)):
                return node, endpoint
        return None

    def identity(self, labels: tuple[str, ...], *, wanted: int | None = None) -> int:
        """The security identity of a set of labels; a new one gets its CiliumIdentity."""
        known = self._identities.get(labels)
        if known is not None:
            return known
        identity = wanted or self._free_identity()
        self._identities[labels] = identity
        body = cilium_manifests.cilium_identity(identity, labels=labels, uid=self.uid(), created=self.timestamp())
        if not self.store[CILIUM_IDENTITIES].find("", str(identity)):
            self.store.create(CILIUM_IDENTITIES, body)
        return identity

    def join(self, endpoint: Endpoint, node: Node, pod: Stored) -> None:
        """Gives a pod its endpoint, and in a moment its row in the map."""
        node.add(endpoint)
        self.endpoints[endpoint.key] = endpoint
        body = cilium_manifests.cilium_endpoint(
            endpoint,
            node=node,
            pod_uid=str(metadata_of(pod).uid),
            uid=self.uid(),
            created=self.timestamp(),
            labels=pod.labels,
        )
        self.store.create(CILIUM_ENDPOINTS, body)
        self._apply_later(node, endpoint, annotations_of(pod))

    def leave(self, namespace: str, pod: str) -> None:
        """The pod is gone: so are its endpoint and its rows."""
        endpoint = self.endpoints.pop((namespace, pod), None)
        if endpoint is None:
            return
        for node in self.nodes.values():
            if node.endpoints.get(endpoint.id) is endpoint:
                node.remove(endpoint)
        if self.store[CILIUM_ENDPOINTS].find(namespace, pod):
            self.store.delete(CILIUM_ENDPOINTS, namespace, pod)

    def annotate(self, namespace: str, pod: str, limit: str | None) -> None:
        """Edits a pod's limit as some client of the API would; None removes it."""
        body = self.store[PODS].get(namespace, pod).body()
        annotations = body["metadata"].setdefault("annotations", {})
        if limit is None:
            annotations.pop(EGRESS, None)
        else:
            annotations[EGRESS] = limit
        self.store.update(PODS, body)

    def warn(self, kind: Kind, body: manifests.Body, *, reason: str, message: str, source: str) -> None:
        """Makes an event about an object."""
        event = manifests.event(kind.head | body, uid=self.uid(), now=self.timestamp(), reason=reason, message=message)
        event["source"] = {"component": source}
        self.store.create(EVENTS, event)

    def _pod_changed(self, change: Change) -> None:
        pod = change.object
        match change.type:
            case "ADDED":
                self.kubelet.admit(pod)
            case "DELETED":
                self.leave(*pod.key)
                self.replicas.replace(pod)
            case "MODIFIED":
                self._pod_edited(change)

    def _pod_edited(self, change: Change) -> None:
        pod = change.object
        endpoint, node = self.endpoints.get(pod.key), self.nodes.get(pod.node)
        if endpoint is None or node is None or change.before is None:
            return
        before, after = annotations_of(change.before), annotations_of(pod)
        watched = WATCHED if node.agent.era.looks_at_priority_alone else WATCHED_BEFORE
        if any(before.get(key) != after.get(key) for key in watched):
            self._apply_later(node, endpoint, after)

    def _apply_later(self, node: Node, endpoint: Endpoint, annotations: Mapping[str, str]) -> None:
        def apply() -> None:
            if node.endpoints.get(endpoint.id) is endpoint:
                node.count()
                node.agent.apply(endpoint.id, annotations, pod="/".join(endpoint.key))

        node.agent.later(apply)

    def _free_identity(self) -> int:
        taken = set(self._identities.values())
        while (identity := self.random.randint(1_000, 65_535)) in taken:
            pass
        return identity


class _Metadata(msgspec.Struct, gc=False):
    uid: str = ""
    annotations: dict[str, str] | None = None


class _Object(msgspec.Struct, gc=False):
    metadata: _Metadata


_OBJECT = msgspec.json.Decoder(_Object)


def metadata_of(stored: Stored) -> _Metadata:
    return _OBJECT.decode(stored.raw).metadata


def annotations_of(stored: Stored) -> dict[str, str]:
    return metadata_of(stored).annotations or {}


def load_world(
    name: str, *, clock: Callable[[], float] = time.monotonic, seed: int = 1, epoch: float | None = None
) -> World:
    """A cluster of `cluster_names()` at its start; raises KeyError for another name.

    The same seed gives the same names and numbers; `epoch` fixes the Unix time of the start.
    """
    return World(name, cluster_spec(name), clock=clock, seed=seed, epoch=epoch)

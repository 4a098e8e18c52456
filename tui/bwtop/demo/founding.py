"""Fills a new world with the nodes, workloads and pods of its specification."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from bwtop.demo import manifests, pods
from bwtop.demo.agent import EGRESS, INGRESS, PRIORITY, MapRow, signed
from bwtop.demo.kinds import (
    CILIUM_ENDPOINTS,
    CILIUM_NODES,
    CONFIG_MAPS,
    DAEMON_SETS,
    DEPLOYMENTS,
    NAMESPACES,
    NODES,
    PODS,
    REPLICA_SETS,
    STATEFUL_SETS,
    Kind,
)
from bwtop.demo.manifests import Body
from bwtop.demo.node import Endpoint, Node
from bwtop.demo.spec import AgentFault, CiliumSpec, Edits, NodePool, NodeSpec, PodSpec, TrafficSpec, WorkloadSpec
from bwtop.demo.times import seconds
from bwtop.demo.traffic import Counter, Demand
from bwtop.model.limits import Direction
from bwtop.model.quantity import bytes_per_second

if TYPE_CHECKING:
    from bwtop.demo.world import World

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Of the names that Kubernetes makes up."""


def found(world: World) -> None:
    """Loads nodes, owners, pods and endpoints into the store; the agents' maps are in step already."""
    _Founder(world).found()


class _Founder:
    def __init__(self, world: World) -> None:
        self._world = world
        self._bodies: dict[str, tuple[Kind, list[Body]]] = {}
        self._addresses: set[str] = set()
        self._turn = 0

    def found(self) -> None:
        self._namespaces()
        for number, spec in enumerate(self._node_specs()):
            self._node(spec, number)
        for workload in self._world.spec.workloads:
            for namespace in workload.namespaces or [workload.namespace]:
                self._workload(workload, namespace)
        self._config()
        for kind, bodies in self._bodies.values():
            self._world.store.load(kind, bodies)

    def _keep(self, kind: Kind, body: Body) -> None:
        self._bodies.setdefault(kind.plural, (kind, []))[1].append(body)

    def _created(self, age: str) -> str:
        return self._world.timestamp(seconds(age))

    # -- nodes ---------------------------------------------------------------------------------------------------
    def _node_specs(self) -> Iterator[NodeSpec]:
        yield from self._world.spec.nodes
        for pool in self._world.spec.pools:
            yield from _pool_nodes(pool)

    def _node(self, spec: NodeSpec, number: int) -> None:
        world = self._world
        cilium = msgspec.convert({**world.spec.cilium, **spec.cilium}, CiliumSpec)
        node = Node(
            spec, cilium, agenda=world.agenda, random=world.random, booted=world.agenda.now - seconds(spec.age) + 40
        )
        world.nodes[spec.name] = node
        created, uid = self._created(spec.age), world.uid()
        kubelet = world.spec.kubernetes
        self._keep(NODES, manifests.node(node, uid=uid, created=created, kubelet=kubelet, now=world.timestamp(20)))
        self._keep(CILIUM_NODES, manifests.cilium_node(node, uid=world.uid(), owner_uid=uid, created=created))

    # -- workloads -----------------------------------------------------------------------------------------------
    def _namespaces(self) -> None:
        named = {name for spec in self._world.spec.workloads for name in spec.namespaces or [spec.namespace]}
        for name in sorted({"default", "kube-system", "kube-public", "kube-node-lease"} | named):
            self._keep(NAMESPACES, manifests.namespace(name, uid=self._world.uid(), created=self._created("13d")))

    def _workload(self, spec: WorkloadSpec, namespace: str) -> None:
        labels = spec.labels or {"app": spec.name}
        annotations = _annotations(spec)
        count = len(self._world.nodes) if spec.kind == "DaemonSet" else max(spec.replicas, len(spec.pods))
        owner, pod_labels, prefix = self._owner(spec, namespace, labels=labels, annotations=annotations, count=count)
        body = manifests.pod_spec(spec)
        security = security_labels(labels, namespace)
        identity = 0 if spec.host_network else self._world.identity(security, wanted=spec.identity)
        for number in range(count):
            one = spec.pods[number] if number < len(spec.pods) else PodSpec()
            self._pod(
                spec,
                one,
                namespace=namespace,
                number=number,
                prefix=prefix,
                owner=owner,
                labels=pod_labels,
                body=body,
                security=security,
                identity=identity,
            )

    def _owner(
        self,
        spec: WorkloadSpec,
        namespace: str,
        *,
        labels: Mapping[str, str],
        annotations: Mapping[str, str],
        count: int,
    ) -> tuple[Body | None, Mapping[str, str], str]:
        """The pods' controller (made on the way, with its own), their labels, and how their names begin."""
        if spec.kind == "Pod":
            return None, labels, spec.name
        created = self._created(spec.age)
        template = manifests.template(spec, labels=labels, annotations=annotations)

        def keep(store: Kind, name: str, owner: Body | None, own: Mapping[str, str]) -> Body:
            uid = self._world.uid()
            self._keep(
                store,
                manifests.controller(
                    spec,
                    kind=store.kind,
                    name=name,
                    namespace=namespace,
                    uid=uid,
                    created=created,
                    replicas=count,
                    labels=own,
                    template=template,
                    owner=owner,
                ),
            )
            return manifests.owner_reference(store.kind, name, uid)

        if spec.kind in ("DaemonSet", "StatefulSet"):
            store = DAEMON_SETS if spec.kind == "DaemonSet" else STATEFUL_SETS
            return keep(store, spec.name, None, labels), labels, spec.name
        deployment = keep(DEPLOYMENTS, spec.name, None, labels)
        mark = _letters(f"{namespace}/{spec.name}", 10)
        own = {**labels, "pod-template-hash": mark}
        return keep(REPLICA_SETS, f"{spec.name}-{mark}", deployment, own), own, f"{spec.name}-{mark}"

    # -- pods ----------------------------------------------------------------------------------------------------
    def _pod(
        self,
        spec: WorkloadSpec,
        one: PodSpec,
        *,
        namespace: str,
        number: int,
        prefix: str,
        owner: Body | None,
        labels: Mapping[str, str],
        body: Body,
        security: tuple[str, ...],
        identity: int,
    ) -> None:
        world = self._world
        name = one.name or _pod_name(spec, prefix, number, world)
        node = self._node_for(spec, one, number)
        annotations = _annotations(spec, limit=one.limit)
        made = pods.pod(
            name,
            namespace=namespace,
            uid=world.uid(),
            created=self._created(spec.age),
            spec=body,
            labels=labels,
            annotations=annotations,
            owner=owner,
        )
        world.workloads[namespace, name] = spec
        self._keep(PODS, made)
        if one.unschedulable:
            pods.unschedulable(made, now=world.timestamp(), nodes=len(world.nodes))
            return
        pods.scheduled(made, node)
        if labels.get("k8s-app") == "cilium":
            image = f"quay.io/cilium/cilium:v{node.cilium.version}"
            made["spec"]["containers"] = [{**container, "image": image} for container in body["containers"]]
        ip = "" if spec.host_network else one.ip or self.free_address(node)
        ready = labels.get("k8s-app") != "cilium" or node.agent.fault is not AgentFault.DOWN
        pods.running(
            made, node, ip=ip, ipv6=one.ipv6 or "", now=self._created(spec.age), restarts=one.restarts, ready=ready
        )
        if not spec.host_network:
            self._endpoint(spec, one, node, made, ip=ip, security=security, identity=identity)

    def _endpoint(
        self,
        spec: WorkloadSpec,
        one: PodSpec,
        node: Node,
        pod: Body,
        *,
        ip: str,
        security: tuple[str, ...],
        identity: int,
    ) -> None:
        world, metadata = self._world, pod["metadata"]
        endpoint = Endpoint(
            id=one.endpoint or node.free_id(),
            identity=identity,
            labels=security,
            namespace=metadata["namespace"],
            pod=metadata["name"],
            ipv4=ip,
            ipv6=one.ipv6 or "",
            interface=one.interface or node.interface_name(),
            index=node.free_index(),
            policy=spec.policy,
            state=one.endpoint_state,
            counter=Counter(
                time=world.agenda.now,
                demand=demand(one.traffic or spec.traffic, world.random.random()),
                age=seconds(spec.age),
            ),
        )
        node.add(endpoint)
        world.endpoints[endpoint.key] = endpoint
        self._keep(
            CILIUM_ENDPOINTS,
            manifests.cilium_endpoint(
                endpoint,
                node=node,
                pod_uid=metadata["uid"],
                uid=world.uid(),
                created=metadata["creationTimestamp"],
                labels=metadata["labels"],
            ),
        )
        node.agent.apply(endpoint.id, metadata.get("annotations", {}), pod="/".join(endpoint.key))
        self._differ(one, node, endpoint)

    def _differ(self, one: PodSpec, node: Node, endpoint: Endpoint) -> None:
        """What the specification puts into the map against the annotation, and what keeps changing."""
        key = endpoint.id, Direction.EGRESS
        if one.programmed:
            node.agent.rows[key] = MapRow(signed(bytes_per_second(one.programmed)))
        elif one.programmed is not None:
            node.agent.rows.pop(key, None)
        if one.edits:
            _edit_for_ever(self._world, endpoint, one.edits)

    def _node_for(self, spec: WorkloadSpec, one: PodSpec, number: int) -> Node:
        nodes = list(self._world.nodes.values())
        if one.node:
            return self._world.nodes[one.node]
        if spec.kind == "DaemonSet":
            return nodes[number]
        self._turn += 1
        return nodes[self._turn % len(nodes)]

    def free_address(self, node: Node) -> str:
        return free_address(self._world, node, self._addresses)

    def _config(self) -> None:
        first = next(iter(self._world.nodes.values())).cilium
        data = {
            "cluster-name": "default",
            "cni-chaining-mode": first.chaining,
            "debug": "false",
            "enable-bandwidth-manager": str(first.manager).lower(),
            "enable-bbr": str(first.congestion_control == "bbr").lower(),
            "enable-ipv4": "true",
            "enable-ipv6": "false",
            "kube-proxy-replacement": "disabled",
            "tunnel": "disabled" if first.routing == "native" else first.routing,
        }
        body = {
            "metadata": manifests.metadata(
                "cilium-config", namespace="kube-system", uid=self._world.uid(), created=self._created("13d")
            ),
            "data": data,
        }
        self._keep(CONFIG_MAPS, body)


def free_address(world: World, node: Node, taken: set[str]) -> str:
    """An address for a pod: out of the node's own subnet with ENIs, of its pod CIDR else."""
    while True:
        address = _some_address(world, node)
        if address not in taken:
            taken.add(address)
            return address


def _some_address(world: World, node: Node) -> str:
    if node.cilium.chaining == "none":
        return f"{node.spec.cilium_internal_ip.rpartition('.')[0]}.{world.random.randint(2, 250)}"
    first, second, third, _ = node.ip.split(".")
    return f"{first}.{second}.{int(third) // 16 * 16 + world.random.randint(0, 15)}.{world.random.randint(4, 250)}"


def security_labels(labels: Mapping[str, str], namespace: str) -> tuple[str, ...]:
    """What Cilium makes an identity of: sorted, with the namespace and the service account."""
    own = {
        **{key: value for key, value in labels.items() if key != "pod-template-hash"},
        "io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name": namespace,
        "io.cilium.k8s.policy.cluster": "default",
        "io.cilium.k8s.policy.serviceaccount": "default",
        "io.kubernetes.pod.namespace": namespace,
    }
    return tuple(f"k8s:{key}={own[key]}" for key in sorted(own))


def demand(spec: TrafficSpec, seed: float) -> Demand:
    return Demand(pattern=spec.pattern, bits=bytes_per_second(spec.bits) * 8, udp=spec.udp, local=spec.local, seed=seed)


def _annotations(spec: WorkloadSpec, limit: str | None = None) -> dict[str, str]:
    wanted = {EGRESS: spec.limit if limit is None else limit, INGRESS: spec.ingress_limit, PRIORITY: spec.priority}
    return {key: text for key, text in wanted.items() if text is not None}


def _edit_for_ever(world: World, endpoint: Endpoint, edits: Edits) -> None:
    turn = 0

    def edit() -> None:
        nonlocal turn
        if endpoint.key in world.endpoints:
            turn += 1
            world.annotate(*endpoint.key, edits.limits[turn % len(edits.limits)])
            world.agenda.after(edits.every, edit)

    world.agenda.after(edits.every / 2, edit)


def _pool_nodes(pool: NodePool) -> Iterable[NodeSpec]:
    for number in range(pool.count):
        third, fourth = divmod(number, 250)
        address = f"{pool.network}.{third}.{fourth + 4}"
        pods_third, pods_fourth = divmod(number, 256)
        yield NodeSpec(
            name=f"ip-{address.replace('.', '-')}.ec2.internal",
            ip=address,
            age=pool.age,
            cilium_internal_ip=f"10.{128 + pods_third}.{pods_fourth}.1",
            instance_type=pool.instance_type,
            zone=f"us-east-1{'abc'[number % 3]}",
            cilium=pool.cilium,
        )


def _pod_name(spec: WorkloadSpec, prefix: str, number: int, world: World) -> str:
    if spec.kind == "Pod":
        return prefix if number == 0 else f"{prefix}-{number}"
    if spec.kind == "StatefulSet":
        return f"{prefix}-{number}"
    return f"{prefix}-{''.join(world.random.choices(ALPHABET, k=5))}"


def _letters(text: str, count: int) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:count])

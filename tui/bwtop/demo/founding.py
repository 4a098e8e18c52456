"""Fills a new world with the nodes, workloads and pods of its specification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from bwtop.demo import cilium_manifests, manifests, pods
from bwtop.demo.addresses import free_address, pool_nodes
from bwtop.demo.agent import EGRESS, INGRESS, PRIORITY, MapRow, signed
from bwtop.demo.kinds import (
    CILIUM_ENDPOINTS,
    CILIUM_NODES,
    CONFIG_MAPS,
    DAEMON_SETS,
    DEPLOYMENTS,
    KINDS,
    NAMESPACES,
    NODES,
    PODS,
    REPLICA_SETS,
    STATEFUL_SETS,
    Kind,
)
from bwtop.demo.manifests import Body
from bwtop.demo.naming import letters, pod_name, security_labels
from bwtop.demo.node import Endpoint, Node
from bwtop.demo.spec import AgentFault, CiliumSpec, Edits, NodeSpec, PodSpec, TrafficSpec, WorkloadSpec
from bwtop.demo.times import seconds
from bwtop.demo.traffic import Counter, Demand
from bwtop.model.limits import Direction
from bwtop.model.quantity import bytes_per_second

if TYPE_CHECKING:
    from bwtop.demo.world import World


def found(world: World) -> None:
    """Loads nodes, owners, pods and endpoints into the store; the agents' maps are in step already."""
    _Founder(world).found()


class _Template(msgspec.Struct, kw_only=True):
    """What the pods of a workload have in common."""

    spec: WorkloadSpec
    namespace: str
    labels: Mapping[str, str]
    prefix: str
    """How their names begin."""
    body: Body
    """Their `spec`."""
    security: tuple[str, ...]
    identity: int
    owner: Body | None = None


class _Founder:
    def __init__(self, world: World) -> None:
        self._world = world
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
        for body in self._world.spec.objects:
            self._applied(body)
        self._world.store.begin()

    def _keep(self, kind: Kind, body: Body) -> None:
        self._world.store.load(kind, body)

    def _created(self, age: str) -> str:
        return self._world.timestamp(seconds(age))

    # -- nodes ---------------------------------------------------------------------------------------------------
    def _node_specs(self) -> Iterator[NodeSpec]:
        yield from self._world.spec.nodes
        for pool in self._world.spec.pools:
            yield from pool_nodes(pool)

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
        self._keep(CILIUM_NODES, cilium_manifests.cilium_node(node, uid=world.uid(), owner_uid=uid, created=created))

    # -- workloads -----------------------------------------------------------------------------------------------
    def _namespaces(self) -> None:
        named = {name for spec in self._world.spec.workloads for name in spec.namespaces or [spec.namespace]}
        for name in sorted({"default", "kube-system", "kube-public", "kube-node-lease"} | named):
            self._keep(NAMESPACES, manifests.namespace(name, uid=self._world.uid(), created=self._created("13d")))

    def _workload(self, spec: WorkloadSpec, namespace: str) -> None:
        labels = spec.labels or {"app": spec.name}
        count = len(self._world.nodes) if spec.kind == "DaemonSet" else max(spec.replicas, len(spec.pods))
        security = security_labels(labels, namespace)
        template = _Template(
            spec=spec,
            namespace=namespace,
            labels=labels,
            prefix=spec.name,
            body=manifests.pod_spec(spec),
            security=security,
            identity=0 if spec.host_network else self._world.identity(security, wanted=spec.identity),
        )
        if spec.kind != "Pod":
            self._controllers(template, count)
        for number in range(count):
            self._pod(template, spec.pods[number] if number < len(spec.pods) else PodSpec(), number)

    def _controllers(self, template: _Template, count: int) -> None:
        """Makes what owns the pods, and a Deployment's ReplicaSet between."""
        spec, labels = template.spec, template.labels
        if spec.kind in ("DaemonSet", "StatefulSet"):
            kind = DAEMON_SETS if spec.kind == "DaemonSet" else STATEFUL_SETS
            template.owner = self._controller(template, kind, spec.name, count)
            return
        deployment = self._controller(template, DEPLOYMENTS, spec.name, count)
        mark = letters(f"{template.namespace}/{spec.name}", 10)
        template.prefix = f"{spec.name}-{mark}"
        template.labels = {**labels, "pod-template-hash": mark}
        template.owner = self._controller(template, REPLICA_SETS, template.prefix, count, owner=deployment)

    def _controller(self, template: _Template, kind: Kind, name: str, count: int, *, owner: Body | None = None) -> Body:
        uid = self._world.uid()
        body = manifests.controller(
            kind=kind.kind,
            name=name,
            namespace=template.namespace,
            uid=uid,
            created=self._created(template.spec.age),
            replicas=count,
            labels=template.labels,
            template=manifests.template(template.spec, labels=template.labels, annotations=_annotations(template.spec)),
            owner=owner,
        )
        self._keep(kind, body)
        return manifests.owner_reference(kind.kind, name, uid)

    # -- pods ----------------------------------------------------------------------------------------------------
    def _pod(self, template: _Template, one: PodSpec, number: int) -> None:
        world, spec = self._world, template.spec
        name = one.name or pod_name(spec, template.prefix, number, random=world.random)
        body = pods.pod(
            name,
            namespace=template.namespace,
            uid=world.uid(),
            created=self._created(spec.age),
            spec=template.body,
            labels=template.labels,
            annotations=_annotations(spec, limit=one.limit),
            owner=template.owner,
        )
        world.workloads[template.namespace, name] = msgspec.structs.replace(spec, traffic=one.traffic or spec.traffic)
        if one.unschedulable:
            self._keep(PODS, pods.unschedulable(body, now=world.timestamp(), nodes=len(world.nodes)))
        else:
            self._running(template, one, body, self._node_for(spec, one, number))

    def _running(self, template: _Template, one: PodSpec, body: Body, node: Node) -> None:
        world, spec = self._world, template.spec
        pods.scheduled(body, node)
        ready = True
        if template.labels.get("k8s-app") == "cilium":
            ready = node.agent.fault is not AgentFault.DOWN
            body["spec"]["containers"] = [dict(container) for container in template.body["containers"]]
            pods.with_agent_image(body, node)
        ip = "" if spec.host_network else one.ip or free_address(world, node, self._addresses)
        started = self._created(spec.age)
        pods.running(body, node, ip=ip, ipv6=one.ipv6 or "", now=started, restarts=one.restarts, ready=ready)
        self._keep(PODS, body)
        if not spec.host_network:
            self._endpoint(template, one, node, body, ip)

    def _endpoint(self, template: _Template, one: PodSpec, node: Node, pod: Body, ip: str) -> None:
        world, spec, metadata = self._world, template.spec, pod["metadata"]
        wanted = demand(one.traffic or spec.traffic, world.random.random())
        endpoint = Endpoint(
            id=one.endpoint or node.free_id(),
            identity=template.identity,
            labels=template.security,
            namespace=template.namespace,
            pod=metadata["name"],
            ipv4=ip,
            ipv6=one.ipv6 or "",
            interface=one.interface or node.interface_name(),
            index=node.free_index(),
            policy=spec.policy,
            state=one.endpoint_state,
            counter=Counter(time=world.agenda.now, demand=wanted, age=seconds(spec.age)),
        )
        node.add(endpoint)
        world.endpoints[endpoint.key] = endpoint
        body = cilium_manifests.cilium_endpoint(
            endpoint,
            node=node,
            pod_uid=metadata["uid"],
            uid=world.uid(),
            created=metadata["creationTimestamp"],
            labels=template.labels,
        )
        self._keep(CILIUM_ENDPOINTS, body)
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

    def _config(self) -> None:
        cilium = next(iter(self._world.nodes.values())).cilium
        body = cilium_manifests.cilium_config(cilium, uid=self._world.uid(), created=self._created("13d"))
        self._keep(CONFIG_MAPS, body)

    def _applied(self, written: Body) -> None:
        """An object as somebody wrote it; raises StopIteration for a kind that is not served."""
        kind = next(
            kind for kind in KINDS if written["kind"] == kind.kind and written["apiVersion"] == kind.api_version
        )
        body = {key: value for key, value in written.items() if key not in ("kind", "apiVersion")}
        metadata = {**written["metadata"], "uid": self._world.uid(), "creationTimestamp": self._created("13d")}
        self._keep(kind, {**body, "metadata": {**metadata, "generation": 1}})


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

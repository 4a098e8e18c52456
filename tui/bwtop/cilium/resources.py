"""Pods, Nodes, CiliumEndpoints and CiliumNodes as flat values, small enough to keep 50k of each.

`pod`, `node`, `endpoint` and `cilium_node` flatten what the decoder read (`wire`); they never raise.
"""

from collections.abc import Mapping

import msgspec

from bwtop.cilium import wire
from bwtop.cilium.sharing import names, shared, word

POD_WIRE = wire.Pod
NODE_WIRE = wire.Node
ENDPOINT_WIRE = wire.CiliumEndpoint
CILIUM_NODE_WIRE = wire.CiliumNode

MAX_ENDPOINT_ID = 0xFFFF
"""Endpoint IDs are 16 bits wide in the datapath."""

_NO_METADATA, _NO_SPEC, _NO_POD_STATUS, _NO_NODE_STATUS = (
    wire.Metadata(),
    wire.PodSpec(),
    wire.PodStatus(),
    wire.NodeStatus(),
)
_NO_ENDPOINT_METADATA, _NO_ENDPOINT_STATUS = wire.EndpointMetadata(), wire.EndpointStatus()
_NO_IDENTITY, _NO_NETWORKING, _NO_POLICY = wire.Identity(), wire.Networking(), wire.Policy()
_NO_ENFORCEMENT = wire.Enforcement()

_ENFORCING: Mapping[bool | None, str | None] = {None: None, True: "enforcing", False: "disabled"}
"""What `enforcing` comes to in the words of `state`, which agents before 1.13 do not write."""


class Pod(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    namespace: str
    name: str
    uid: str
    resource_version: str
    node: str
    """Empty: not scheduled."""
    phase: str
    host_network: bool
    ip: str
    host_ip: str
    annotation: str | None
    """`kubernetes.io/egress-bandwidth` as it stands; None: absent."""
    labels: tuple[str, ...]
    """`key=value`, sorted."""
    owner: str
    """The controller, `ReplicaSet/checkout-7d9f`; empty: none."""
    created_at: str
    """RFC 3339."""
    deleting: bool
    ready: bool
    containers: tuple[str, ...]
    ingress_annotation: str | None = None
    """`kubernetes.io/ingress-bandwidth`."""

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"


class Node(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    name: str
    uid: str
    internal_ip: str | None
    addresses: tuple[str, ...]
    """Every IP, host names left out."""
    created_at: str
    kernel: str
    ready: bool
    labels: tuple[str, ...]
    provider: str = ""
    """`aws`, `kind`: scheme of the providerID; empty: none is set."""

    @property
    def key(self) -> str:
        return self.name


class CiliumEndpoint(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    namespace: str
    name: str
    owner_uid: str
    """The pod's uid; empty: not told."""
    endpoint_id: int | None
    """None while the endpoint is being made, or when it is no number that an endpoint can have."""
    identity_id: int | None
    identity_labels: tuple[str, ...]
    ipv4: str | None
    ipv6: str | None
    node_ip: str
    state: str | None
    ingress_enforcement: str | None
    egress_enforcement: str | None

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"


class CiliumNode(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    name: str
    internal_ip: str | None
    cilium_internal_ip: str | None
    addresses: tuple[str, ...]
    created_at: str

    @property
    def key(self) -> str:
        return self.name


def pod(obj: wire.Pod) -> Pod:
    meta, spec, status = obj.metadata or _NO_METADATA, obj.spec or _NO_SPEC, obj.status or _NO_POD_STATUS
    return Pod(
        namespace=word(meta.namespace),
        name=meta.name or "",
        uid=meta.uid or "",
        resource_version=meta.resource_version or "",
        node=word(spec.node_name),
        phase=word(status.phase),
        host_network=spec.host_network is True,
        ip=status.pod_ip or "",
        host_ip=word(status.host_ip),
        annotation=meta.annotations.egress_bandwidth if meta.annotations else None,
        labels=_labels(meta),
        owner=_controller(meta),
        created_at=word(meta.creation_timestamp),
        deleting=bool(meta.deletion_timestamp),
        ready=_ready(status.conditions),
        containers=shared(tuple([container.name for container in spec.containers or ()])),
        ingress_annotation=meta.annotations.ingress_bandwidth if meta.annotations else None,
    )


def node(obj: wire.Node) -> Node:
    meta, status = obj.metadata or _NO_METADATA, obj.status or _NO_NODE_STATUS
    addresses = [(a.type, a.address) for a in status.addresses or () if a.address]
    return Node(
        name=word(meta.name),
        uid=meta.uid or "",
        internal_ip=_address(addresses, "InternalIP"),
        addresses=tuple(ip for kind, ip in addresses if kind in ("InternalIP", "ExternalIP")),
        created_at=meta.creation_timestamp or "",
        kernel=word(status.node_info.kernel_version) if status.node_info else "",
        ready=_ready(status.conditions),
        labels=_labels(meta),
        provider=word((obj.spec.provider_id or "").partition(":")[0]) if obj.spec else "",
    )


def endpoint(obj: wire.CiliumEndpoint) -> CiliumEndpoint:
    """Runs 100,000 times in a list: plain loops, no object that is not kept, no call that can be spared."""
    meta, status = obj.metadata or _NO_ENDPOINT_METADATA, obj.status or _NO_ENDPOINT_STATUS
    identity, policy = status.identity or _NO_IDENTITY, status.policy or _NO_POLICY
    networking, number = status.networking or _NO_NETWORKING, status.id
    owner_uid, ipv4, ipv6 = "", None, None
    for owner in meta.owner_references or ():
        if owner.kind == "Pod":
            owner_uid = owner.uid or ""
    for pair in networking.addressing or ():
        if pair is not None:
            ipv4, ipv6 = ipv4 or pair.ipv4, ipv6 or pair.ipv6
    ingress, egress = policy.ingress or _NO_ENFORCEMENT, policy.egress or _NO_ENFORCEMENT
    return CiliumEndpoint(
        namespace=names[meta.namespace or ""],
        name=meta.name or "",
        owner_uid=owner_uid,
        endpoint_id=number if number is not None and 0 < number <= MAX_ENDPOINT_ID else None,
        identity_id=identity.id,
        identity_labels=shared(identity.labels or ()),
        ipv4=ipv4 or None,
        ipv6=ipv6 or None,
        node_ip=names[networking.node or ""],
        state=names[status.state] if status.state else None,
        ingress_enforcement=names[ingress.state] if ingress.state else _ENFORCING[ingress.enforcing],
        egress_enforcement=names[egress.state] if egress.state else _ENFORCING[egress.enforcing],
    )


def cilium_node(obj: wire.CiliumNode) -> CiliumNode:
    meta = obj.metadata or _NO_METADATA
    addresses = [(a.type, a.ip) for a in (obj.spec.addresses if obj.spec else None) or () if a.ip]
    return CiliumNode(
        name=word(meta.name),
        internal_ip=_address(addresses, "InternalIP"),
        cilium_internal_ip=_address(addresses, "CiliumInternalIP"),
        addresses=tuple(ip for _, ip in addresses),
        created_at=meta.creation_timestamp or "",
    )


def endpoint_id(number: int | None) -> int | None:
    """The number, where an endpoint can have it: 1 to 65535."""
    return number if number is not None and 0 < number <= MAX_ENDPOINT_ID else None


def _labels(meta: wire.Metadata) -> tuple[str, ...]:
    if not meta.labels:
        return ()
    labels = [f"{key}={value or ''}" for key, value in meta.labels.items()]
    labels.sort()
    return shared(tuple(labels))


def _controller(meta: wire.Metadata) -> str:
    for owner in meta.owner_references or ():
        if owner.controller and owner.name:
            return word(f"{owner.kind}/{owner.name}")
    return ""


def _ready(conditions: tuple[wire.Condition, ...] | None) -> bool:
    for condition in conditions or ():
        if condition.type == "Ready":
            return condition.status == "True"
    return False


def _address(addresses: list[tuple[str | None, str]], kind: str) -> str | None:
    return next((address for type_, address in addresses if type_ == kind), None)

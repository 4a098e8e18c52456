"""The few fields that bwtop reads of each Kubernetes object, as JSON has them.

Everything is optional and may be null: a half-made object is a value with gaps, not an error.
Unknown fields are skipped by the decoder without being built, and what a kind has no use for is unknown to it: a
CiliumEndpoint has metadata of its own, with its name and owner only.
"""

import msgspec

EGRESS_BANDWIDTH = "kubernetes.io/egress-bandwidth"
PRIORITY = "bandwidth.cilium.io/priority"
"""Of the pod's egress packets, from Cilium 1.17 on."""
INGRESS_BANDWIDTH = "kubernetes.io/ingress-bandwidth"


class Wire(msgspec.Struct, gc=False, rename="camel"):
    """Base of all: camelCase on the wire, invisible to the garbage collector."""


class Annotations(Wire):
    egress_bandwidth: str | None = msgspec.field(default=None, name=EGRESS_BANDWIDTH)
    ingress_bandwidth: str | None = msgspec.field(default=None, name=INGRESS_BANDWIDTH)


class OwnerReference(Wire):
    kind: str | None = None
    name: str | None = None
    uid: str | None = None
    controller: bool | None = None


class Metadata(Wire):
    name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: dict[str, str | None] | None = None
    annotations: Annotations | None = None
    owner_references: tuple[OwnerReference, ...] | None = None


class Address(Wire):
    type: str | None = None
    address: str | None = None
    """Of a Node."""
    ip: str | None = None
    """Of a CiliumNode."""


class Condition(Wire):
    type: str | None = None
    status: str | None = None


class Container(Wire):
    name: str | None = None


class PodSpec(Wire):
    node_name: str | None = None
    host_network: bool | None = None
    containers: tuple[Container, ...] | None = None


class PodStatus(Wire):
    phase: str | None = None
    pod_ip: str | None = msgspec.field(default=None, name="podIP")
    host_ip: str | None = msgspec.field(default=None, name="hostIP")
    conditions: tuple[Condition, ...] | None = None


class Pod(Wire):
    metadata: Metadata | None = None
    spec: PodSpec | None = None
    status: PodStatus | None = None


class NodeInfo(Wire):
    kernel_version: str | None = None


class NodeSpec(Wire):
    provider_id: str | None = msgspec.field(default=None, name="providerID")


class NodeStatus(Wire):
    addresses: tuple[Address, ...] | None = None
    conditions: tuple[Condition, ...] | None = None
    node_info: NodeInfo | None = None


class Node(Wire):
    metadata: Metadata | None = None
    spec: NodeSpec | None = None
    status: NodeStatus | None = None


class EndpointOwner(Wire):
    kind: str | None = None
    uid: str | None = None


class EndpointMetadata(Wire):
    name: str | None = None
    namespace: str | None = None
    owner_references: tuple[EndpointOwner, ...] | None = None


class Identity(Wire):
    id: int | None = None
    labels: tuple[str | None, ...] | None = None


class AddressPair(Wire):
    ipv4: str | None = None
    ipv6: str | None = None


class Networking(Wire):
    addressing: tuple[AddressPair | None, ...] | None = None
    node: str | None = None
    """An IP, although it is called node."""


class Enforcement(Wire):
    """`state` from 1.13 on; before, `enforcing` alone."""

    state: str | None = None
    enforcing: bool | None = None


class Policy(Wire):
    ingress: Enforcement | None = None
    egress: Enforcement | None = None


class EndpointStatus(Wire):
    id: int | None = None
    identity: Identity | None = None
    networking: Networking | None = None
    policy: Policy | None = None
    state: str | None = None


class CiliumEndpoint(Wire):
    metadata: EndpointMetadata | None = None
    status: EndpointStatus | None = None


class CiliumNodeSpec(Wire):
    addresses: tuple[Address, ...] | None = None


class CiliumNode(Wire):
    metadata: Metadata | None = None
    spec: CiliumNodeSpec | None = None

"""`endpoint list -o json`: the endpoints of one node as its agent knows them, the host's and health's included."""

from typing import Literal

import msgspec

from bwtop.cilium.output import decode
from bwtop.cilium.resources import endpoint_id
from bwtop.cilium.sharing import shared
from bwtop.cilium.wire import AddressPair, Identity

Kind = Literal["pod", "host", "health", "unknown"]


class AgentEndpoint(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    endpoint_id: int
    interface: str | None
    """Its host side, `lxc8f3a1c2d4e5f`."""
    namespace: str | None
    pod: str | None
    labels: tuple[str, ...]
    identity_id: int | None
    ipv4: str | None
    ipv6: str | None
    state: str | None
    kind: Kind


class _Identifiers(msgspec.Struct, gc=False, rename="kebab"):
    pod_name: str | None = None
    """`namespace/name`; `/` for the host endpoint of some versions."""
    k8s_namespace: str | None = None
    k8s_pod_name: str | None = None


class _Networking(msgspec.Struct, gc=False, rename="kebab"):
    addressing: list[AddressPair | None] | None = None
    interface_name: str | None = None


class _Status(msgspec.Struct, gc=False, rename="kebab"):
    external_identifiers: _Identifiers | None = None
    identity: Identity | None = None
    networking: _Networking | None = None
    state: str | None = None


class _Endpoint(msgspec.Struct, gc=False):
    id: int | None = None
    status: _Status | None = None


def read_endpoints(text: str) -> dict[int, AgentEndpoint]:
    """The endpoints by ID; raises OutputError. An endpoint that has no ID yet is left out."""
    listed = decode(text, list[_Endpoint], expected="the JSON of `endpoint list`")
    numbered = [(endpoint_id(endpoint.id), endpoint.status or _Status()) for endpoint in listed]
    return {number: _endpoint(number, status) for number, status in numbered if number is not None}


def _endpoint(number: int, status: _Status) -> AgentEndpoint:
    identity = status.identity or Identity()
    networking = status.networking or _Networking()
    namespace, pod = _names(status.external_identifiers or _Identifiers())
    labels = shared(tuple(label for label in identity.labels or () if label))
    pairs = [pair for pair in networking.addressing or () if pair]
    return AgentEndpoint(
        endpoint_id=number,
        interface=networking.interface_name or None,
        namespace=namespace,
        pod=pod,
        labels=labels,
        identity_id=identity.id,
        ipv4=next((pair.ipv4 for pair in pairs if pair.ipv4), None),
        ipv6=next((pair.ipv6 for pair in pairs if pair.ipv6), None),
        state=status.state or None,
        kind=_kind(labels, pod),
    )


def _names(identifiers: _Identifiers) -> tuple[str | None, str | None]:
    if identifiers.k8s_pod_name:
        return identifiers.k8s_namespace or None, identifiers.k8s_pod_name
    namespace, _, pod = (identifiers.pod_name or "").partition("/")
    return (namespace, pod) if namespace and pod else (None, None)


def _kind(labels: tuple[str, ...], pod: str | None) -> Kind:
    if "reserved:host" in labels:
        return "host"
    if "reserved:health" in labels:
        return "health"
    return "pod" if pod else "unknown"

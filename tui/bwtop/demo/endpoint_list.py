"""`cilium endpoint list` of an agent, as JSON and as text."""

import hashlib
from typing import Any

from bwtop.demo.node import HOST_IDENTITY, Endpoint, Node
from bwtop.demo.status import controller
from bwtop.demo.times import rfc3339_milliseconds
from bwtop.demo.world import World

Document = dict[str, Any]
_OPTIONS = {
    "ConntrackAccounting": "Enabled",
    "ConntrackLocal": "Disabled",
    "Debug": "Disabled",
    "DebugLB": "Disabled",
    "DebugPolicy": "Disabled",
    "DropNotification": "Enabled",
    "MonitorAggregationLevel": "Medium",
    "NAT46": "Disabled",
    "PolicyAuditMode": "Disabled",
    "PolicyVerdictNotification": "Enabled",
    "TraceNotification": "Enabled",
}
_HEAD = (
    (
        "ENDPOINT",
        "POLICY (ingress)",
        "POLICY (egress)",
        "IDENTITY",
        "LABELS (source:key[=value])",
        "IPv6",
        "IPv4",
        "STATUS",
    ),
    ("", "ENFORCEMENT", "ENFORCEMENT", "", "", "", "", ""),
)


def document(world: World, node: Node) -> list[Document]:
    """All endpoints of the node, its own included, by ID."""
    return [_endpoint(world, node, endpoint) for _, endpoint in sorted(node.endpoints.items())]


def text(node: Node) -> str:
    """One line a label; the cells of the last column are padded too."""
    lines = list(_HEAD)
    for _, endpoint in sorted(node.endpoints.items()):
        enforcement = "Enabled" if endpoint.policy else "Disabled"
        none = "No address" if endpoint.identity == HOST_IDENTITY else ""
        first, *more = endpoint.labels
        lines.append(
            (
                str(endpoint.id),
                enforcement,
                enforcement,
                str(endpoint.identity),
                first,
                endpoint.ipv6 or none,
                endpoint.ipv4 or none,
                endpoint.state,
            )
        )
        lines += [("", "", "", "", label, "", "", "") for label in more]
    widths = [max(len(cell) + 3 for cell in column) for column in zip(*lines, strict=True)]
    return "".join(
        "".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + "\n" for line in lines
    )


def _endpoint(world: World, node: Node, endpoint: Endpoint) -> Document:
    options = {"label-configuration": {}, "options": _OPTIONS}
    healthy = {"bpf": "OK", "connected": True, "overallHealth": "OK", "policy": "OK"}
    status: Document = {
        "external-identifiers": _external_identifiers(node, endpoint),
        "health": healthy,
        "identity": {
            "id": endpoint.identity,
            "labels": list(endpoint.labels),
            "labelsSHA256": _digest(*endpoint.labels),
        },
        "labels": {"realized": {}, "security-relevant": list(endpoint.labels)},
        "log": [
            {
                "code": "OK",
                "message": "Successfully regenerated endpoint program (Reason: )",
                "state": endpoint.state,
                "timestamp": rfc3339_milliseconds(world.unix - 3_000),
            }
        ],
        "networking": _networking(node, endpoint),
        "policy": {"proxy-statistics": [], "realized": _policy(endpoint), "spec": _policy(endpoint)},
        "realized": options,
        "state": endpoint.state,
    }
    if endpoint.pod:
        status = {
            "controllers": [
                controller(world, f"resolve-identity-{endpoint.id}", "5m0s"),
                controller(world, f"sync-to-k8s-ciliumendpoint ({endpoint.id})", "10s"),
            ],
            **status,
        }
    return {"id": endpoint.id, "spec": options, "status": status}


def _external_identifiers(node: Node, endpoint: Endpoint) -> Document:
    if not endpoint.pod:
        return {}
    name = "/".join(endpoint.key)
    found = {
        "container-id": _digest(name),
        "k8s-namespace": endpoint.namespace,
        "k8s-pod-name": endpoint.pod,
        "pod-name": name,
    }
    if node.agent.era.version >= (1, 15):
        return {"cni-attachment-id": f"{_digest(name)}:eth0", **found}
    return found


def _networking(node: Node, endpoint: Endpoint) -> Document:
    addresses = {"ipv4": endpoint.ipv4, "ipv6": endpoint.ipv6}
    found: Document = {"addressing": [{key: address for key, address in addresses.items() if address}]}
    if not endpoint.interface:
        return {**found, "host-mac": "", "interface-name": "cilium_host", "mac": "02:00:00:00:00:01"}
    inside = {"container-interface-name": "eth0"} if endpoint.pod and node.agent.era.version >= (1, 15) else {}
    return {
        **found,
        **inside,
        "host-mac": _mac(endpoint, "host"),
        "interface-index": endpoint.index,
        "interface-name": endpoint.interface,
        "mac": _mac(endpoint, "pod"),
    }


def _policy(endpoint: Endpoint) -> Document:
    nothing: Document = {"egress": [], "ingress": []}
    return {
        "allowed-egress-identities": [0, 1, 2, 3, 4],
        "allowed-ingress-identities": [0, 1],
        "build": 7,
        "cidr-policy": nothing,
        "denied-egress-identities": [],
        "denied-ingress-identities": [],
        "id": endpoint.identity,
        "l4": nothing,
        "policy-enabled": "both" if endpoint.policy else "none",
        "policy-revision": 7,
    }


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _mac(endpoint: Endpoint, side: str) -> str:
    digest = _digest(endpoint.interface, side)
    return ":".join(["5a" if side == "host" else "6e", *(digest[place : place + 2] for place in range(0, 10, 2))])

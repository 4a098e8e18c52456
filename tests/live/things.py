"""Pods, endpoints and nodes built by hand, and what agents print of them."""

import json
from collections.abc import Mapping
from typing import Any

from bwtop.cilium.resources import CiliumEndpoint, CiliumNode, Node, Pod
from bwtop.live.store import Changes, Store
from bwtop.model.frames import Frame, Section

MEGA = 1_000_000

OLD = "2026-01-05T10:00:00Z"
UNIX = 1_768_730_400.0
"""2026-01-18T10:00:00Z, when the tests take place."""
NODE_IP = {"n1": "10.0.0.1", "n2": "10.0.0.2"}
PERIOD = 2.0


class Time:
    """Moves only when it is told; monotonic and time of day together."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def unix(self) -> float:
        return UNIX + self.now - 1_000.0


def store_at(time: Time) -> Store:
    return Store(clock=time, unix=time.unix)


def pod(name: str, *, node: str = "n1", annotation: str | None = None, **fields: Any) -> Pod:
    namespace = fields.pop("namespace", "default")
    return Pod(
        **{
            "namespace": namespace, "name": name, "uid": f"uid-{name}", "resource_version": "1", "node": node,
            "phase": "Running", "host_network": False, "ip": "", "host_ip": "", "annotation": annotation,
            "labels": (f"app={name}",), "owner": "", "created_at": OLD, "deleting": False, "ready": True,
            "containers": ("main",), **fields,
        }
    )  # fmt: skip


def agent(node: str, *, name: str = "", **fields: Any) -> Pod:
    return pod(name or f"cilium-{node}", node=node, namespace="kube-system", host_network=True, **fields)


def endpoint(name: str, endpoint_id: int | None, *, node: str = "n1", **fields: Any) -> CiliumEndpoint:
    namespace = fields.pop("namespace", "default")
    return CiliumEndpoint(
        **{
            "namespace": namespace, "name": name, "owner_uid": f"uid-{name}",
            "endpoint_id": endpoint_id, "identity_id": 4000, "identity_labels": (f"k8s:app={name}",), "ipv4": None,
            "ipv6": None, "node_ip": NODE_IP.get(node, node), "state": "ready", "ingress_enforcement": None,
            "egress_enforcement": None, **fields,
        }
    )  # fmt: skip


def node(name: str, *addresses: str) -> Node:
    found = addresses or (NODE_IP[name],)
    return Node(
        name=name, uid=name, internal_ip=found[0], addresses=found, created_at=OLD, kernel="6.1", ready=True, labels=()
    )


def cilium_node(name: str, *addresses: str) -> CiliumNode:
    found = addresses or (NODE_IP[name],)
    return CiliumNode(name=name, internal_ip=found[0], cilium_internal_ip="10.9.9.9", addresses=found, created_at=OLD)


def sample(limits: Mapping[int, int], *, uptime: float = 0.0, received: Mapping[str, int] | None = None) -> Frame:
    """`limits` in bits/s by endpoint ID, `received` in bytes by interface."""
    net = "".join(
        f"  {name}: {count} 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n" for name, count in {"lo": 0, **(received or {})}.items()
    )
    return {
        "map": Section(json.dumps({str(number): [str(bits // 8)] for number, bits in limits.items()}), 0),
        "counters": Section(f"{uptime:.2f} 1.00\nInter-|   Receive\n face |bytes packets\n{net}", 0),
    }


def listed(endpoint_id: int, *, labels: tuple[str, ...] = (), pod: str = "", ipv4: str = "") -> dict[str, Any]:
    """One element of `cilium endpoint list -o json`."""
    names = {"k8s-namespace": "default", "k8s-pod-name": pod} if pod else {}
    return {
        "id": endpoint_id,
        "status": {
            "external-identifiers": names,
            "identity": {"id": 4000, "labels": list(labels)},
            "networking": {"interface-name": f"lxc{endpoint_id}", "addressing": [{"ipv4": ipv4}] if ipv4 else []},
        },
    }


def inspection(*endpoints: dict[str, Any]) -> Frame:
    return {
        "status": Section("{}", 0),
        "endpoints": Section(json.dumps(endpoints), 0),
        "programs": Section("bpftool: not found", 127),
    }


def take(store: Store, node: str, frame: Frame) -> None:
    """A sample as the sampler hands it over."""
    store.reading(node, period=PERIOD)
    store.sampled(node, frame)


def keys(changes: Changes) -> dict[str, set[str]]:
    """Of the rows that were touched, by view."""
    found = {name: getattr(changes, name) for name in ("pods", "nodes", "endpoints", "limits")}
    return {name: touched for name, touched in found.items() if touched}

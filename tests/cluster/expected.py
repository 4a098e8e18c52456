"""What `bwtop get -o json` must say of the planned cluster (the contract bwtop/v1), without times and reasons."""

from collections.abc import Iterator
from typing import Any

from cluster.plan import PlannedNode, PlannedPod, Row

Item = dict[str, Any]


def pod_items(nodes: list[PlannedNode]) -> dict[str, Item]:
    """By namespace/pod."""
    return {f"{pod.namespace}/{pod.name}": _pod(node, pod) for node in nodes for pod in node.pods}


def _pod(node: PlannedNode, pod: PlannedPod) -> Item:
    """Without an agent nothing is known of the map."""
    asked = None if pod.annotation is None else {"annotation": pod.annotation, "bitsPerSecond": pod.asked}
    row = pod.programmed if node.agent else None
    return {
        "namespace": pod.namespace,
        "pod": pod.name,
        "node": pod.node,
        "endpointId": pod.endpoint_id,
        "identityId": pod.identity_id if pod.endpoint_id else None,
        "ipv4": pod.ipv4,
        "ipv6": None,
        "asked": asked,
        "programmed": None if row is None else {"bitsPerSecond": row.bits_per_second, "priority": row.priority},
        "state": pod.state,
    }


def endpoint_items(nodes: list[PlannedNode]) -> dict[str, Item]:
    """By namespace/name."""
    return {
        f"{pod.namespace}/{pod.name}": {
            "namespace": pod.namespace,
            "name": pod.name,
            "endpointId": pod.endpoint_id,
            "identityId": pod.identity_id,
            "labels": pod.identity_labels,
            "ingressEnforcement": "enforcing",
            "egressEnforcement": "<status disabled>",
            "state": "ready",
            "ipv4": pod.ipv4,
            "ipv6": None,
            "node": pod.node,
        }
        for node in nodes
        for pod in node.pods
        if pod.endpoint_id
    }


def limit_items(nodes: list[PlannedNode]) -> dict[str, Item]:
    """By node/endpoint ID/direction."""
    return {f"{node.name}/{row.endpoint_id}/{row.direction}": item for node in nodes for row, item in _limits(node)}


def _limits(node: PlannedNode) -> Iterator[tuple[Row, Item]]:
    pods = {pod.endpoint_id: pod for pod in node.pods if pod.endpoint_id}
    for row in node.rows:
        pod = pods.get(row.endpoint_id)
        identities = {"host": 1, "health": 4}
        reserved = node.reserved.get(row.endpoint_id, "unknown")
        yield (
            row,
            {
                "node": node.name,
                "endpointId": row.endpoint_id,
                "direction": row.direction,
                "bitsPerSecond": row.bits_per_second,
                "priority": row.priority,
                "dscp": None,
                "kind": "pod" if pod else reserved,
                "namespace": pod.namespace if pod else None,
                "pod": pod.name if pod else None,
                "identityId": pod.identity_id if pod else identities.get(reserved),
            },
        )


def node_items(nodes: list[PlannedNode]) -> dict[str, Item]:
    """By node."""
    return {node.name: _node(node) for node in nodes}


def _node(node: PlannedNode) -> Item:
    recorded = node.recorded_status() if node.agent else {}
    limits = [row.bits_per_second for row in node.rows if row.direction == "egress" and row.bits_per_second]
    manager = bool(recorded) and recorded["enabled"]
    return {
        "node": node.name,
        "ciliumInternalIp": node.cilium_internal_ip,
        "internalIp": node.internal_ip,
        "agent": {"pod": node.agent_pod, "version": node.version, "ready": True} if node.agent else None,
        "bandwidthManager": {
            "enabled": recorded.get("enabled"),
            "congestionControl": recorded.get("congestion_control"),
            "devices": recorded.get("devices", []),
        },
        "egressProgram": node.egress_program if manager else "unknown",
        "cniChaining": recorded.get("cni_chaining"),
        "routing": recorded.get("routing"),
        "hostRouting": recorded.get("host_routing"),
        "encryption": recorded.get("encryption"),
        "kernel": "6.1.141",
        "endpoints": sum(1 for pod in node.pods if pod.endpoint_id),
        "limitedPods": len(limits) if node.agent else None,
        "limitBitsPerSecond": sum(limits) if node.agent else None,
    }

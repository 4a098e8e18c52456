"""The stable JSON of bwtop/v1: rows as plain dictionaries. Rates and limits in bits/s, unknown is None."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from bwtop.model.checks import Check
from bwtop.model.explanation import Explanation
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow

API_VERSION = "bwtop/v1"
Item = dict[str, Any]
PARTS = {
    "asked": ("annotation", "bitsPerSecond"),
    "programmed": ("bitsPerSecond", "priority"),
    "rate": ("egressBitsPerSecond", "sampledAt"),
    "agent": ("pod", "version", "ready"),
}
"""What the nested objects that may be null consist of: their columns where an item is a line."""


class Kind(Enum):
    PODS = "PodBandwidthList"
    NODES = "NodeBandwidthList"
    ENDPOINTS = "EndpointList"
    LIMITS = "LimitList"
    EDITS = "LimitEditList"
    HISTORY = "EditHistoryList"
    NETPERF = "NetperfResult"
    NETPERF_HISTORY = "NetperfResultList"
    DOCTOR = "DoctorReport"
    EXPLANATION = "LimitExplanation"


def document(kind: Kind, items: Iterable[Item]) -> Item:
    return {"apiVersion": API_VERSION, "kind": kind.value, "items": list(items)}


def pod_item(row: PodRow) -> Item:
    asked, programmed = row.asked, row.programmed
    return {
        "namespace": row.namespace,
        "pod": row.pod,
        "node": row.node or None,
        "endpointId": row.endpoint_id,
        "identityId": row.identity_id,
        "ipv4": row.ipv4,
        "ipv6": row.ipv6,
        "asked": asked and {"annotation": asked.annotation, "bitsPerSecond": asked.bits_per_second},
        "programmed": programmed and {"bitsPerSecond": programmed.bits_per_second, "priority": programmed.priority},
        "rate": None if row.rate is None else {"egressBitsPerSecond": row.rate, "sampledAt": rfc3339(row.sampled_at)},
        "share": None if row.share is None else round(row.share, 3),
        "state": row.state.value,
        "reason": row.reason,
    }


def node_item(row: NodeRow) -> Item:
    return {
        "node": row.node,
        "ciliumInternalIp": row.cilium_internal_ip,
        "internalIp": row.internal_ip,
        "createdAt": row.created_at,
        "agent": None
        if row.agent_pod is None
        else {"pod": row.agent_pod, "version": row.agent_version, "ready": row.agent_ready},
        "bandwidthManager": {
            "enabled": row.manager_enabled,
            "congestionControl": row.congestion_control,
            "devices": list(row.devices),
        },
        "egressProgram": row.egress_program.value,
        "cniChaining": row.cni_chaining,
        "routing": row.routing,
        "hostRouting": row.host_routing,
        "encryption": row.encryption,
        "kernel": row.kernel,
        "endpoints": row.endpoints,
        "limitedPods": row.limited_pods,
        "limitBitsPerSecond": row.limit,
        "egressBitsPerSecond": row.rate,
        "reason": row.reason,
    }


def endpoint_item(row: EndpointRow) -> Item:
    return {
        "namespace": row.namespace,
        "name": row.name,
        "endpointId": row.endpoint_id,
        "identityId": row.identity_id,
        "labels": list(row.labels),
        "ingressEnforcement": row.ingress_enforcement,
        "egressEnforcement": row.egress_enforcement,
        "state": row.state,
        "ipv4": row.ipv4,
        "ipv6": row.ipv6,
        "node": row.node,
    }


def limit_item(row: LimitRow) -> Item:
    return {
        "node": row.node,
        "endpointId": row.endpoint_id,
        "direction": row.direction.value,
        "bitsPerSecond": row.programmed.bits_per_second,
        "priority": row.programmed.priority,
        "dscp": row.programmed.dscp,
        "kind": row.kind,
        "namespace": row.namespace,
        "pod": row.pod,
        "identityId": row.identity_id,
    }


def check_item(check: Check) -> Item:
    return {
        "name": check.name,
        "verdict": check.finding.value,
        "evidence": check.evidence,
        "objects": list(check.objects),
        "advice": list(check.advice),
        "source": check.source.rule if check.source else None,
        "link": check.source.link if check.source else None,
    }


def explanation_document(found: Explanation) -> Item:
    """The pod as in PodBandwidthList, what the checks come to, and the checks."""
    return {
        "apiVersion": API_VERSION,
        "kind": Kind.EXPLANATION.value,
        "pod": pod_item(found.pod),
        "peer": found.peer and pod_item(found.peer),
        "verdict": found.finding.value,
        "conclusion": found.conclusion,
        "items": [check_item(check) for check in found.checks],
    }


def rfc3339(unix: float | None) -> str | None:
    """`2026-01-18T10:00:00Z`."""
    return None if unix is None else datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""The columns that `kubectl get` shows of each kind, as the API server's Table has them."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bwtop.demo.eras import Era
from bwtop.demo.kinds import Kind
from bwtop.demo.times import short_age, unix

Body = Mapping[str, Any]
Cell = Callable[[Body, float], Any]
"""From an object and the Unix time now."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    cell: Cell
    type: str = "string"
    format: str = ""
    priority: int = 0
    """1: only with `-o wide`."""
    description: str = ""

    def definition(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": self.priority,
        }


def columns(kind: Kind, *, era: Era) -> tuple[Column, ...]:
    """CiliumEndpoints have other columns by Cilium version."""
    if kind.plural == "ciliumendpoints":
        return _ENDPOINTS[era.cep_columns]
    return _COLUMNS.get(kind.plural, (_NAME, _AGE))


def _path(*steps: str | int) -> Cell:
    """The value at a path; None, which kubectl shows as nothing, where something is missing."""

    def read(body: Body, _: float) -> Any:  # noqa: ANN401
        found: Any = body
        for step in steps:
            if isinstance(step, int):
                found = found[step] if isinstance(found, list) and len(found) > step else None
            else:
                found = found.get(step) if isinstance(found, Mapping) else None
        return found

    return read


def _or_none(*steps: str | int) -> Cell:
    read = _path(*steps)
    return lambda body, now: read(body, now) or "<none>"


def _age(body: Body, now: float) -> str:
    return short_age(now - unix(body["metadata"]["creationTimestamp"]))


def _statuses(body: Body) -> list[Body]:
    found: list[Body] = body["status"].get("containerStatuses", [])
    return found


def _pod_ready(body: Body, _: float) -> str:
    return f"{sum(status['ready'] for status in _statuses(body))}/{len(body['spec']['containers'])}"


def _pod_status(body: Body, _: float) -> str:
    if "deletionTimestamp" in body["metadata"]:
        return "Terminating"
    for status in _statuses(body):
        waiting = status["state"].get("waiting")
        if waiting:
            return str(waiting["reason"])
    if body["status"].get("phase") == "Pending" and body["spec"].get("nodeName"):
        return "ContainerCreating"
    return str(body["status"].get("reason") or body["status"].get("phase", "Unknown"))


def _restarts(body: Body, _: float) -> str:
    return str(sum(status["restartCount"] for status in _statuses(body)))


def _node_status(body: Body, _: float) -> str:
    ready = any(entry["type"] == "Ready" and entry["status"] == "True" for entry in body["status"]["conditions"])
    return ("Ready" if ready else "NotReady") + (",SchedulingDisabled" if body["spec"].get("unschedulable") else "")


def _address(kind: str, *, key: str = "address", at: str = "status", missing: str | None = "<none>") -> Cell:
    def read(body: Body, _: float) -> str | None:
        entries = body[at].get("addresses", [])
        return next((str(entry[key]) for entry in entries if entry["type"] == kind), missing)

    return read


def _replicas(body: Body, _: float) -> str:
    return f"{body['status'].get('readyReplicas', 0)}/{body['spec'].get('replicas', 0)}"


_NAME = Column(name="Name", cell=_path("metadata", "name"), format="name", description="Unique within a namespace.")
_AGE = Column(name="Age", cell=_age, description="Since the object was created.")
_CRD_AGE = Column(name="Age", cell=_age, type="date")
_INFO = ("status", "nodeInfo")


def _number(name: str, *steps: str | int) -> Column:
    return Column(name=name, cell=_path(*steps), type="integer")


def _text(name: str, *steps: str | int, priority: int = 0) -> Column:
    return Column(name=name, cell=_path(*steps), priority=priority)


def _wide(name: str, *steps: str | int) -> Column:
    return Column(name=name, cell=_or_none(*steps), priority=1)


_INGRESS = ("status", "policy", "ingress", "state")
_EGRESS = ("status", "policy", "egress", "state")
_ENDPOINT_TAIL = (
    _text("Endpoint State", "status", "state"),
    _text("IPv4", "status", "networking", "addressing", 0, "ipv4"),
    _text("IPv6", "status", "networking", "addressing", 0, "ipv6"),
)
_IDENTITY = _number("Security Identity", "status", "identity", "id")
_ENFORCEMENT = (_text("Ingress Enforcement", *_INGRESS, priority=1), _text("Egress Enforcement", *_EGRESS, priority=1))
_VISIBILITY = ("status", "visibility-policy-status")
_ENDPOINTS = {
    "full": (
        _NAME,
        _number("Endpoint ID", "status", "id"),
        _number("Identity ID", "status", "identity", "id"),
        _text("Ingress Enforcement", *_INGRESS),
        _text("Egress Enforcement", *_EGRESS),
        _text("Visibility Policy", *_VISIBILITY),
        *_ENDPOINT_TAIL,
    ),
    "visibility": (
        _NAME,
        _IDENTITY,
        *_ENFORCEMENT,
        _text("Visibility Policy", *_VISIBILITY, priority=1),
        *_ENDPOINT_TAIL,
    ),
    "short": (_NAME, _IDENTITY, *_ENFORCEMENT, *_ENDPOINT_TAIL),
}
_STATUS_COUNTS = (
    ("Desired", "desiredNumberScheduled"),
    ("Current", "currentNumberScheduled"),
    ("Ready", "numberReady"),
    ("Up-to-date", "updatedNumberScheduled"),
    ("Available", "numberAvailable"),
)
_COLUMNS: dict[str, tuple[Column, ...]] = {
    "namespaces": (_NAME, _text("Status", "status", "phase"), _AGE),
    "nodes": (
        _NAME,
        Column(name="Status", cell=_node_status),
        Column(name="Roles", cell=lambda *_: "<none>"),
        _AGE,
        _text("Version", *_INFO, "kubeletVersion"),
        Column(name="Internal-IP", cell=_address("InternalIP"), priority=1),
        Column(name="External-IP", cell=_address("ExternalIP"), priority=1),
        _wide("OS-Image", *_INFO, "osImage"),
        _wide("Kernel-Version", *_INFO, "kernelVersion"),
        _wide("Container-Runtime", *_INFO, "containerRuntimeVersion"),
    ),
    "pods": (
        _NAME,
        Column(name="Ready", cell=_pod_ready),
        Column(name="Status", cell=_pod_status),
        Column(name="Restarts", cell=_restarts),
        _AGE,
        _wide("IP", "status", "podIP"),
        _wide("Node", "spec", "nodeName"),
        _wide("Nominated Node", "status", "nominatedNodeName"),
        Column(name="Readiness Gates", cell=lambda *_: "<none>", priority=1),
    ),
    "configmaps": (_NAME, Column(name="Data", cell=lambda body, _: len(body.get("data", {})), type="integer"), _AGE),
    "deployments": (
        _NAME,
        Column(name="Ready", cell=_replicas),
        _number("Up-to-date", "status", "updatedReplicas"),
        _number("Available", "status", "availableReplicas"),
        _AGE,
    ),
    "statefulsets": (_NAME, Column(name="Ready", cell=_replicas), _AGE),
    "replicasets": (
        _NAME,
        _number("Desired", "spec", "replicas"),
        _number("Current", "status", "replicas"),
        _number("Ready", "status", "readyReplicas"),
        _AGE,
    ),
    "daemonsets": (
        _NAME,
        *(_number(name, "status", key) for name, key in _STATUS_COUNTS),
        Column(name="Node Selector", cell=lambda *_: "<none>"),
        _AGE,
    ),
    "ciliumnodes": (
        _NAME,
        Column(name="CiliumInternalIP", cell=_address("CiliumInternalIP", key="ip", at="spec", missing=None)),
        Column(name="InternalIP", cell=_address("InternalIP", key="ip", at="spec", missing=None)),
        _CRD_AGE,
    ),
    "ciliumidentities": (
        _NAME,
        _text("Namespace", "metadata", "labels", "io.kubernetes.pod.namespace"),
        _CRD_AGE,
    ),
}

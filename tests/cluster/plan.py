"""A cluster in the middle of an upgrade: one node per version and recorded bandwidth map, and what must be said of it.

The pods are laid around the rows of the recorded maps, whose meaning stands in SCENARIO.expected.json. What is expected
follows from what is put in here and from those files alone, never from bwtop.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cluster.rig import RECORDINGS

SCENARIOS = ("article", "many", "qos")
RESERVED = {"qos": {88: "health", 3571: "host"}}
"""Rows of a recorded map that are not a pod's."""
STATUS = "status-eks-chaining-cubic"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a recorded bandwidth map; bits/s."""

    endpoint_id: int
    direction: str
    bits_per_second: int
    priority: int | None


@dataclass(frozen=True, kw_only=True)
class PlannedPod:
    """A pod, and the state that it must be shown in."""

    namespace: str
    name: str
    node: str
    state: str
    ipv4: str
    identity_id: int
    endpoint_id: int | None = None
    annotation: str | None = None
    asked: int | None = None
    """What Cilium makes of the annotation, bits/s."""
    programmed: Row | None = None
    rate: int = 0
    """Egress, bits/s."""

    @property
    def host_network(self) -> bool:
        return self.state == "HostNetwork"

    @property
    def identity_labels(self) -> list[str]:
        return [f"k8s:app={self.name}", f"k8s:io.kubernetes.pod.namespace={self.namespace}"]


@dataclass(frozen=True, kw_only=True)
class PlannedNode:
    """A node, its agent's version and the recordings that the agent answers with."""

    name: str
    number: int
    version: str
    map: str = ""
    """Name of the recorded bandwidth map."""
    rows: tuple[Row, ...] = ()
    status: str = STATUS
    egress_program: str = "attached"
    agent: bool = True
    reserved: dict[int, str] = field(default_factory=dict)
    pods: tuple[PlannedPod, ...] = ()

    @property
    def agent_pod(self) -> str:
        return f"cilium-{self.name}"

    @property
    def internal_ip(self) -> str:
        return f"10.9.0.{self.number}"

    @property
    def cilium_internal_ip(self) -> str:
        return f"10.200.{self.number}.1"

    @property
    def commands(self) -> tuple[str, ...]:
        """cilium-dbg exists from 1.15 on."""
        old = tuple(map(int, self.version.split(".")[:2])) < (1, 15)
        return ("cilium", "bpftool", "cat") if old else ("cilium", "cilium-dbg", "bpftool", "cat")

    def recorded_status(self) -> dict[str, Any]:
        return dict(_read(f"{self.version}/{self.status}.expected.json"))


def nodes() -> list[PlannedNode]:
    """The whole plan."""
    return [_peopled(node) for node in _nodes()]


def versions() -> list[str]:
    """All recorded versions, oldest first."""
    names = [path.parent.name for path in RECORDINGS.glob("*/bandwidth-article-json.stdout")]
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def _nodes() -> Iterator[PlannedNode]:
    number = 0
    for version in versions():
        for scenario in SCENARIOS:
            if (RECORDINGS / version / f"bandwidth-{scenario}-json.stdout").exists():
                number += 1
                yield _node(scenario, number, version, scenario)
    yield _node("debug", 101, "1.18.4", "article", map="bandwidth-article-debug-json")
    yield _node("unenforced", 102, "1.18.4", "article", egress_program="missing")
    yield _node("off", 103, "1.18.4", "", map="bandwidth-nomap-json", status="status-disabled")
    yield _node("agentless", 104, "1.19.7", "", agent=False)


def _node(name: str, number: int, version: str, scenario: str, **special: Any) -> PlannedNode:
    rows = _rows(version, scenario) if scenario else ()
    choices = {"map": f"bandwidth-{scenario}-json", "reserved": RESERVED.get(scenario, {})} | special
    return PlannedNode(name=f"{name}-{version.replace('.', '-')}", number=number, version=version, rows=rows, **choices)


def _rows(version: str, scenario: str) -> tuple[Row, ...]:
    return tuple(
        Row(
            endpoint_id=row["endpoint_id"],
            direction=row["direction"],
            bits_per_second=row["bits_per_second"],
            priority=row["priority"],
        )
        for row in _read(f"{version}/bandwidth-{scenario}.expected.json")
    )


def _read(path: str) -> Any:
    return json.loads((RECORDINGS / path).read_text())


def _peopled(node: PlannedNode) -> PlannedNode:
    pods = [
        PlannedPod(
            **({"endpoint_id": None} | facts),
            namespace=node.name,
            node=node.name,
            ipv4=node.internal_ip if facts["state"] == "HostNetwork" else f"10.{100 + place}.0.{node.number}",
            identity_id=20_000 + 100 * node.number + place,
        )
        for place, facts in enumerate([*_row_pods(node), *_other_pods(node)])
    ]
    return PlannedNode(**(vars(node) | {"pods": tuple(pods)}))


def _row_pods(node: PlannedNode) -> Iterator[dict[str, Any]]:
    """Pods behind rows of the map; every fifth limit has none."""
    egress = [row for row in node.rows if row.direction == "egress" and row.endpoint_id not in node.reserved]
    limited = 0
    for place, row in enumerate(egress):
        if row.bits_per_second:
            facts = _limited(row, limited % 5)
            limited += 1
        elif place % 2:
            facts = {"name": "ignored", "annotation": "10M", "asked": 10_000_000, "state": "NotProgrammed"}
        else:
            facts = {"name": "unlimited", "state": "Unlimited"}
        if facts:
            if node.egress_program == "missing" and facts["state"] == "InSync":
                facts["state"] = "NotEnforced"
            facts["name"] = f"{facts['name']}-{row.endpoint_id}"
            yield facts | {"endpoint_id": row.endpoint_id, "programmed": row}


def _limited(row: Row, case: int) -> dict[str, Any]:
    bits = row.bits_per_second
    match case:
        case 0 | 3:
            return {"name": "same", "annotation": f"{bits + 4}", "asked": bits, "state": "InSync", "rate": bits // 2}
        case 1:
            return {"name": "double", "annotation": f"{2 * bits}", "asked": 2 * bits, "state": "Mismatch"}
        case 2:
            return {"name": "forgotten", "state": "Orphan"}
    return {}


def _other_pods(node: PlannedNode) -> Iterator[dict[str, Any]]:
    """Pods that the map has no row for."""
    judged = [
        {"name": "unheard", "endpoint_id": 60_001, "annotation": "7M", "asked": 7_000_000, "state": "NotProgrammed"},
        {"name": "free", "endpoint_id": 60_002, "state": "Unlimited", "rate": 3_000_000},
        {"name": "milli", "endpoint_id": 60_003, "annotation": "10m", "asked": 0, "state": "Invalid"},
        {"name": "typo", "endpoint_id": 60_004, "annotation": "10MB", "state": "Invalid"},
    ]
    for facts in judged:
        yield facts if node.agent else facts | {"state": "Unknown", "rate": 0}
    yield {"name": "host", "state": "HostNetwork"}

"""A pod whose limit is in force, and its node; fields make it another."""

from typing import Any

from bwtop.model.limits import EgressProgram, Programmed
from bwtop.model.node_facts import NodeFacts, Wanted
from bwtop.model.pod_facts import PodFacts
from bwtop.model.quantity import asked_of
from bwtop.model.rows import PodRow
from bwtop.model.states import State


def node_facts(**fields: Any) -> NodeFacts:
    known: dict[str, Any] = {
        "node": "n1", "agent": "cilium-abc", "kernel": "6.1.0", "provider": "aws",
        "wanted": Wanted(manager=True, sources=("ConfigMap cilium-config",)), "state": "Ok", "version": "1.18.4",
        "manager": True, "congestion_control": "cubic", "devices": ("eth0",), "cni_chaining": "none",
        "routing": "native", "host_routing": "BPF", "encryption": "Disabled", "kube_proxy_replacement": "True",
        "host_firewall": "Disabled", "egress_program": EgressProgram.ATTACHED,
    }  # fmt: skip
    return NodeFacts(**{**known, **fields})


def pod_row(
    name: str = "web", *, limit: str | None = "10M", programmed: int | None = 10_000_000, **fields: Any
) -> PodRow:
    known: dict[str, Any] = {
        "namespace": "shop", "pod": name, "node": "n1", "owner": "", "labels": (), "endpoint_id": 124,
        "identity_id": 11371, "ipv4": "10.0.0.9", "ipv6": None, "asked": asked_of(limit),
        "programmed": None if programmed is None else Programmed(programmed), "rate": 2_000_000, "sampled_at": 0.0,
        "state": State.IN_SYNC, "reason": "asked equals programmed", "pressure": None, "pressure_since": None,
    }  # fmt: skip
    return PodRow(**{**known, **fields})


def pod_facts(row: PodRow | None = None, **fields: Any) -> PodFacts:
    known: dict[str, Any] = {"row": row or pod_row(), "node": node_facts(), "endpoint_state": "ready", "policies": ()}
    return PodFacts(**{**known, **fields})

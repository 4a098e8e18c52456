"""How far the pods of a Deployment, StatefulSet or DaemonSet are what its template says."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bwtop.model.printable import printable

Part = Mapping[str, Any]
"""Of an object, as JSON has it."""


class RolloutProgress(msgspec.Struct, frozen=True, kw_only=True):
    """What the controller says; numbers of pods."""

    seen: bool
    """It has seen the newest template; before, its numbers are those of the one before."""
    wanted: int
    """That are to be of the newest template."""
    updated: int
    """That are."""
    available: int
    """Of any template, and ready for long enough."""
    old: int
    """Of an older template, although they are to be replaced."""
    done: bool
    stuck: str = ""
    """Why the controller has given up on its deadline; empty: it has not."""
    trouble: str = ""
    """What it cannot do now, as when a quota is used up; it goes on trying."""

    def __str__(self) -> str:
        if not self.seen:
            return "its controller has not taken it up yet"
        old = f", {self.old} old {'is' if self.old == 1 else 'are'} still there" if self.old else ""
        return f"{self.updated} of {self.wanted} pods updated, {self.available} available{old}"


def rollout_progress(kind: str, *, generation: int, spec: Part, status: Part) -> RolloutProgress:
    """By the rules of `kubectl rollout status` (k8s.io/kubectl, polymorphichelpers/rollout_status.go)."""
    match kind:
        case "DaemonSet":
            progress = _daemon_set(status)
        case "StatefulSet":
            progress = _stateful_set(spec, status)
        case _:
            progress = _deployment(spec, status)
    seen = _count(status, "observedGeneration") >= generation > 0
    return msgspec.structs.replace(progress, seen=seen, done=progress.done and seen)


def _deployment(spec: Part, status: Part) -> RolloutProgress:
    wanted, updated = _replicas(spec), _count(status, "updatedReplicas")
    available, old = _count(status, "availableReplicas"), _count(status, "replicas") - updated
    return RolloutProgress(
        seen=True,
        wanted=wanted,
        updated=updated,
        available=available,
        old=max(0, old),
        done=updated >= wanted and old <= 0 and available >= updated,
        stuck=_condition(status, "Progressing", "False", reason="ProgressDeadlineExceeded"),
        trouble=_condition(status, "ReplicaFailure", "True"),
    )


def _stateful_set(spec: Part, status: Part) -> RolloutProgress:
    partition = _count(((spec.get("updateStrategy") or {}).get("rollingUpdate") or {}), "partition")
    replicas, ready = _replicas(spec), _count(status, "readyReplicas")
    wanted, updated = max(0, replicas - partition), _count(status, "updatedReplicas")
    whole = partition > 0 or status.get("updateRevision") == status.get("currentRevision")
    return RolloutProgress(
        seen=True,
        wanted=wanted,
        updated=updated,
        available=_count(status, "availableReplicas") if "availableReplicas" in status else ready,
        old=max(0, wanted - updated),
        done=updated >= wanted and ready >= replicas and whole,
    )


def _daemon_set(status: Part) -> RolloutProgress:
    wanted, updated = _count(status, "desiredNumberScheduled"), _count(status, "updatedNumberScheduled")
    available = _count(status, "numberAvailable")
    return RolloutProgress(
        seen=True,
        wanted=wanted,
        updated=updated,
        available=available,
        old=max(0, _count(status, "currentNumberScheduled") - updated),
        done=updated >= wanted and available >= wanted,
    )


def _replicas(spec: Part) -> int:
    """One, where nobody says how many."""
    return 1 if spec.get("replicas") is None else _count(spec, "replicas")


def _count(part: Part, name: str) -> int:
    found = part.get(name)
    return found if isinstance(found, int) else 0


def _condition(status: Part, kind: str, truth: str, *, reason: str = "") -> str:
    """What the condition says; empty where it does not hold."""
    for condition in status.get("conditions") or ():
        if condition.get("type") == kind and condition.get("status") == truth:
            why = str(condition.get("reason") or "")
            if reason in ("", why):
                return printable(f"{why}: {condition.get('message') or 'no more is said'}", limit=300)
    return ""

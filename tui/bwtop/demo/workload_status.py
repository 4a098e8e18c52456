"""What Deployments, StatefulSets and DaemonSets say of their pods."""

from collections.abc import Sequence

from bwtop.demo.manifests import Body
from bwtop.demo.pods import is_ready


def deployment_status(body: Body, pods: Sequence[Body], updated: Sequence[Body], *, now: str, done: bool) -> Body:
    """`pods` are all that nobody has told to go, `updated` those of the newest template."""
    ready = sum(map(is_ready, pods))
    wanted = body["spec"].get("replicas", 1)
    enough = ready >= wanted - wanted // 4
    conditions = [
        _condition("Available", enough, now, reason=f"MinimumReplicas{'A' if enough else 'Una'}vailable"),
        _condition("Progressing", True, now, reason="NewReplicaSetAvailable" if done else "ReplicaSetUpdated"),
    ]
    return {
        "replicas": len(pods),
        "updatedReplicas": len(updated),
        "readyReplicas": ready,
        "availableReplicas": ready,
        "unavailableReplicas": max(0, max(wanted, len(pods)) - ready),
        "conditions": conditions,
    }


def stateful_set_status(
    body: Body, pods: Sequence[Body], updated: Sequence[Body], *, update: str, current: str
) -> Body:
    """`update` and `current` are revisions of the template: the wanted one, and that of pods not yet replaced."""
    name, ready = body["metadata"]["name"], sum(map(is_ready, pods))
    rolled = len(updated) == ready == body["spec"].get("replicas", 1)
    return {
        "replicas": len(pods),
        "readyReplicas": ready,
        "availableReplicas": ready,
        "currentReplicas": len(pods) if rolled else len(pods) - len(updated),
        "updatedReplicas": len(updated),
        "currentRevision": f"{name}-{update if rolled else current}",
        "updateRevision": f"{name}-{update}",
    }


def daemon_set_status(pods: Sequence[Body], updated: Sequence[Body], *, wanted: int) -> Body:
    """`wanted`: nodes on which it runs a pod."""
    ready = sum(map(is_ready, pods))
    return {
        "currentNumberScheduled": len(pods),
        "desiredNumberScheduled": wanted,
        "numberAvailable": ready,
        "numberMisscheduled": 0,
        "numberReady": ready,
        "numberUnavailable": wanted - ready,
        "updatedNumberScheduled": len(updated),
    }


def _condition(kind: str, true: bool, now: str, *, reason: str) -> Body:
    return {"type": kind, "status": str(true), "reason": reason, "message": "", "lastUpdateTime": now}

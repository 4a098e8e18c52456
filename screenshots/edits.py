"""The dialogs of an edit at every stage: what came of it is put in, for the cluster stands still."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bwtop.app import BwtopApp
from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.live.audit import AuditLog, audit_path
from bwtop.live.batch import Batch
from bwtop.live.cluster import Cluster
from bwtop.live.editor import Editor
from bwtop.live.guard import Guard
from bwtop.live.holder import Holder
from bwtop.live.landing import Landing
from bwtop.live.plan import Edited, Outcome, Plan, Result
from bwtop.live.resources import PODS
from bwtop.live.rollout import PodLanding, Rollout
from bwtop.model.edit import owner_note, propose
from bwtop.model.rollout import RolloutProgress
from bwtop.screens import write
from bwtop.screens.write import WriteScreen

End = Callable[[Plan, int], Edited]
"""What comes of a plan, by its number."""
SEEN_AT = 3.0
"""Seconds since the write, in the pictures of a wait."""
OPEN = Guard(why="", cluster="demo eks-chaining", called="the name of the context")
PROTECTED = msgspec.structs.replace(OPEN, why="profile shop protects server api.live.shop.example.com")


class _StillWriteScreen(WriteScreen):
    """Whatever waits has waited for the same time."""

    CSS_PATH = str(Path(write.__file__).with_suffix(".tcss"))

    def waited(self, since: float) -> float:
        return SEEN_AT


class _StillBatch(Batch):
    """The API server accepts every edit; what waits, waits for ever."""

    def __init__(self, cluster: Cluster, end: End) -> None:
        editor = Editor(cluster.api, audit=AuditLog(audit_path()))
        super().__init__(cluster.api, editor, cilium_namespace=None, cilium_selector=cluster.profile.cilium_selector)
        self._end = end

    async def try_all(self, plans: Sequence[Plan]) -> Sequence[Edited]:
        return [Edited(plan, Outcome(Result.TRIED, "accepted by the API server")) for plan in plans]

    async def write_all(
        self, plans: Sequence[Plan], *, wait: float, tell: Callable[[Edited], None] = lambda _edited: None
    ) -> Sequence[Edited]:
        edits = [self._end(plan, number) for number, plan in enumerate(plans)]
        for edited in edits:
            tell(edited)
        if any(edited.waits for edited in edits):
            await asyncio.Event().wait()
        return edits


def dialog(
    end: End, *, limit: str = "80M", pods: int = 1, template: bool = False, undo: bool = False, guard: Guard = OPEN
) -> Callable[[BwtopApp], WriteScreen]:
    """Of an edit of the first carts and checkouts, or of what owns them."""

    def make(app: BwtopApp) -> WriteScreen:
        assert app.main.cluster
        cluster = app.main.cluster
        keys = sorted(key for key in cluster.store.pods if key.startswith("shop/c"))[:pods]
        plans = [_template_plan(cluster, key, limit) if template else _plan(cluster, key, limit) for key in keys]
        shown = [plan.undoing for plan in plans] if undo else plans
        doing = "Take back the limit of" if undo else "Limit of"
        return _StillWriteScreen(_StillBatch(cluster, end), shown, doing=doing, guard=guard)

    return make


# -- ends ---------------------------------------------------------------------------------------------------------
def _changed(plan: Plan, *, landing: Landing | None = None, rollout: Rollout | None = None) -> Edited:
    waits = landing is None and not (rollout and rollout.over)
    return Edited(plan, Outcome(Result.CHANGED), landing=landing, rollout=rollout, waits=waits)


def waits(plan: Plan, number: int) -> Edited:
    return _changed(plan)


def lands(plan: Plan, number: int) -> Edited:
    return _changed(plan, landing=Landing(node=_node(plan), seconds=0.8))


def mostly_lands(plan: Plan, number: int) -> Edited:
    """The second does not."""
    if number != 1:
        return lands(plan, number)
    return _changed(plan, landing=Landing(node=_node(plan), seconds=None, reason="the map still has 50M"))


def is_not_in_force(plan: Plan, number: int) -> Edited:
    reason = "the bandwidth manager is off on this node, so the annotation is ignored"
    return _changed(plan, landing=Landing(node=_node(plan), seconds=None, reason=reason))


def conflicts(plan: Plan, number: int) -> Edited:
    return Edited(plan, Outcome(Result.CONFLICT, "kubectl-annotate changed it meanwhile from 50M to 25M"))


def _rollout(updated: int, available: int, old: int) -> RolloutProgress:
    return RolloutProgress(seen=True, wanted=2, updated=updated, available=available, old=old, done=old == 0)


def rolls(plan: Plan, number: int) -> Edited:
    return _changed(plan, rollout=Rollout(progress=_rollout(1, 2, 1)))


def has_rolled(plan: Plan, number: int) -> Edited:
    pods = tuple(PodLanding(f"cart-{letters}", Landing(node="", seconds=0.3)) for letters in ("6fkz2", "x9wqd"))
    return _changed(plan, rollout=Rollout(progress=_rollout(2, 2, 0), over=True, seconds=41.0, pods=pods))


def is_stuck(plan: Plan, number: int) -> Edited:
    reason = (
        'ProgressDeadlineExceeded: ReplicaSet "cart-6c9d" has timed out progressing; FailedCreate: pods "cart-6c9d-" '
        "is forbidden: exceeded quota: shop, requested: pods=1, used: pods=40, limited: pods=40"
    )
    return _changed(plan, rollout=Rollout(progress=_rollout(0, 2, 2), over=True, reason=reason))


def _node(plan: Plan) -> str:
    return plan.pod.node if plan.pod else ""


# -- plans --------------------------------------------------------------------------------------------------------
def _plan(cluster: Cluster, key: str, limit: str) -> Plan:
    pod = cluster.store.objects.pods[key]
    owners = (pod.owner, f"Deployment/{_deployment(pod.owner)}")
    holder = _holder("Pod", pod.name, pod.uid, pod.annotation)
    return Plan(holder=holder, proposal=propose(limit), pod=pod, owners=owners, note=owner_note(owners))


def _template_plan(cluster: Cluster, key: str, limit: str) -> Plan:
    pod = cluster.store.objects.pods[key]
    holder = _holder("Deployment", _deployment(pod.owner), pod.uid, pod.annotation)
    note = "its 2 pods will be rolled: replaced step by step"
    return Plan(holder=holder, proposal=propose(limit), pod=None, note=note, rolls=True)


def _deployment(replica_set: str) -> str:
    return replica_set.partition("/")[2].rpartition("-")[0]


def _holder(kind: str, name: str, uid: str, annotation: str | None) -> Holder:
    return Holder(
        kind=kind,
        namespace="shop",
        name=name,
        uid=uid,
        path=f"{PODS.url('shop')}/{name}",
        place=("metadata",) if kind == "Pod" else ("spec", "template", "metadata"),
        annotations=None if annotation is None else {EGRESS_BANDWIDTH: annotation},
        manager="kubectl-annotate",
    )

"""How edits are written: the preview before one, its outcome, and the history of all."""

from bwtop.cli.output import Column, Table
from bwtop.live.audit import AuditEntry
from bwtop.live.landing import Landing
from bwtop.live.plan import Edited, Plan
from bwtop.live.rollout import Rollout
from bwtop.model.document import Item, Kind
from bwtop.model.edit import figures
from bwtop.model.limits import Asked


def _annotation(limit: str | None) -> str:
    return "none" if limit is None else limit


def _limit_item(limit: Asked | None) -> Item | None:
    return None if limit is None else {"annotation": limit.annotation, "bitsPerSecond": limit.bits_per_second}


def _edit_item(edited: Edited) -> Item:
    plan, landing = edited.plan, edited.landing
    return {
        "kind": plan.holder.kind,
        "namespace": plan.holder.namespace,
        "pod": plan.pod and plan.pod.name,
        "name": plan.holder.name,
        "uid": plan.holder.uid,
        "node": (plan.pod and plan.pod.node) or None,
        "owners": list(plan.owners),
        "old": _limit_item(plan.old),
        "new": _limit_item(plan.proposal.asked),
        "result": edited.outcome.result.value,
        "reason": edited.outcome.reason,
        "landing": landing and _landing_item(landing),
        "rollout": edited.rollout and _rollout_item(edited.rollout),
    }


def _landing_item(landing: Landing) -> Item:
    return {"seconds": _rounded(landing.seconds), "reason": landing.reason}


def _rollout_item(rollout: Rollout) -> Item:
    progress = rollout.progress
    return {
        "seconds": _rounded(rollout.seconds),
        "reason": rollout.reason,
        "wanted": progress and progress.wanted,
        "updated": progress and progress.updated,
        "available": progress and progress.available,
        "pods": [{"pod": each.pod, "node": each.landing.node, **_landing_item(each.landing)} for each in rollout.pods],
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _entry_item(entry: AuditEntry) -> Item:
    return {
        "at": entry.at,
        "user": entry.user,
        "context": entry.context,
        "server": entry.server,
        "namespace": entry.namespace,
        "kind": entry.kind,
        "pod": entry.name if entry.kind == "Pod" else None,
        "name": entry.name,
        "uid": entry.uid,
        "old": entry.old,
        "new": entry.new,
        "result": entry.result,
        "reason": entry.reason,
    }


PREVIEW = Table[Plan](
    kind=Kind.EDITS,
    resource="pod",
    item=lambda plan: {},
    name=lambda plan: plan.holder.key,
    sort=lambda plan: plan.holder.key,
    columns=(
        Column(title="OBJECT", text=lambda plan: plan.name),
        Column(title="NOW", text=lambda plan: figures(plan.old).annotation),
        Column(title="BIT/S", text=lambda plan: figures(plan.old).bits),
        Column(title="BYTE/S", text=lambda plan: figures(plan.old).bytes),
        Column(title="NEW", text=lambda plan: figures(plan.proposal.asked).annotation),
        Column(title="BIT/S", text=lambda plan: figures(plan.proposal.asked).bits),
        Column(title="BYTE/S", text=lambda plan: figures(plan.proposal.asked).bytes),
    ),
)
EDITS = Table[Edited](
    kind=Kind.EDITS,
    resource="pod",
    item=_edit_item,
    name=lambda edited: edited.plan.holder.key,
    sort=lambda edited: edited.plan.holder.key,
    columns=(
        Column(title="NAMESPACE", text=lambda edited: edited.plan.holder.namespace, namespaced=True),
        Column(title="OBJECT", text=lambda edited: f"{edited.plan.holder.kind.lower()}/{edited.plan.holder.name}"),
        Column(title="OLD", text=lambda edited: _annotation(edited.plan.holder.annotation)),
        Column(title="NEW", text=lambda edited: _annotation(edited.plan.proposal.annotation)),
        Column(title="RESULT", text=lambda edited: edited.text),
    ),
)
HISTORY = Table[AuditEntry](
    kind=Kind.HISTORY,
    resource="edit",
    item=_entry_item,
    name=lambda entry: f"{entry.namespace}/{entry.name}",
    sort=lambda entry: 0,
    columns=(
        Column(title="AT", text=lambda entry: entry.at),
        Column(title="USER", text=lambda entry: entry.user),
        Column(title="CONTEXT", text=lambda entry: entry.context),
        Column(title="NAMESPACE", text=lambda entry: entry.namespace),
        Column(title="OBJECT", text=lambda entry: f"{entry.kind.lower()}/{entry.name}"),
        Column(title="OLD", text=lambda entry: _annotation(entry.old)),
        Column(title="NEW", text=lambda entry: _annotation(entry.new)),
        Column(title="RESULT", text=lambda entry: entry.result),
        Column(title="REASON", text=lambda entry: entry.reason),
    ),
)

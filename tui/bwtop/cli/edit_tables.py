"""How edits are written: the preview before one, its outcome, and the history of all."""

from dataclasses import dataclass

from bwtop.cli.output import Column, Table
from bwtop.live.audit import AuditEntry
from bwtop.live.edit import Outcome, Plan, Result
from bwtop.live.landing import Landing
from bwtop.model.document import Item, Kind
from bwtop.model.edit import figures
from bwtop.model.limits import Asked

_RESULTS = {
    Result.CHANGED: "changed",
    Result.UNCHANGED: "unchanged",
    Result.TRIED: "dry run",
    Result.CONFLICT: "conflict",
    Result.FAILED: "not changed",
    Result.UNKNOWN: "not known",
}


@dataclass(frozen=True)
class Edited:
    """A plan, what came of it, and whether it has landed (None: not watched)."""

    plan: Plan
    outcome: Outcome
    landing: Landing | None = None

    @property
    def good(self) -> bool:
        done = self.outcome.result in (Result.CHANGED, Result.UNCHANGED, Result.TRIED)
        return done and (self.landing is None or self.landing.seconds is not None)

    @property
    def text(self) -> str:
        """`changed, programmed on ip-192-168-29-49 after 0.8 s`."""
        words = _RESULTS[self.outcome.result] + (f": {self.outcome.reason}" if self.outcome.reason else "")
        return f"{words}; {self.landing}" if self.landing else words


def _annotation(limit: str | None) -> str:
    return "none" if limit is None else limit


def _limit_item(limit: Asked | None) -> Item | None:
    return None if limit is None else {"annotation": limit.annotation, "bitsPerSecond": limit.bits_per_second}


def _edit_item(edited: Edited) -> Item:
    plan, landing = edited.plan, edited.landing
    return {
        "namespace": plan.pod.namespace,
        "pod": plan.pod.name,
        "uid": plan.pod.uid,
        "node": plan.pod.node or None,
        "owners": list(plan.owners),
        "old": _limit_item(plan.old),
        "new": _limit_item(plan.proposal.asked),
        "result": edited.outcome.result.value,
        "reason": edited.outcome.reason,
        "landing": landing and {"seconds": _rounded(landing.seconds), "reason": landing.reason},
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
        "pod": entry.pod,
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
    name=lambda plan: plan.pod.key,
    sort=lambda plan: plan.pod.key,
    columns=(
        Column(title="POD", text=lambda plan: plan.pod.key),
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
    name=lambda edited: edited.plan.pod.key,
    sort=lambda edited: edited.plan.pod.key,
    columns=(
        Column(title="NAMESPACE", text=lambda edited: edited.plan.pod.namespace, namespaced=True),
        Column(title="POD", text=lambda edited: edited.plan.pod.name),
        Column(title="OLD", text=lambda edited: _annotation(edited.plan.pod.annotation)),
        Column(title="NEW", text=lambda edited: _annotation(edited.plan.proposal.annotation)),
        Column(title="RESULT", text=lambda edited: edited.text),
    ),
)
HISTORY = Table[AuditEntry](
    kind=Kind.HISTORY,
    resource="edit",
    item=_entry_item,
    name=lambda entry: f"{entry.namespace}/{entry.pod}",
    sort=lambda entry: 0,
    columns=(
        Column(title="AT", text=lambda entry: entry.at),
        Column(title="USER", text=lambda entry: entry.user),
        Column(title="CONTEXT", text=lambda entry: entry.context),
        Column(title="NAMESPACE", text=lambda entry: entry.namespace),
        Column(title="POD", text=lambda entry: entry.pod),
        Column(title="OLD", text=lambda entry: _annotation(entry.old)),
        Column(title="NEW", text=lambda entry: _annotation(entry.new)),
        Column(title="RESULT", text=lambda entry: entry.result),
        Column(title="REASON", text=lambda entry: entry.reason),
    ),
)

"""An edit before it is made, and what came of it."""

import json
from collections.abc import Iterable, Sequence
from enum import Enum
from shlex import quote

import msgspec

from bwtop.cilium.resources import Pod
from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.live.holder import Holder
from bwtop.live.landing import Landing
from bwtop.live.rollout import Rollout
from bwtop.model.edit import Proposal, restored
from bwtop.model.limits import Asked
from bwtop.model.quantity import asked_of


class Result(Enum):
    """What came of an edit; the values are the JSON contract."""

    CHANGED = "Changed"
    UNCHANGED = "Unchanged"
    """The annotation is what it should be already: nothing was sent."""
    TRIED = "DryRun"
    CONFLICT = "Conflict"
    """Somebody else changed the value, or the object was replaced: nothing was written."""
    FAILED = "Failed"
    """Nothing was written."""
    UNKNOWN = "Unknown"
    """The answer was lost, and the object cannot be read again."""


_WORDS = {
    Result.CHANGED: "changed",
    Result.UNCHANGED: "unchanged",
    Result.TRIED: "dry run",
    Result.CONFLICT: "conflict",
    Result.FAILED: "not changed",
    Result.UNKNOWN: "not known",
}


class Outcome(msgspec.Struct, frozen=True):
    result: Result
    reason: str = ""
    gone: bool = False
    """The object is there no more."""

    @property
    def settled(self) -> bool:
        """It cannot be tried again: it was done, or the value is somebody else's, or there is nothing left to edit."""
        return self.gone or self.result in (Result.CHANGED, Result.UNCHANGED, Result.CONFLICT)

    @property
    def may_land(self) -> bool:
        """The annotation is what it should be: by this edit, or before it."""
        return self.result in (Result.CHANGED, Result.UNCHANGED)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """An edit of one object as that was when it was read."""

    holder: Holder
    proposal: Proposal
    pod: Pod | None
    """None: it is an owner's template that is edited."""
    owners: Sequence[str] = ()
    """Of the pod, the nearest first."""
    note: str
    """What becomes of the edit, and of the pods."""
    rolls: bool = False
    """A template that its controller rolls out at once."""
    refusal: str = ""
    """Why this object cannot be limited at all; then nothing is ever sent."""

    @property
    def old(self) -> Asked | None:
        return asked_of(self.holder.annotation)

    @property
    def needed(self) -> bool:
        return self.holder.annotation != self.proposal.annotation

    @property
    def same_limit(self) -> bool:
        """Whether old and new come to the same for the node's map: `10M` and `10000k`, no limit and `10m`."""
        old, new = self.old, self.proposal.asked
        return ((old and old.bits_per_second) or 0) == ((new and new.bits_per_second) or 0)

    @property
    def lands(self) -> bool:
        """What is written shows on a node: in a pod's limit at once, in a template's when its pods are new."""
        return self.pod is not None or self.rolls

    @property
    def name(self) -> str:
        """`pod shop/cart-0`, `Deployment shop/cart`."""
        return f"{self.holder.noun} {self.holder.key}"

    def proposing(self, proposal: Proposal) -> "Plan":
        """The same object with another limit."""
        return msgspec.structs.replace(self, proposal=proposal)

    @property
    def undoing(self) -> "Plan":
        """Takes the edit back once it was made; in conflict with whoever has changed the value since."""
        left = self.holder.left_with(self.proposal.annotation)
        return msgspec.structs.replace(self, holder=left, proposal=restored(self.holder.annotation))


class Edited(msgspec.Struct, frozen=True):
    """A plan, what came of it, and whether it has landed; None: that is not watched, or not yet."""

    plan: Plan
    outcome: Outcome
    landing: Landing | None = None
    """Of a pod."""
    rollout: Rollout | None = None
    """Of a template; on the way, too."""
    waits: bool = False
    """It is written, and is watched until it has landed."""

    @property
    def good(self) -> bool:
        done = self.outcome.may_land or self.outcome.result is Result.TRIED
        landed = self.landing is None or self.landing.seconds is not None
        return done and landed and (self.rollout is None or self.rollout.good)

    @property
    def text(self) -> str:
        """`changed; programmed on ip-192-168-29-49 after 0.8 s`."""
        words = _WORDS[self.outcome.result] + (f": {self.outcome.reason}" if self.outcome.reason else "")
        keeps = "" if self.plan.lands or self.outcome.result is not Result.CHANGED else self.plan.note
        return "; ".join([words, *(str(each) for each in (self.landing, self.rollout, keeps) if each)])


def notes(plans: Iterable[Plan]) -> Sequence[str]:
    """What becomes of the edits and the pods, as sentences, each said once; of a template with its name."""
    said = [plan.note if plan.pod else f"{plan.name}: {plan.note}" for plan in plans if plan.note]
    return [f"{note[0].upper()}{note[1:]}." for note in dict.fromkeys(said)]


def annotate_words(namespace: str, names: Sequence[str], proposal: Proposal) -> str:
    """The words after `kubectl` that do the same to these pods, though without a test on the old value."""
    value = proposal.annotation
    change = f"{EGRESS_BANDWIDTH}-" if value is None else f"{quote(f'{EGRESS_BANDWIDTH}={value}')} --overwrite"
    return f"-n {namespace} annotate pod {' '.join(names)} {change}"


def patch_words(holder: Holder, proposal: Proposal) -> str:
    """The words after `kubectl` that do the same to a controller: a merge patch, in which null removes."""
    inner: object = {EGRESS_BANDWIDTH: proposal.annotation}
    for step in reversed((*holder.place, "annotations")):
        inner = {step: inner}
    return f"-n {holder.namespace} patch {holder.kind.lower()} {holder.name} -p {quote(json.dumps(inner))}"

"""Edits one limit: plan, server dry-run, a patch that tests the old value, and what came of it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from bwtop.cilium.resources import Pod
from bwtop.cilium.wire import EGRESS_BANDWIDTH, PRIORITY
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.kube.patch import FIELD_MANAGER, annotation_patch, may_be_written, may_have_changed, send_patch
from bwtop.kube.whoami import user_name
from bwtop.live.audit import AuditEntry, AuditLog
from bwtop.live.found_pod import FoundPod, find_pod
from bwtop.live.holder import Holder, read_again
from bwtop.live.owners import owners_of
from bwtop.live.plan import Outcome, Plan, Result
from bwtop.live.template import NoTemplate, find_template
from bwtop.model.edit import Proposal, owner_note, priority_note
from bwtop.model.printable import printable

_FINISHED = ("Succeeded", "Failed")
_LOOKS: Final = 5
_BETWEEN_LOOKS: Final = 0.5
"""Seconds; how a pod is read again after an answer was lost."""


class Editor:
    """Writes with one user's rights; every write is recorded, in `audit`."""

    def __init__(self, api: Api, *, audit: AuditLog) -> None:
        self._api = api
        self._audit = audit
        self._user = ""

    async def plan(self, namespace: str, name: str, proposal: Proposal) -> Plan:
        """Reads the pod and what owns it. Raises KubeError."""
        found = await find_pod(self._api, namespace, name)
        owners = await owners_of(self._api, found.pod)
        return Plan(
            holder=found.holder,
            pod=found.pod,
            proposal=proposal,
            owners=owners,
            note=_note(found, owners),
            refusal=_refusal(found.pod),
        )

    async def plan_template(self, plan: Plan) -> Plan:
        """The same edit in the template of what owns the pod. Raises NoTemplate, KubeError."""
        if plan.pod is None:
            raise NoTemplate(f"{plan.name} is what makes the pods already")
        template = await find_template(self._api, plan.pod, plan.owners)
        return Plan(
            holder=template.holder, proposal=plan.proposal, pod=None, note=template.effect, rolls=template.rolls
        )

    async def plan_again(self, plan: Plan) -> Plan | None:
        """The same edit over what stands there now; None: the object is gone. Raises KubeError."""
        if plan.pod is None:
            now = await read_again(self._api, plan.holder)
            return None if now is None else msgspec.structs.replace(plan, holder=now)
        try:
            return await self.plan(plan.holder.namespace, plan.holder.name, plan.proposal)
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    async def dry_run(self, plan: Plan) -> Outcome:
        """Asks the API server, its webhooks included, whether it would take the edit; writes nothing."""
        if settled := _settled(plan):
            return settled
        try:
            await self._patch(plan, dry_run=True)
        except KubeError as error:
            if isinstance(error, ApiError) and "does not support dry run" in error.message:
                return Outcome(Result.TRIED, f"could not be tried before: {error.message}")
            return await self._after_error(plan, error, dry_run=True)
        return Outcome(Result.TRIED, "accepted by the API server")

    async def write(self, plan: Plan) -> Outcome:
        """Changes the annotation and records it. Raises OSError, before anything is sent, without an audit log."""
        if settled := _settled(plan):
            return settled
        self._audit.check()
        self._user = self._user or await self._user_name()
        outcome = Outcome(Result.UNKNOWN, "interrupted before the answer came")
        try:
            outcome = await self._write(plan)
        finally:
            unrecorded = self._record(plan, outcome)
        return msgspec.structs.replace(outcome, reason=outcome.reason + unrecorded)

    async def changed_since(self, plan: Plan) -> str:
        """Who has changed what was written, or that the object is gone; empty: nobody. Raises KubeError."""
        return _difference(plan.undoing, await read_again(self._api, plan.holder))

    async def _user_name(self) -> str:
        try:
            return await user_name(self._api)
        except KubeError:
            return self._api.connection.user

    async def _write(self, plan: Plan) -> Outcome:
        try:
            await self._patch(plan)
        except KubeError as error:
            return await self._after_error(plan, error)
        return Outcome(Result.CHANGED)

    async def _patch(self, plan: Plan, *, dry_run: bool = False) -> None:
        operations = annotation_patch(
            uid=plan.holder.uid,
            annotations=plan.holder.annotations,
            key=EGRESS_BANDWIDTH,
            value=plan.proposal.annotation,
            place=plan.holder.place,
            bare=plan.holder.bare,
        )
        await send_patch(self._api, plan.holder.path, operations, dry_run=dry_run)

    async def _after_error(self, plan: Plan, error: KubeError, *, dry_run: bool = False) -> Outcome:
        if may_have_changed(error):
            return await self._after_refusal(plan, error, dry_run=dry_run)
        if may_be_written(error) and not dry_run:
            return await self._after_silence(plan, error)
        if isinstance(error, ApiError) and error.code == 404:
            return Outcome(Result.FAILED, f"the {plan.holder.noun} is gone", gone=True)
        return Outcome(Result.FAILED, str(error))

    async def _after_refusal(self, plan: Plan, error: KubeError, *, dry_run: bool) -> Outcome:
        """The server refused, so nothing was written; it does not say why, but the object may."""
        try:
            now = await read_again(self._api, plan.holder)
        except KubeError as unread:
            return Outcome(Result.FAILED, f"{error}; reading the {plan.holder.noun} again failed: {unread}")
        if changed := _difference(plan, now):
            return Outcome(Result.CONFLICT, changed)
        if now is None or _shape(now) == _shape(plan.holder):
            return Outcome(Result.FAILED, str(error))
        # Another annotation came or went, and with it the object that holds them: only the patch's shape was wrong.
        again = msgspec.structs.replace(plan, holder=now)
        return await (self.dry_run(again) if dry_run else self._write(again))

    async def _after_silence(self, plan: Plan, error: KubeError) -> Outcome:
        """The patch was sent once and is not sent again: what the object says now is what is true."""
        for look in range(_LOOKS):
            await asyncio.sleep(_BETWEEN_LOOKS if look else 0)
            try:
                now = await read_again(self._api, plan.holder)
            except KubeError:
                continue
            return _found_out(plan, now, error)
        return Outcome(Result.UNKNOWN, f"{error}; whether it was written is not known, look before you repeat it")

    def _record(self, plan: Plan, outcome: Outcome) -> str:
        """What to add to the reason: the write is done, so that a full disk must not hide it."""
        connection, holder = self._api.connection, plan.holder
        entry = AuditEntry(
            at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            user=self._user,
            context=connection.context,
            server=connection.server,
            kind=holder.kind,
            namespace=holder.namespace,
            name=holder.name,
            uid=holder.uid,
            old=holder.annotation,
            new=plan.proposal.annotation,
            result=outcome.result.value,
            reason=outcome.reason,
        )
        try:
            self._audit.record(entry)
        except OSError as error:
            return f"; NOT in the audit log: {error}"
        return ""


def _settled(plan: Plan) -> Outcome | None:
    """The outcome of a plan for which nothing is to be sent."""
    if plan.refusal:
        return Outcome(Result.FAILED, plan.refusal)
    if plan.needed:
        return None
    has_limit = plan.holder.annotation is not None
    already = f"{'it is' if has_limit else 'it has'} {_shown(plan.holder.annotation)} already"
    return Outcome(Result.UNCHANGED, "; ".join(filter(None, (already, plan.holder.touch))))


def _note(found: FoundPod, owners: Sequence[str]) -> str:
    priority = priority_note((found.holder.annotations or {}).get(PRIORITY))
    return "; ".join(filter(None, (owner_note(owners), priority)))


def _refusal(pod: Pod) -> str:
    if pod.phase in _FINISHED:
        return f"the pod has finished ({pod.phase}): it sends nothing any more"
    if pod.host_network:
        return "the pod is in the node's network: no limit can apply to it"
    return "the pod is being deleted" if pod.deleting else ""


def _shape(holder: Holder) -> tuple[bool, bool]:
    """What a JSON patch must know of where the annotation goes."""
    return holder.bare, holder.annotations is None


def _difference(plan: Plan, now: Holder | None) -> str:
    """What became another than planned; empty when nothing did."""
    was = plan.holder
    if now is None:
        return f"the {was.noun} is gone"
    if now.uid != was.uid:
        return f"the {was.noun} was replaced by another of the same name"
    if now.annotation == was.annotation:
        return ""
    who = now.manager if now.manager and now.annotation is not None else "somebody else"
    return f"{who} changed it meanwhile from {_shown(was.annotation)} to {_shown(now.annotation)}"


def _found_out(plan: Plan, now: Holder | None, error: KubeError) -> Outcome:
    written = now is not None and now.uid == plan.holder.uid and now.annotation == plan.proposal.annotation
    if now is not None and written:
        by = "" if now.manager in ("", FIELD_MANAGER) else f", set by {now.manager}"
        return Outcome(Result.CHANGED, f"the answer was lost ({error.cause}), and the new value is there{by}")
    if changed := _difference(plan, now):
        return Outcome(Result.CONFLICT, f"the answer was lost ({error.cause}), and {changed}")
    still = f"it is still {_shown(plan.holder.annotation)}"
    return Outcome(Result.FAILED, f"{error.cause}; {still}: look once more before you repeat it")


def _shown(annotation: str | None) -> str:
    return "no limit" if annotation is None else printable(annotation, limit=30) or "empty"

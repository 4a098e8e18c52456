"""Edits the limit of one pod: plan, server dry-run, a patch that tests the old value, and what came of it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Final

import msgspec

from bwtop.cilium.resources import Pod
from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.kube.patch import FIELD_MANAGER, annotation_patch, may_be_written, may_have_changed, send_patch
from bwtop.kube.whoami import user_name
from bwtop.live.audit import AuditEntry, AuditLog
from bwtop.live.found_pod import FoundPod, find_pod, find_pod_again
from bwtop.live.owners import owners_of
from bwtop.model.edit import Proposal
from bwtop.model.limits import Asked
from bwtop.model.printable import printable
from bwtop.model.quantity import asked_of

_FINISHED = ("Succeeded", "Failed")
_LOOKS: Final = 5
_BETWEEN_LOOKS: Final = 0.5
"""Seconds; how a pod is read again after an answer was lost."""


class Result(Enum):
    """What came of an edit; the values are the JSON contract."""

    CHANGED = "Changed"
    UNCHANGED = "Unchanged"
    """The annotation is what it should be already: nothing was sent."""
    TRIED = "DryRun"
    CONFLICT = "Conflict"
    """Somebody else changed the value, or the pod was replaced: nothing was written."""
    FAILED = "Failed"
    """Nothing was written."""
    UNKNOWN = "Unknown"
    """The answer was lost, and the pod cannot be read again."""


class Outcome(msgspec.Struct, frozen=True):
    result: Result
    reason: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """An edit of one pod as it was when it was read."""

    found: FoundPod
    proposal: Proposal
    owners: Sequence[str] = ()
    refusal: str = ""
    """Why this pod cannot be limited at all; then nothing is ever sent."""

    @property
    def pod(self) -> Pod:
        return self.found.pod

    @property
    def old(self) -> Asked | None:
        return asked_of(self.pod.annotation)

    @property
    def needed(self) -> bool:
        return self.pod.annotation != self.proposal.annotation


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
        return Plan(found=found, proposal=proposal, owners=owners, refusal=_refusal(found.pod))

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

    def kubectl(self, plan: Plan) -> str:
        """The command line that does the same."""
        return kubectl_line(self._api, plan.pod.namespace, [plan.pod.name], plan.proposal)

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
            uid=plan.pod.uid,
            annotations=plan.found.annotations,
            key=EGRESS_BANDWIDTH,
            value=plan.proposal.annotation,
        )
        await send_patch(self._api, plan.found.path, operations, dry_run=dry_run)

    async def _after_error(self, plan: Plan, error: KubeError, *, dry_run: bool = False) -> Outcome:
        if may_have_changed(error):
            return await self._after_refusal(plan, error, dry_run=dry_run)
        if may_be_written(error) and not dry_run:
            return await self._after_silence(plan, error)
        gone = isinstance(error, ApiError) and error.code == 404
        return Outcome(Result.FAILED, "the pod is gone" if gone else str(error))

    async def _after_refusal(self, plan: Plan, error: KubeError, *, dry_run: bool) -> Outcome:
        """The server refused, so nothing was written; it does not say why, but the pod may."""
        try:
            now = await find_pod_again(self._api, plan.pod.namespace, plan.pod.name)
        except KubeError as unread:
            return Outcome(Result.FAILED, f"{error}; reading the pod again failed: {unread}")
        if changed := _difference(plan, now):
            return Outcome(Result.CONFLICT, changed)
        if now is None or (now.annotations is None) == (plan.found.annotations is None):
            return Outcome(Result.FAILED, str(error))
        # Another annotation came or went, and with it the object that holds them: only the patch's shape was wrong.
        again = msgspec.structs.replace(plan, found=now)
        return await (self.dry_run(again) if dry_run else self._write(again))

    async def _after_silence(self, plan: Plan, error: KubeError) -> Outcome:
        """The patch was sent once and is not sent again: what the pod says now is what is true."""
        for look in range(_LOOKS):
            await asyncio.sleep(_BETWEEN_LOOKS if look else 0)
            try:
                now = await find_pod_again(self._api, plan.pod.namespace, plan.pod.name)
            except KubeError:
                continue
            return _found_out(plan, now, error)
        return Outcome(Result.UNKNOWN, f"{error}; whether it was written is not known, look before you repeat it")

    def _record(self, plan: Plan, outcome: Outcome) -> str:
        """What to add to the reason: the write is done, so that a full disk must not hide it."""
        connection, pod = self._api.connection, plan.pod
        entry = AuditEntry(
            at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            user=self._user,
            context=connection.context,
            server=connection.server,
            namespace=pod.namespace,
            pod=pod.name,
            uid=pod.uid,
            old=pod.annotation,
            new=plan.proposal.annotation,
            result=outcome.result.value,
            reason=outcome.reason,
        )
        try:
            self._audit.record(entry)
        except OSError as error:
            return f"; NOT in the audit log: {error}"
        return ""


def kubectl_line(api: Api, namespace: str, names: Sequence[str], proposal: Proposal) -> str:
    """The kubectl command that does the same to these pods, though without a test on the old value."""
    value = proposal.annotation
    change = f"{EGRESS_BANDWIDTH}-" if value is None else f"{EGRESS_BANDWIDTH}={value} --overwrite"
    return api.connection.kubectl(f"-n {namespace} annotate pod {' '.join(names)} {change}")


def _settled(plan: Plan) -> Outcome | None:
    """The outcome of a plan for which nothing is to be sent."""
    if plan.refusal:
        return Outcome(Result.FAILED, plan.refusal)
    return None if plan.needed else Outcome(Result.UNCHANGED, f"it is {_shown(plan.pod.annotation)} already")


def _refusal(pod: Pod) -> str:
    if pod.phase in _FINISHED:
        return f"the pod has finished ({pod.phase}): it sends nothing any more"
    if pod.host_network:
        return "the pod is in the node's network: no limit can apply to it"
    return "the pod is being deleted" if pod.deleting else ""


def _difference(plan: Plan, now: FoundPod | None) -> str:
    """What became another than planned; empty when nothing did."""
    if now is None:
        return "the pod is gone"
    if now.pod.uid != plan.pod.uid:
        return "the pod was replaced by another of the same name"
    if now.pod.annotation == plan.pod.annotation:
        return ""
    who = now.manager if now.manager and now.pod.annotation is not None else "somebody else"
    return f"{who} changed it meanwhile from {_shown(plan.pod.annotation)} to {_shown(now.pod.annotation)}"


def _found_out(plan: Plan, now: FoundPod | None, error: KubeError) -> Outcome:
    written = now is not None and now.pod.uid == plan.pod.uid and now.pod.annotation == plan.proposal.annotation
    if now is not None and written:
        by = "" if now.manager in ("", FIELD_MANAGER) else f", set by {now.manager}"
        return Outcome(Result.CHANGED, f"the answer was lost ({error.cause}), and the new value is there{by}")
    if changed := _difference(plan, now):
        return Outcome(Result.CONFLICT, f"the answer was lost ({error.cause}), and {changed}")
    still = f"it is still {_shown(plan.pod.annotation)}"
    return Outcome(Result.FAILED, f"{error.cause}; {still}: look once more before you repeat it")


def _shown(annotation: str | None) -> str:
    return "no limit" if annotation is None else printable(annotation, limit=30) or "empty"

"""One edit of several objects: planned and tried side by side, written one after the other, watched as they land."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from itertools import groupby
from typing import Any, Final, TypeVar

import msgspec

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import KubeError
from bwtop.live.editor import Editor
from bwtop.live.landing import Landing, watch_landing
from bwtop.live.plan import Edited, Plan, annotate_words, patch_words
from bwtop.live.rollout import follow_rollout
from bwtop.live.template import NoTemplate
from bwtop.model.edit import Proposal

AT_ONCE: Final = 20
"""Objects that are read or tried, or agents that are watched, at the same time."""
_T = TypeVar("_T")


class Batch:
    """`cilium_namespace` None: the agents are looked for everywhere."""

    def __init__(self, api: Api, editor: Editor, *, cilium_namespace: str | None, cilium_selector: str) -> None:
        self.editor = editor
        self._api = api
        self._cilium_namespace, self._cilium_selector = cilium_namespace, cilium_selector

    async def plan(self, pods: Iterable[tuple[str, str]], proposal: Proposal) -> Sequence[Plan]:
        """Of pods by namespace and name, in their order. Raises KubeError, as for a pod that is not there."""
        return await _at_once([self.editor.plan(namespace, name, proposal) for namespace, name in pods])

    async def plan_templates(self, plans: Sequence[Plan]) -> Sequence[Plan]:
        """The same in the templates of what owns the pods, each once; a refusal says why one has none.

        Raises KubeError.
        """
        found = await _at_once([self._template(plan) for plan in plans])
        return list({(plan.holder.uid, plan.refusal): plan for plan in found}.values())

    async def plan_again(self, plans: Sequence[Plan]) -> Sequence[Plan]:
        """The same edits over the values that stand there now; objects that are gone are left out. Raises KubeError."""
        found = await _at_once([self.editor.plan_again(plan) for plan in plans])
        return [plan for plan in found if plan is not None]

    async def try_all(self, plans: Sequence[Plan]) -> Sequence[Edited]:
        """Asks the API server whether it would take them; nothing is written."""
        outcomes = await _at_once([self.editor.dry_run(plan) for plan in plans])
        return [Edited(plan, outcome) for plan, outcome in zip(plans, outcomes, strict=True)]

    async def write_all(
        self, plans: Sequence[Plan], *, wait: float, tell: Callable[[Edited], None] = lambda _edited: None
    ) -> Sequence[Edited]:
        """Each is watched for `wait` seconds from its answer on, while the next ones are written; 0: not at all.

        `tell` hears of each when it is written, while it is rolled out, and when it has landed.
        Raises OSError without an audit log.
        """
        places = asyncio.Semaphore(AT_ONCE)
        watched: list[asyncio.Task[Edited]] = []

        async def landed(edited: Edited) -> Edited:
            async with places:
                landed = await self._landed(edited, wait, tell)
            landed = msgspec.structs.replace(landed, waits=False)
            tell(landed)
            return landed

        try:
            for plan in plans:
                outcome = await self.editor.write(plan)
                edited = Edited(plan, outcome, waits=bool(wait) and outcome.may_land and plan.lands)
                tell(edited)
                watched.append(asyncio.create_task(landed(edited)))
            return await asyncio.gather(*watched)
        finally:
            for task in watched:
                task.cancel()

    def kubectl(self, plans: Sequence[Plan]) -> Sequence[str]:
        """Command lines that do the same: one for all pods of a namespace and a value, one for each template."""
        kubectl = self._api.connection.kubectl
        lines = [kubectl(patch_words(plan.holder, plan.proposal)) for plan in plans if not plan.pod]
        pods = sorted((plan for plan in plans if plan.pod), key=_command)
        for (namespace, *_), group in groupby(pods, key=_command):
            alike = list(group)
            lines.append(kubectl(annotate_words(namespace, [plan.holder.name for plan in alike], alike[0].proposal)))
        return lines

    async def _template(self, plan: Plan) -> Plan:
        try:
            return await self.editor.plan_template(plan)
        except NoTemplate as error:
            return Plan(holder=plan.holder, proposal=plan.proposal, pod=None, note="", refusal=str(error))

    async def _landed(self, edited: Edited, wait: float, tell: Callable[[Edited], None]) -> Edited:
        plan = edited.plan
        if not edited.waits:
            return edited
        if plan.pod is not None:
            landing = await self._watch(plan, plan.pod, wait, same_limit=plan.same_limit)
            if landing.seconds is None and (changed := await self._changed(plan)):
                landing = msgspec.structs.replace(landing, reason=changed)
            return msgspec.structs.replace(edited, landing=landing)
        rollout = await follow_rollout(
            self._api,
            plan.holder,
            plan.proposal.annotation,
            timeout=wait,
            tell=lambda rollout: tell(msgspec.structs.replace(edited, rollout=rollout)),
            land=lambda pod, seconds: self._watch(plan, pod, seconds),
        )
        if not rollout.good and (changed := await self._changed(plan)):
            rollout = msgspec.structs.replace(rollout, reason=changed)
        return msgspec.structs.replace(edited, rollout=rollout)

    async def _watch(self, plan: Plan, pod: Pod, seconds: float, *, same_limit: bool = False) -> Landing:
        return await watch_landing(
            self._api,
            pod,
            plan.proposal.asked,
            timeout=seconds,
            same_limit=same_limit,
            cilium_namespace=self._cilium_namespace,
            cilium_selector=self._cilium_selector,
        )

    async def _changed(self, plan: Plan) -> str:
        """A value that somebody has changed again cannot land: that is the reason then."""
        try:
            return await self.editor.changed_since(plan)
        except KubeError:
            return ""


def _command(plan: Plan) -> tuple[str, bool, str]:
    """What pods have in common that one kubectl line edits."""
    annotation = plan.proposal.annotation
    return plan.holder.namespace, annotation is None, annotation or ""


async def _at_once(works: Sequence[Coroutine[Any, Any, _T]]) -> Sequence[_T]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(work: Coroutine[Any, Any, _T]) -> _T:
        async with places:
            return await work

    return await asyncio.gather(*map(one, works))

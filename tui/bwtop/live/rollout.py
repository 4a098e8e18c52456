"""Follows a rollout: until all pods are of the new template, and then whether their limits are programmed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.kube.fetch import fetch
from bwtop.live.holder import Holder
from bwtop.live.landing import Landing
from bwtop.live.rollout_pods import pods_of, trouble_of
from bwtop.model.rollout import RolloutProgress, rollout_progress

PERIOD: Final = 0.5
"""Seconds between two looks at the controller."""
STILL_SECONDS: Final = 4.0
"""After so long without a change it is asked why."""
LANDING_SECONDS: Final = 10.0
"""How long at least the maps are read when all pods are new; most agents need none of it."""
MOST_PODS: Final = 40
"""New pods whose limits are looked at."""
AT_ONCE: Final = 8


class PodLanding(msgspec.Struct, frozen=True):
    """Whether the limit of a new pod is programmed."""

    pod: str
    landing: Landing


class Rollout(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a rollout."""

    progress: RolloutProgress | None = None
    """None: the controller has not been read."""
    over: bool = False
    """It is not followed any more."""
    seconds: float | None = None
    """Until all pods were new; None: not yet, or never."""
    reason: str = ""
    """Why it is not done, or what could not be checked."""
    pods: Sequence[PodLanding] = ()
    unseen: int = 0
    """New pods beyond those."""

    @property
    def good(self) -> bool:
        """All pods are new, and all limits that were looked at are programmed."""
        landed = all(pod.landing.seconds is not None for pod in self.pods)
        return self.over and self.seconds is not None and landed and not self.reason

    def __str__(self) -> str:
        progress = str(self.progress) if self.progress else "its controller is asked"
        if not self.over:
            return f"{progress}: {self.reason}" if self.reason else progress
        if self.seconds is None:
            return f"not rolled out: {self.reason}" + (f" ({progress})" if self.progress else "")
        return f"rolled out after {self.seconds:.0f} s; {self._landed()}"

    def _landed(self) -> str:
        missing = [pod for pod in self.pods if pod.landing.seconds is None]
        if self.reason or not self.pods:
            return self.reason or "it has no pods"
        limited = self.pods[0].landing.limited
        word = "programmed" if limited else "limit removed"
        number, seen = len(self.pods), len(self.pods) - len(missing)
        which = "its new pod" if number == 1 else f"all {number} new pods"
        unseen = f"; {self.unseen} more {'was' if self.unseen == 1 else 'were'} not looked at" if self.unseen else ""
        if not missing:
            warning = next((pod.landing.reason for pod in self.pods if pod.landing.reason), "")
            return f"{word} on {which}{f', but {warning}' if warning else ''}{unseen}"
        return f"{word} on {seen} of {number} new pods; pod {missing[0].pod}: {missing[0].landing}{unseen}"


class _Metadata(msgspec.Struct):
    uid: str = ""
    generation: int = 0


class _Controller(msgspec.Struct):
    metadata: _Metadata
    spec: dict[str, Any]
    status: dict[str, Any] = {}


Land = Callable[[Pod, float], Awaitable[Landing]]
"""Watches the limit of a pod land, for so many seconds at most."""


async def follow_rollout(
    api: Api, holder: Holder, annotation: str | None, *, timeout: float, tell: Callable[[Rollout], None], land: Land
) -> Rollout:
    """Until all pods are new and have landed, or nothing more can be learned, or `timeout` seconds are over.

    `annotation` is what the new pods carry, `tell` hears of every change on the way. Raises no KubeError.
    """
    return await _Follower(api, holder, annotation, tell, land).run(timeout)


class _Follower:
    def __init__(
        self, api: Api, holder: Holder, annotation: str | None, tell: Callable[[Rollout], None], land: Land
    ) -> None:
        self._api, self._holder, self._annotation = api, holder, annotation
        self._tell, self._land = tell, land
        self._known = Rollout()
        self._selector: Mapping[str, Any] = {}
        self._changed = self._started = time.monotonic()

    async def run(self, timeout: float) -> Rollout:
        try:
            async with asyncio.timeout(timeout):
                await self._follow()
        except TimeoutError:
            self._know(reason=self._known.reason or f"not within {timeout:g} s{self._hint()}", over=True)
        except KubeError as error:
            self._know(reason=f"it cannot be followed: {error}", over=True)
        if self._known.seconds is not None:
            await self._look_at_pods(max(LANDING_SECONDS, timeout - (time.monotonic() - self._started)))
        return msgspec.structs.replace(self._known, over=True)

    def _hint(self) -> str:
        holder = self._holder
        words = f"-n {holder.namespace} rollout status {holder.kind.lower()} {holder.name}"
        return f"; it goes on by itself, see: {self._api.connection.kubectl(words)}"

    def _know(self, **news: Any) -> None:  # noqa: ANN401 - fields of Rollout
        known = msgspec.structs.replace(self._known, **news)
        if known == self._known:
            return
        self._known, self._changed = known, time.monotonic()
        if not known.over:
            self._tell(known)

    async def _follow(self) -> None:
        """Until the controller says that it is done, or stuck. Raises KubeError where it may not be read."""
        while True:
            try:
                progress = await self._read()
            except KubeError as error:
                if isinstance(error, ApiError) and error.code in (401, 403, 404):
                    raise
                self._know(reason=str(error))
            else:
                if progress.done:
                    self._know(progress=progress, seconds=time.monotonic() - self._started, reason="")
                    return
                if progress.stuck:
                    why = (progress.stuck.rstrip("."), progress.trouble or await self._why())
                    self._know(progress=progress, reason="; ".join(filter(None, why)), over=True)
                    return
                await self._note(progress)
            await asyncio.sleep(PERIOD)

    async def _read(self) -> RolloutProgress:
        found = await fetch(self._api, self._holder.path, _Controller)
        if found.metadata.uid != self._holder.uid:
            raise ApiError(f"the {self._holder.kind} was replaced by another of the same name", code=404)
        self._selector = found.spec.get("selector") or {}
        return rollout_progress(
            self._holder.kind, generation=found.metadata.generation, spec=found.spec, status=found.status
        )

    async def _note(self, progress: RolloutProgress) -> None:
        """Where nothing has moved for a while somebody wants to know why."""
        if progress != self._known.progress:
            self._know(progress=progress, reason=progress.trouble)
        elif time.monotonic() - self._changed > STILL_SECONDS:
            self._know(reason=progress.trouble or await self._why())
            self._changed = time.monotonic()

    async def _why(self) -> str:
        """Empty: nothing says why."""
        try:
            return await trouble_of(self._api, self._holder, await self._pods())
        except KubeError as error:
            return f"why is not known: {error}"

    async def _pods(self) -> Sequence[Pod]:
        """The new ones."""
        found = await pods_of(self._api, self._holder, self._selector)
        return [pod for pod in found if pod.annotation == self._annotation]

    async def _look_at_pods(self, seconds: float) -> None:
        try:
            pods = await self._pods()
        except KubeError as error:
            self._know(reason=f"whether the new pods' limits are programmed could not be checked: {error}")
            return
        wanted = self._known.progress.wanted if self._known.progress else 0
        if len(pods) < wanted:
            kept = f"{wanted - len(pods)} of {wanted} pods do not carry it"
            self._know(reason=f"{kept}: has a webhook or somebody else changed it?")
        places = asyncio.Semaphore(AT_ONCE)

        async def one(pod: Pod) -> PodLanding:
            async with places:
                return PodLanding(pod.name, await self._land(pod, seconds))

        looked_at = await asyncio.gather(*map(one, pods[:MOST_PODS]))
        self._know(pods=tuple(looked_at), unseen=len(pods) - len(looked_at))

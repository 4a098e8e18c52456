"""Watches an edit land: the agent of the pod's node is read until its map agrees with what is asked."""

import asyncio
import contextlib
import time
from typing import Final

import msgspec

from bwtop.cilium.output import OutputError
from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.live import agent_exec
from bwtop.live.agent_exec import AgentExec
from bwtop.live.found_pod import list_pods
from bwtop.live.readings import NodeReading
from bwtop.live.resources import AGENT_SELECTOR, ENDPOINTS
from bwtop.model.frames import Frame
from bwtop.model.limits import Asked, Direction, EgressProgram, Programmed
from bwtop.model.states import Facts, verdict
from bwtop.model.versions import version_pair

PERIOD: Final = 0.25
"""Seconds between two readings of the map."""
_RETRY_SECONDS: Final = 1.0
_INSPECTION_SECONDS: Final = 3.0
"""How long the answer waits, after the map agreed, for whether a program applies it."""


class Landing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a limit has reached the map of its node."""

    node: str
    seconds: float | None
    """From the call until the map agreed; None: it did not."""
    reason: str = ""
    """Why it did not; or what else must be said, as when no program applies the map."""
    limited: bool = True
    """False: what was to land is that there is no limit."""
    as_before: bool = False
    """The map agreed when it was first read, and the edit came to nothing that it would have to learn."""

    def __str__(self) -> str:
        where = f" on {self.node}" if self.node else ""
        if self.seconds is None:
            return f"not {'programmed' if self.limited else 'removed'}{where}: {self.reason}"
        if self.as_before:
            done, when = "programmed" if self.limited else "no limit", "as before"
        else:
            done, when = "programmed" if self.limited else "limit removed", f"after {_at_most(self.seconds)}"
        return f"{done}{where} {when}{f', but {self.reason}' if self.reason else ''}"


def _at_most(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 0.05 else "less than 0.1 s"


async def watch_landing(
    api: Api,
    pod: Pod,
    wanted: Asked | None,
    *,
    timeout: float,
    same_limit: bool = False,
    cilium_namespace: str | None = None,
    cilium_selector: str = AGENT_SELECTOR,
) -> Landing:
    """Returns within `timeout` seconds, at once when nothing can land; raises no KubeError.

    `same_limit`: what was asked before came to the same.
    """
    if not pod.node:
        return Landing(node="", seconds=None, reason="the pod is not scheduled yet")
    return await _Watch(api, pod, wanted, same_limit, cilium_namespace, cilium_selector).run(timeout)


class _Watch:
    def __init__(
        self,
        api: Api,
        pod: Pod,
        wanted: Asked | None,
        same_limit: bool,
        cilium_namespace: str | None,
        cilium_selector: str,
    ) -> None:
        self._api, self._pod, self._wanted = api, pod, wanted
        self._as_before = same_limit
        self._cilium_namespace, self._cilium_selector = cilium_namespace, cilium_selector
        self._reading = NodeReading(period=60.0)
        self._endpoint: int | None = None
        self._error = ""
        self._started = time.monotonic()
        self._seconds: float | None = None

    async def run(self, timeout: float) -> Landing:
        try:
            async with asyncio.timeout(timeout):
                await self._follow()
        except TimeoutError:
            if self._reading.entries is None:
                self._error = self._error or f"the agent gave no answer in {timeout:g} s"
        except KubeError as error:
            self._error = str(error)
        return self._landing()

    async def _follow(self) -> None:
        """Again and again: an agent that restarts breaks the connection, and is another pod afterwards."""
        while True:
            try:
                await self._attempt()
            except KubeError as error:
                if isinstance(error, ApiError) and error.code in (401, 403):
                    raise
                self._error = str(error)
            else:
                return
            await asyncio.sleep(_RETRY_SECONDS)

    async def _attempt(self) -> None:
        agent = await self._agent()
        if agent is None:
            self._error = "no cilium agent is found there"
            return
        inspection = asyncio.create_task(self._inspect(agent))
        try:
            self._endpoint = await self._endpoint_id()
            if self._endpoint is None:
                await inspection
            await self._sample(agent)
            done, _ = await asyncio.wait({inspection}, timeout=_INSPECTION_SECONDS)
            for task in done:
                task.result()
        finally:
            inspection.cancel()
            await asyncio.gather(inspection, return_exceptions=True)

    async def _agent(self) -> Pod | None:
        agents = await list_pods(
            self._api,
            namespace=self._cilium_namespace,
            label_selector=self._cilium_selector,
            field_selector=f"spec.nodeName={self._pod.node}",
        )
        return max([agent for agent in agents if not agent.deleting], key=lambda agent: agent.ready, default=None)

    async def _endpoint_id(self) -> int | None:
        """From the pod's CiliumEndpoint; None: ask the agent."""
        try:
            body = await self._api.get(f"{ENDPOINTS.url(self._pod.namespace)}/{self._pod.name}")
            endpoint = ENDPOINTS.flatten(msgspec.json.decode(body, type=ENDPOINTS.wire))
        except (ApiError, msgspec.DecodeError):
            return None
        return endpoint.endpoint_id if endpoint.owner_uid in ("", self._pod.uid) else None

    async def _inspect(self, agent: Pod) -> None:
        with contextlib.suppress(KubeError):
            self._reading.inspect(await agent_exec.inspect(self._api, agent), now=time.monotonic())

    async def _sample(self, agent: Pod) -> None:
        """Until the map agrees, or the manager turns out to be off."""
        async with AgentExec(self._api, agent) as script:
            while True:
                if self._take(await script.sample()):
                    return
                await asyncio.sleep(PERIOD)

    def _take(self, frame: Frame) -> bool:
        """Whether it is the last that is needed."""
        try:
            self._reading.sample(frame, now=time.monotonic(), unix=time.time())
        except OutputError as error:
            self._error = str(error)
            return False
        self._error = ""
        if self._agrees():
            self._seconds = time.monotonic() - self._started
        else:
            self._as_before = False
        return self._seconds is not None or self._reading.map_missing

    def _agrees(self) -> bool:
        if self._endpoint is None:
            self._endpoint = self._reading.endpoint_of_pod.get(self._pod.key)
        programmed, wanted = self._programmed(), self._wanted_bits()
        known = self._endpoint is not None or not wanted
        return known and wanted == (programmed.bits_per_second if programmed else 0)

    def _wanted_bits(self) -> int:
        return (self._wanted.bits_per_second or 0) if self._wanted else 0

    def _programmed(self) -> Programmed | None:
        if self._endpoint is None or self._reading.entries is None:
            return None
        return self._reading.entries.get((self._endpoint, Direction.EGRESS))

    def _landing(self) -> Landing:
        limited = self._wanted_bits() > 0
        reason = ""
        if self._seconds is None:
            reason = self._error or self._why_not()
        elif limited and self._reading.egress_program is EgressProgram.MISSING:
            reason = "no egress program on the node's devices applies it"
        return Landing(
            node=self._pod.node, seconds=self._seconds, reason=reason, limited=limited, as_before=self._as_before
        )

    def _why_not(self) -> str:
        status = self._reading.status
        facts = Facts(
            node=self._pod.node,
            has_endpoint=self._endpoint is not None,
            asked=self._wanted,
            programmed=self._programmed(),
            manager_enabled=self._reading.manager_enabled,
            egress_program=self._reading.egress_program,
            cilium=version_pair(status.version) if status and status.version else None,
        )
        return verdict(facts).reason

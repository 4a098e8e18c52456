"""Reads one agent: runs the scripts in it by exec and cuts what they print into frames.

Where the agent's image has no shell the same frames are made of single commands.
"""

import asyncio
import codecs
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from types import TracebackType
from typing import Self

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import ExecError
from bwtop.kube.exec import STDOUT, open_exec
from bwtop.live import direct_exec
from bwtop.live.resources import AGENT_CONTAINER
from bwtop.live.scripts import inspect_command, sample_command
from bwtop.model.frames import Frame, FrameReader

LONGEST_LOOP = 1800
"""Frames after which a sampling loop ends by itself."""


class NoShellError(ExecError):
    """The agent's image has no `sh`, so no script runs in it."""


class AgentExec:
    """One of the scripts, running in an agent: enter it, then take its frames."""

    def __init__(self, api: Api, agent: Pod, command: Sequence[str], *, stdin: bool = False) -> None:
        self._api, self._agent = api, agent
        self._stream = open_exec(
            api, namespace=agent.namespace, pod=agent.name, container=AGENT_CONTAINER, command=command, stdin=stdin
        )
        self._reader = FrameReader()
        self._stderr = ""
        self._frames = self._read()
        self._has_shell = True

    async def __aenter__(self) -> Self:
        """Raises KubeError when the script does not start."""
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._frames.aclose()
        await self._stream.__aexit__(kind, error, trace)

    async def ask(self) -> Frame:
        """The next sample of the sampling loop; raises ExecError when there is none."""
        if self._has_shell:
            try:
                with contextlib.suppress(ExecError):  # the end of the script says more than that it is not there
                    await self._stream.write(b"\n")
                return await self.frame()
            except NoShellError:
                self._has_shell = False
        return await direct_exec.sample(self._api, self._agent)

    async def frame(self) -> Frame:
        """The next frame that comes; raises ExecError when the script has ended instead."""
        try:
            async for frame in self._frames:
                return frame
        except ExecError as error:
            if direct_exec.lacks_program(str(error)):
                raise NoShellError(error.cause, target=error.object) from error
            raise
        if self._stream.exit_status in direct_exec.NOT_FOUND:
            raise NoShellError(f"agent {self._agent.name}: its image has no shell")
        said = " ".join((self._reader.noise or self._stderr).split())[:200]
        agent = self._agent
        raise ExecError(
            f"agent {agent.name}: no reading came back, exit status {self._stream.exit_status}"
            + (f": {said}" if said else ""),
            target=f"agent {agent.key}",
            hint=f"kubectl -n {agent.namespace} exec {agent.name} -c {AGENT_CONTAINER} -- cilium status",
        )

    async def _read(self) -> AsyncGenerator[Frame, None]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        async for channel, data in self._stream:
            if channel == STDOUT:
                for frame in self._reader.feed(decoder.decode(data)):
                    yield frame
            else:
                self._stderr = (self._stderr + data.decode(errors="replace"))[-400:]


def sampling(api: Api, agent: Pod) -> AgentExec:
    """The sampling loop: each `ask` brings a sample."""
    return AgentExec(api, agent, sample_command(frames=LONGEST_LOOP), stdin=True)


async def sample(api: Api, agent: Pod, *, frames: int, period: float) -> AsyncIterator[Frame]:
    """Yields `frames` samples, `period` seconds apart; raises KubeError."""
    async with sampling(api, agent) as loop:
        for number in range(frames):
            if number:
                await asyncio.sleep(period)
            yield await loop.ask()


async def inspect(api: Api, agent: Pod) -> Frame:
    """Status, endpoints and egress programs of the agent; raises KubeError."""
    try:
        async with AgentExec(api, agent, inspect_command()) as script:
            return await script.frame()
    except NoShellError:
        return await direct_exec.inspect(api, agent)

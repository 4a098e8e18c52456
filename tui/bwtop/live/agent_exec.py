"""Reads one agent: runs the script in it by exec and cuts what it prints into frames.

Where the agent's image has no shell the same frames are made of single commands.
"""

import codecs
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from types import TracebackType
from typing import Self

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import ExecError
from bwtop.kube.exec import STDOUT, open_exec
from bwtop.live import direct_exec
from bwtop.live.resources import AGENT_CONTAINER
from bwtop.live.scripts import reader_command
from bwtop.model.frames import INSPECT, SAMPLE, STATUS, Frame, FrameReader

LONGEST_LOOP = 1800
"""Frames after which the script ends by itself."""


class NoShellError(ExecError):
    """The agent's image has no `sh`, so no script runs in it."""


class AgentExec:
    """The script, running in an agent: enter it, then ask for frames."""

    def __init__(self, api: Api, agent: Pod) -> None:
        self._api, self._agent = api, agent
        self._stream = open_exec(
            api, namespace=agent.namespace, pod=agent.name, container=AGENT_CONTAINER,
            command=reader_command(frames=LONGEST_LOOP), stdin=True,
        )  # fmt: skip
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

    async def sample(self) -> Frame:
        """The bandwidth map and the interface counters; raises KubeError when they do not come."""
        return await self._ask(SAMPLE, direct_exec.sample)

    async def inspect(self) -> Frame:
        """Status, endpoints and egress programs; raises KubeError when they do not come."""
        return await self._ask(INSPECT, direct_exec.inspect)

    async def status(self) -> Frame:
        """As `inspect`, without the endpoints; raises KubeError when it does not come."""
        return await self._ask(STATUS, direct_exec.status)

    async def _ask(self, wanted: str, directly: Callable[[Api, Pod], Awaitable[Frame]]) -> Frame:
        if self._has_shell:
            try:
                with contextlib.suppress(ExecError):  # the end of the script says more than that it is not there
                    await self._stream.write(f"{wanted}\n".encode())
                return await self._frame()
            except NoShellError:
                self._has_shell = False
        return await directly(self._api, self._agent)

    async def _frame(self) -> Frame:
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
        ended = f"no reading came back, exit status {self._stream.exit_status}"
        raise self._error(f"{ended}: {said}" if said else ended)

    def _error(self, cause: str) -> ExecError:
        agent = self._agent
        return ExecError(
            f"agent {agent.name}: {cause}",
            target=f"agent {agent.key}",
            hint=f"kubectl -n {agent.namespace} exec {agent.name} -c {AGENT_CONTAINER} -- cilium status",
        )

    async def _read(self) -> AsyncGenerator[Frame, None]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        async for channel, data in self._stream:
            if channel == STDOUT:
                for frame in self._reader.feed(decoder.decode(data)):
                    yield frame
                if self._reader.broken:
                    raise self._error(self._reader.broken)
            else:
                self._stderr = (self._stderr + data.decode(errors="replace"))[-400:]


async def inspect(api: Api, agent: Pod) -> Frame:
    """As AgentExec.inspect, by an exec of its own: a status that hangs holds up no sample."""
    async with AgentExec(api, agent) as script:
        return await script.inspect()

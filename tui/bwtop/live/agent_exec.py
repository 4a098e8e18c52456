"""Reads one agent: runs the scripts in it by exec and hands complete frames to the store."""

import codecs
from collections.abc import AsyncGenerator, Sequence

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import ExecError
from bwtop.kube.exec import open_exec
from bwtop.live.resources import AGENT_CONTAINER
from bwtop.live.scripts import inspect_command, sample_command
from bwtop.model.frames import Frame, FrameReader


async def sample(api: Api, agent: Pod, *, frames: int, period: float) -> AsyncGenerator[Frame, None]:
    """Yields `frames` samples as the agent prints them; raises ExecError when it ends without having printed one."""
    async for frame in _frames(api, agent, sample_command(frames=frames, period=period)):
        yield frame


async def inspect(api: Api, agent: Pod) -> Frame:
    """Status, endpoints and egress programs of the agent; raises ExecError."""
    async for frame in _frames(api, agent, inspect_command()):
        return frame
    raise AssertionError("frames end with one or an error")


async def _frames(api: Api, agent: Pod, command: Sequence[str]) -> AsyncGenerator[Frame, None]:
    reader, seen = FrameReader(), 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    stderr = ""
    stream = open_exec(api, namespace=agent.namespace, pod=agent.name, container=AGENT_CONTAINER, command=command)
    async with stream:
        async for channel, data in stream:
            if channel != 1:
                stderr = (stderr + data.decode(errors="replace"))[-400:]
                continue
            for frame in reader.feed(decoder.decode(data)):
                seen += 1
                yield frame
    if not seen:
        said = " ".join((reader.noise or stderr).split())[:200]
        raise ExecError(
            f"no reading came back, exit status {stream.exit_status}" + (f": {said}" if said else ""),
            target=f"agent {agent.key}",
            hint=f"kubectl -n {agent.namespace} exec {agent.name} -c {AGENT_CONTAINER} -- cilium status",
        )

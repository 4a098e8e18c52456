"""Reads an agent whose image has no shell: each command by an exec of its own, put into the frames of the scripts.

Nothing in such an agent bounds a command as `timeout` does in the scripts. One that hangs is given up here, and its
exec is closed; it itself stays in the agent until Cilium's own time is up, because no signal reaches it
(kubernetes#89031). So that they do not pile up, one that hangs over the map counts as a failed reading, after which the
sampler waits longer each time; another costs its own section only, and those are asked for seldom.
"""

import re
from collections.abc import Awaitable
from typing import Final

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import ExecError, ExecTimeoutError
from bwtop.kube.exec import run_exec
from bwtop.live.resources import AGENT_CONTAINER
from bwtop.model.frames import Frame, Section

COMMAND_SECONDS: Final = 5.0
"""Three that hang are given up before the sampler gives up the agent."""
TIMED_OUT: Final = 124
"""What `timeout` exits with."""
NOT_FOUND: Final = (126, 127)
"""Exit statuses with which Docker and shells tell that a program is not there."""

_LACKS = re.compile(r"executable file .*not found|exec: .*: no such file or directory")


def lacks_program(text: str) -> bool:
    """Whether a container runtime says so (containerd and CRI-O: runc's or crun's words)."""
    return _LACKS.search(text) is not None


async def sample(api: Api, agent: Pod) -> Frame:
    """The sections of SAMPLE_SECTIONS; without `cat` there are no counters, and so no rates. Raises KubeError."""
    limits = await _cilium(api, agent, "bpf bandwidth list -o json")
    return {"map": limits, "counters": await _given_up(_first(api, agent, "cat /proc/uptime /proc/net/dev"))}


async def inspect(api: Api, agent: Pod) -> Frame:
    """The sections of INSPECT_SECTIONS. Raises KubeError."""
    return {
        "status": await _given_up(_cilium(api, agent, "status -o json")),
        "endpoints": await _given_up(_cilium(api, agent, "endpoint list -o json")),
        "programs": await _given_up(_first(api, agent, "bpftool -j net show")),
    }


async def status(api: Api, agent: Pod) -> Frame:
    """The sections of STATUS_SECTIONS. Raises KubeError."""
    return {
        "status": await _given_up(_cilium(api, agent, "status -o json")),
        "programs": await _given_up(_first(api, agent, "bpftool -j net show")),
    }


async def _given_up(section: Awaitable[Section]) -> Section:
    """What hangs leaves a section that says so, as under `timeout`."""
    try:
        return await section
    except ExecTimeoutError as error:
        return Section(str(error), TIMED_OUT)


async def _cilium(api: Api, agent: Pod, words: str) -> Section:
    return await _first(api, agent, f"cilium-dbg {words}", f"cilium {words}")


async def _first(api: Api, agent: Pod, *commands: str) -> Section:
    """What the first command printed that the image has; where it has none of them, that."""
    for command in commands:
        try:
            result = await run_exec(
                api, namespace=agent.namespace, pod=agent.name, container=AGENT_CONTAINER, command=command.split(),
                timeout=COMMAND_SECONDS,
            )  # fmt: skip
        except ExecError as error:
            if not lacks_program(str(error)):
                raise
        else:
            if result.exit_status not in NOT_FOUND:
                return Section(result.stderr + result.stdout, result.exit_status)
    missing = " or ".join(command.partition(" ")[0] for command in commands)
    return Section(f"the agent's image has no {missing}", NOT_FOUND[-1])

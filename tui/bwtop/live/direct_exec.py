"""Reads an agent whose image has no shell: each command by an exec of its own, put into the frames of the scripts.

Nothing bounds a command there as `timeout` does in the scripts: one that hangs ends when Cilium's own time is up.
"""

import re
from typing import Final

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import ExecError
from bwtop.kube.exec import run_exec
from bwtop.live.resources import AGENT_CONTAINER
from bwtop.model.frames import Frame, Section

COMMAND_SECONDS: Final = 8.0
NOT_FOUND: Final = (126, 127)
"""Exit statuses with which Docker and shells tell that a program is not there."""

_LACKS = re.compile(r"executable file .*not found|exec: .*: no such file or directory")


def lacks_program(text: str) -> bool:
    """Whether a container runtime says so (containerd and CRI-O: runc's or crun's words)."""
    return _LACKS.search(text) is not None


async def sample(api: Api, agent: Pod) -> Frame:
    """The sections of SAMPLE_SECTIONS; without `cat` there are no counters, and so no rates. Raises KubeError."""
    limits = await _cilium(api, agent, "bpf bandwidth list -o json")
    counters = await _first(api, agent, "cat /proc/uptime /proc/net/dev")
    return {"map": limits, "counters": counters}


async def inspect(api: Api, agent: Pod) -> Frame:
    """The sections of INSPECT_SECTIONS. Raises KubeError."""
    return {
        "status": await _cilium(api, agent, "status -o json"),
        "endpoints": await _cilium(api, agent, "endpoint list -o json"),
        "programs": await _first(api, agent, "bpftool -j net show"),
    }


async def status(api: Api, agent: Pod) -> Frame:
    """The sections of STATUS_SECTIONS. Raises KubeError."""
    return {
        "status": await _cilium(api, agent, "status -o json"),
        "programs": await _first(api, agent, "bpftool -j net show"),
    }


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

"""What bwtop's own two scripts print in an agent: frames, out of the world."""

from bwtop.demo.bpftool import bpftool
from bwtop.demo.cilium_dbg import cilium_dbg
from bwtop.demo.netdev import net_dev, uptime
from bwtop.demo.process import Output, Process
from bwtop.demo.spec import AgentFault
from bwtop.model.frames import Section, write_frame

GARBAGE = "unexpected fault address 0x7f3a\nfatal error: {]\x1b[2J not JSON\n"


async def sample(process: Process, *, frames: int) -> int:
    """The bandwidth map and the counters for each line of the input, at most `frames` times."""
    asked = 0
    for number in range(1, frames + 1):
        while asked < number:
            piece = await process.stdin.get()
            if not piece:
                return 0
            asked += piece.count(b"\n")
        sections = {
            "map": _cilium(process, "bpf bandwidth list -o json"),
            "uptime": Section(uptime(process.node), 0),
            "net": Section(net_dev(process.node), 0),
        }
        await process.out(write_frame(number, sections))
    return 0


async def inspect(process: Process) -> int:
    """Status, endpoints and egress programs, once."""
    await process.out(
        write_frame(
            1,
            {
                "status": _cilium(process, "status -o json"),
                "endpoints": _cilium(process, "endpoint list -o json"),
                "programs": _section(bpftool(process.node, ("bpftool", "-j", "net", "show"))),
            },
        )
    )
    return 0


def _cilium(process: Process, arguments: str) -> Section:
    if process.node.agent.fault is AgentFault.GARBAGE:
        return Section(GARBAGE, 0)
    return _section(cilium_dbg(process.world, process.node, ("cilium", *arguments.split())))


def _section(output: Output) -> Section:
    """Both streams in one, as the script merges them."""
    return Section(output.stderr + output.stdout, output.exit)

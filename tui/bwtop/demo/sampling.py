"""What bwtop's own script prints in an agent: frames, out of the world."""

from bwtop.demo.bpftool import bpftool
from bwtop.demo.cilium_dbg import cilium_dbg
from bwtop.demo.netdev import net_dev, uptime
from bwtop.demo.process import Output, Process
from bwtop.demo.spec import AgentFault
from bwtop.model.frames import INSPECT, STATUS, Frame, Section, write_frame

GARBAGE = "unexpected fault address 0x7f3a\nfatal error: {]\x1b[2J not JSON\n"


async def reader(process: Process, *, frames: int) -> int:
    """A frame for each line of the input, at most `frames` of them."""
    lines: list[bytes] = []
    rest = b""
    for number in range(1, frames + 1):
        while not lines:
            piece = await process.stdin.get()
            if not piece:
                return 0
            *lines, rest = (rest + piece).split(b"\n")
        wanted = lines.pop(0).decode(errors="replace")
        await process.out(write_frame(number, _frame(process, wanted)))
    return 0


def _frame(process: Process, wanted: str) -> Frame:
    printed = {INSPECT: _inspection, STATUS: _status}.get(wanted, _sample)
    return printed(process)


def _sample(process: Process) -> Frame:
    return {
        "map": _cilium(process, "bpf bandwidth list -o json"),
        "counters": Section(uptime(process.node) + net_dev(process.node), 0),
    }


def _inspection(process: Process) -> Frame:
    return {
        "status": _cilium(process, "status -o json"),
        "endpoints": _cilium(process, "endpoint list -o json"),
        "programs": _section(bpftool(process.node, ("bpftool", "-j", "net", "show"))),
    }


def _status(process: Process) -> Frame:
    return {
        "status": _cilium(process, "status -o json"),
        "programs": _section(bpftool(process.node, ("bpftool", "-j", "net", "show"))),
    }


def _cilium(process: Process, arguments: str) -> Section:
    if process.node.agent.fault is AgentFault.GARBAGE:
        return Section(GARBAGE, 0)
    return _section(cilium_dbg(process.world, process.node, ("cilium", *arguments.split())))


def _section(output: Output) -> Section:
    """Both streams in one, as the script merges them."""
    return Section(output.stderr + output.stdout, output.exit)

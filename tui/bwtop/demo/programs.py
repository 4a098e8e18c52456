"""The programs of the demo's containers, and the little of a shell that is needed to call them."""

import asyncio
import re
import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bwtop.demo.bpftool import bpftool
from bwtop.demo.cilium_dbg import cilium_dbg
from bwtop.demo.kinds import PODS
from bwtop.demo.netdev import net_dev, uptime
from bwtop.demo.netperf import netperf, netserver
from bwtop.demo.process import NotFoundError, Output, Process
from bwtop.demo.sampling import reader
from bwtop.demo.spec import AgentFault
from bwtop.model.frames import MARK, READER
from bwtop.model.netperf import RUN

Program = Callable[[Process, Sequence[str]], Awaitable[int]]
TIMED_OUT, TERMINATED = 124, 143
GARBAGE = "\x1b[31mpanic: runtime error\x1b[0m: \x00\xffgoroutine 1 [running]:\nmain.main()\n"


async def run(process: Process, command: Sequence[str]) -> int:
    """Runs a command to its end; its exit status. Raises NotFoundError when the container lacks it."""
    found = _programs(process).get(command[0].rpartition("/")[2])
    if found is None:
        raise NotFoundError(command[0])
    return await found(process, command)


def _programs(process: Process) -> Mapping[str, Program]:
    if not process.is_agent:
        return {**_BASICS, **(_NETPERF if _has_netperf(process) else {})}
    agent = process.node.agent
    there = _CILIUM if agent.fault is AgentFault.NO_SHELL else _AGENT
    return there if agent.era.has_cilium_dbg else {name: one for name, one in there.items() if name != "cilium-dbg"}


def _has_netperf(process: Process) -> bool:
    body = process.world.store[PODS].get(process.namespace, process.pod).body()
    return any(
        "netperf" in container["image"] or "network-perf" in container["image"]
        for container in body["spec"]["containers"]
    )


# -- programs of every container ---------------------------------------------------------------------------------
async def _hostname(process: Process, command: Sequence[str]) -> int:
    return await process.print(Output(f"{process.pod}\n"))


async def _echo(process: Process, command: Sequence[str]) -> int:
    return await process.print(Output(" ".join(command[1:]) + "\n"))


async def _true(process: Process, command: Sequence[str]) -> int:
    return 0


async def _false(process: Process, command: Sequence[str]) -> int:
    return 1


async def _cat(process: Process, command: Sequence[str]) -> int:
    status = 0
    if not command[1:]:
        await process.out(await process.read_all())
    for path in command[1:]:
        text = _file(process, path)
        if text is None:
            status = 1
            await process.err(f"cat: {path}: No such file or directory\n")
        else:
            await process.out(text)
    return status


def _file(process: Process, path: str) -> str | None:
    match path:
        case "/proc/uptime":
            return uptime(process.node)
        case "/proc/net/dev" if process.is_agent:
            return net_dev(process.node)
        case "/etc/hostname":
            return f"{process.pod}\n"
    return None


async def _sleep(process: Process, command: Sequence[str]) -> int:
    if command[1:] == ["infinity"]:
        await asyncio.Event().wait()
    span = _seconds(command[1:])
    if span is None:
        await process.err(f"sleep: invalid time interval '{' '.join(command[1:])}'\n")
        return 1
    await process.world.agenda.sleep(span)
    return 0


def _seconds(words: Sequence[str]) -> float | None:
    """The first word as seconds, `2.5` or `10s`; None when it is none."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]*)?)s?", words[0]) if words else None
    return float(match[1]) if match else None


async def _env(process: Process, command: Sequence[str]) -> int:
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return await process.print(Output(f"{path}\nHOSTNAME={process.pod}\nKUBERNETES_SERVICE_PORT=443\n"))


async def _timeout(process: Process, command: Sequence[str]) -> int:
    """`timeout [-s SIGNAL] [-k SECONDS] SECONDS COMMAND...` of simulated seconds."""
    words = list(command[1:])
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("-s", "-k") else words[1:]
    span = _seconds(words)
    if span is None or not words[1:]:
        await process.err("timeout: invalid time interval or no command\n")
        return 125
    inner = asyncio.ensure_future(run(process, words[1:]))
    alarm = asyncio.ensure_future(process.world.agenda.sleep(span))
    try:
        await asyncio.wait({inner, alarm}, return_when=asyncio.FIRST_COMPLETED)
        return inner.result() if inner.done() else TIMED_OUT
    except NotFoundError as error:
        await process.err(f"timeout: failed to run command '{error.program}': No such file or directory\n")
        return 127
    finally:
        inner.cancel()
        alarm.cancel()


async def _sh(process: Process, command: Sequence[str]) -> int:
    """`sh -c SCRIPT NAME ARGUMENTS`: bwtop's own script by its name, else simple commands one by one."""
    match list(command[1:]):
        case ["-c", _, name, count] if name == READER and count.isdigit():
            return await reader(process, frames=int(count))
        case ["-c", _, name, *words] if name == RUN:
            return await _until_told(process, ["timeout", *words])
        case ["-c", script, *_]:
            return await _script(process, script)
        case []:
            return await _script(process, await process.read_all())
    await process.err("sh: only -c SCRIPT is simulated here\n")
    return 2


async def _until_told(process: Process, words: Sequence[str]) -> int:
    """Runs a command that a line on standard input, or the end of it, terminates."""
    running = asyncio.ensure_future(run(process, words))
    told = asyncio.ensure_future(process.stdin.get())
    try:
        await asyncio.wait({running, told}, return_when=asyncio.FIRST_COMPLETED)
        status = running.result() if running.done() else TERMINATED
        await process.out(f"\n{MARK}exit {status}\n")
        return status
    finally:
        running.cancel()
        told.cancel()


async def _script(process: Process, script: str) -> int:
    """Commands separated by newlines, `;` and `&&`; nothing else of a shell."""
    status = 0
    for before, text in re.findall(r"(^|&&|;|\n)([^;&\n]*)", script):
        try:
            words = shlex.split(text.replace("2>/dev/null", ""))
        except ValueError as error:
            await process.err(f"sh: 1: Syntax error: {error}\n")
            return 2
        if not words or (before == "&&" and status):
            continue
        if words[0] == "exit":
            return int(words[1]) % 256 if words[1:] and words[1].isdigit() else status
        try:
            status = await run(process, words)
        except NotFoundError as error:
            await process.err(f"sh: 1: {error.program}: not found\n")
            status = 127
    return status


# -- programs of the agent ---------------------------------------------------------------------------------------
async def _cilium(process: Process, command: Sequence[str]) -> int:
    if process.node.agent.fault is AgentFault.GARBAGE:
        return await process.print(Output(GARBAGE))
    return await process.print(cilium_dbg(process.world, process.node, command))


async def _bpftool(process: Process, command: Sequence[str]) -> int:
    return await process.print(bpftool(process.node, command))


_BASICS: dict[str, Program] = {
    "sh": _sh,
    "bash": _sh,
    "cat": _cat,
    "hostname": _hostname,
    "echo": _echo,
    "true": _true,
    "false": _false,
    "sleep": _sleep,
    "env": _env,
    "timeout": _timeout,
}
_CILIUM: dict[str, Program] = {"cilium": _cilium, "cilium-dbg": _cilium, "bpftool": _bpftool}
_AGENT: dict[str, Program] = {**_BASICS, **_CILIUM}
_NETPERF: dict[str, Program] = {"netperf": netperf, "netserver": netserver}

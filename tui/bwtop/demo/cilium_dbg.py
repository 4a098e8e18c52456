"""The `cilium` (from 1.15 on `cilium-dbg`) command of an agent, in the shape of the version that the node claims."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from bwtop.demo import bandwidth_list, endpoint_list, status
from bwtop.demo.node import Node
from bwtop.demo.process import Output
from bwtop.demo.spec import AgentFault
from bwtop.demo.times import rfc3339_milliseconds
from bwtop.demo.world import World

SOCKET = "dial unix /var/run/cilium/cilium.sock: connect: no such file or directory"
WARNING = "Unable to find identity in cache"
LOG_LINES = {AgentFault.NOISY: 1, AgentFault.LOUD: 50_000}
"""50,000 of them are five megabytes."""


class _Call(msgspec.Struct, frozen=True):
    words: tuple[str, ...]
    output: str
    """Of `-o`; empty: text."""
    brief: bool


def cilium_dbg(world: World, node: Node, command: Sequence[str]) -> Output:
    call = _read(command[1:])
    found = _run(world, node, call)
    lines = LOG_LINES.get(node.agent.fault, 0) if node.agent.fault else 0
    return _with_log(world, node, found, lines=lines) if lines else found


def _read(arguments: Sequence[str]) -> _Call:
    words, output, brief = [], "", False
    rest = iter(arguments)
    for word in rest:
        if word in ("-o", "--output"):
            output = next(rest, "")
        elif word.startswith(("-o", "--output=")):
            output = word.removeprefix("--output=").removeprefix("-o")
        elif word == "--brief":
            brief = True
        elif not word.startswith("-"):
            words.append(word)
    return _Call(tuple(words), output, brief)


def _run(world: World, node: Node, call: _Call) -> Output:
    down = node.agent.fault is AgentFault.UNREACHABLE
    match call.words:
        case ("bpf", "bandwidth", "list", *_):
            return _bandwidth_list(node, call)
        case ("status",):
            return _unreachable("healthz") if down else _status(world, node, call)
        case ("endpoint", "list"):
            if down:
                return _unreachable("endpoint", before="Error: cannot get endpoint list: ", after="\n")
            return _endpoint_list(world, node, call)
        case ("version",):
            return _version(node, down=down)
    name = "cilium-dbg" if node.agent.era.has_cilium_dbg else "cilium"
    unknown = " ".join(call.words) or name
    return Output("", f'Error: unknown command "{unknown}" for "{name}"\nRun \'{name} --help\' for usage.\n', 1)


def _bandwidth_list(node: Node, call: _Call) -> Output:
    if not node.cilium.manager:
        return Output("", bandwidth_list.no_map(node.agent.era), 1)
    rows = bandwidth_list.rows(node.agent)
    match call.output:
        case "":
            return Output(*((bandwidth_list.text(rows, node.agent.era), "") if rows else ("", "No entries found.\n")))
        case "json":
            return Output(indented(bandwidth_list.mapping(rows, node.agent.era)))
        case "jsonpath={}":
            return Output(msgspec.json.encode(bandwidth_list.mapping(rows, node.agent.era)).decode() + "\n")
        case "yaml":
            return Output(bandwidth_list.yaml(rows, node.agent.era))
    return Output("", "error getting output of map in unknown: couldn't find output printer\n", 1)


def _status(world: World, node: Node, call: _Call) -> Output:
    if call.output == "json":
        found = status.document(world, node)
        return Output(indented({key: found[key] for key in ("cilium", "cluster")} if call.brief else found))
    return Output("OK\n" if call.brief else status.text(world, node))


def _endpoint_list(world: World, node: Node, call: _Call) -> Output:
    if call.output == "json":
        return Output(indented(endpoint_list.document(world, node)))
    return Output(endpoint_list.text(node))


def _version(node: Node, *, down: bool) -> Output:
    built = "2023-06-14T21:57:30+02:00 go version go1.19.10 linux/amd64"
    client = f"{node.cilium.version} {status.commit(node)[:8]} {built}"
    daemon = "Not responding" if down else client
    return Output(f"Client: {client}\nDaemon: {daemon}\n")


def _unreachable(path: str, *, before: str = "", after: str = "") -> Output:
    return Output("", f'{before}Get "http://localhost/v1/{path}": {SOCKET}\nIs the agent running?\n{after}', 1)


def _with_log(world: World, node: Node, output: Output, *, lines: int) -> Output:
    """Log lines about nothing: from 1.18 on they stand in standard output, before what was asked for."""
    time, said = rfc3339_milliseconds(world.unix), f'msg="{WARNING}" subsys=cli\n'
    if node.agent.era.logs_to_stdout:
        return Output(f"time={time} level=warn {said}" * lines + output.stdout, output.stderr, output.exit)
    return Output(output.stdout, f'time="{time}" level=warning {said}' * lines + output.stderr, output.exit)


def indented(document: Any) -> str:  # noqa: ANN401
    """As Go prints it: two spaces, and one empty line more."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026") + "\n\n"

"""`bpftool -j net show` in an agent: which programs are attached where."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from bwtop.demo.node import Node
from bwtop.demo.process import Output

_USAGE = """Usage: bpftool [OPTIONS] OBJECT { COMMAND | help }
       OBJECT := { prog | map | link | cgroup | perf | net | feature | btf | gen | struct_ops | iter }
       OPTIONS := { {-j|--json} [{-p|--pretty}] | {-d|--debug} }
"""


def bpftool(node: Node, command: Sequence[str]) -> Output:
    words = [word for word in command[1:] if word != "-j"]
    if words not in (["net", "show"], ["net"], ["net", "list"]) or "-j" not in command:
        return Output("", _USAGE, 255)
    tc = [
        {
            "devname": device,
            "ifindex": index,
            "kind": kind,
            "name": f"{_program(node, name)}-{device}",
            "id": 200 + number,
        }
        for number, (device, index, kind, name) in enumerate(_attached(node))
    ]
    entries: list[dict[str, Any]] = [{"xdp": [], "tc": tc, "flow_dissector": []}]
    return Output(msgspec.json.encode(entries).decode() + "\n")


def _program(node: Node, name: str) -> str:
    """Before 1.12 the names had no `cil_`."""
    return name if node.agent.era.version >= (1, 12) else name.removeprefix("cil_").replace("_", "-")


def _attached(node: Node) -> Iterator[tuple[str, int, str, str]]:
    """Device, its index, where on it, and what."""
    for number, device in enumerate(node.cilium.devices):
        yield device, 2 + number, "clsact/ingress", "cil_from_netdev"
        if node.cilium.manager and node.cilium.egress_program and node.cilium.routing == "native":
            yield device, 2 + number, "clsact/egress", "cil_to_netdev"
    yield "cilium_net", 5, "clsact/ingress", "cil_to_host"
    yield "cilium_host", 6, "clsact/ingress", "cil_to_host"
    yield "cilium_host", 6, "clsact/egress", "cil_from_host"
    if node.cilium.routing != "native":
        tunnel = f"cilium_{node.cilium.routing}"
        yield tunnel, 8, "clsact/ingress", "cil_from_overlay"
        yield tunnel, 8, "clsact/egress", "cil_to_overlay"
    for endpoint in sorted(node.endpoints.values(), key=lambda endpoint: endpoint.index):
        if endpoint.interface:
            yield endpoint.interface, endpoint.index, "clsact/ingress", "cil_from_container"

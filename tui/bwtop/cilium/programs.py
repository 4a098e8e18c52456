"""`bpftool -j net show`: whether a node's devices carry the program that applies the limits of the map.

From 1.15 on the bandwidth manager alone attaches none with native routing (cilium#39167): the map is full and nothing
is limited. The rule here is made to claim MISSING only where that is certain:

- ATTACHED: `cil_to_netdev` (before 1.12 `to-netdev`) at the egress of one device that the manager names at least, or
  `cil_to_overlay` at the egress of a tunnel device. Which of several devices a packet leaves through is not known
  here, so one without the program beside one that has it is not called MISSING.
- MISSING: none of them has it, and other programs of Cilium are listed: so bpftool saw the right network namespace,
  and knows the kind of attachment (older ones do not see tcx) that this agent uses.
- UNKNOWN: anything else, no bpftool and unreadable output included.
"""

import re
from collections.abc import Collection, Sequence

import msgspec

from bwtop.cilium.output import OutputError, decode
from bwtop.model.limits import EgressProgram

TUNNEL_DEVICES = ("cilium_vxlan", "cilium_geneve")

_TO_NETDEV = re.compile(r"(?<![a-z_])(cil_)?to[-_]netdev(?![a-z])")
_TO_OVERLAY = re.compile(r"(?<![a-z_])(cil_)?to[-_]overlay(?![a-z])")
_CILIUM = re.compile(r"(?<![a-z])(cil_|(to|from)[-_](netdev|overlay|container|host|lxc))")


class _Program(msgspec.Struct, gc=False):
    devname: str | None = None
    kind: str | None = None
    """`clsact/egress`, `tcx/egress`, `netkit/peer` ..."""
    name: str | None = None

    @property
    def at_egress(self) -> bool:
        return re.split(r"[/ ]", self.kind or "")[-1] == "egress"


class _Net(msgspec.Struct, gc=False):
    tc: list[_Program]
    """tcx and netkit too."""


def read_egress_program(text: str, *, devices: Sequence[str]) -> EgressProgram:
    """Whether limits are applied on the devices that the manager names; never raises."""
    programs = _programs(text)
    if not devices or not any(_CILIUM.search(program.name or "") for program in programs):
        return EgressProgram.UNKNOWN
    if _attached(programs, _TO_NETDEV, devices) or _attached(programs, _TO_OVERLAY, TUNNEL_DEVICES):
        return EgressProgram.ATTACHED
    return EgressProgram.MISSING


def bare_devices(text: str, *, devices: Sequence[str]) -> tuple[str, ...]:
    """Those of the manager's devices that lack the program although another one has it, or a tunnel; never raises.

    What leaves through them is not limited. Empty where `read_egress_program` does not say ATTACHED.
    """
    programs = _programs(text)
    if _attached(programs, _TO_OVERLAY, TUNNEL_DEVICES) or not _attached(programs, _TO_NETDEV, devices):
        return ()
    return tuple(device for device in devices if not _attached(programs, _TO_NETDEV, (device,)))


def _programs(text: str) -> Sequence[_Program]:
    """None at all where the output does not read."""
    try:
        listing = decode(text, list[_Net], expected="the JSON of `bpftool net show`")
    except OutputError:
        return ()
    return [program for net in listing for program in net.tc]


def _attached(programs: Sequence[_Program], name: re.Pattern[str], devices: Collection[str]) -> bool:
    return any(p.at_egress and p.devname in devices and name.search(p.name or "") for p in programs)

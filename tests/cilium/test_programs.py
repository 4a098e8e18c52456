import json
from itertools import product

import pytest

from bwtop.cilium.programs import read_egress_program
from bwtop.model.limits import EgressProgram
from cilium.recorded import live

ATTACHED, MISSING, UNKNOWN = EgressProgram.ATTACHED, EgressProgram.MISSING, EgressProgram.UNKNOWN

POD = ("lxc1", "clsact/ingress", "cil_from_container-lxc1")


def bpftool(*programs: tuple[str, str, str]) -> str:
    tc = [{"devname": device, "ifindex": 4, "kind": kind, "name": name, "id": 1} for device, kind, name in programs]
    return json.dumps([{"xdp": [], "tc": tc, "flow_dissector": []}]) + "\n"


def recorded(name: str) -> str:
    """The `bpftool -j net show` line of a recorded session."""
    return next(line for line in live(name).splitlines() if line.startswith('[{"xdp"'))


@pytest.mark.parametrize(
    ("recording", "program"),
    [
        ("egress-program-attached.txt", ATTACHED),
        ("1.14.19-program-attached.txt", ATTACHED),
        ("egress-program-missing.txt", MISSING),
    ],
)
def test_real_agents_are_told_apart(recording: str, program: EgressProgram) -> None:
    assert read_egress_program(recorded(recording), devices=["ext0"]) is program


@pytest.mark.parametrize(
    ("kind", "name"),
    list(
        product(
            ["clsact/egress", "tc egress", "tcx/egress"],
            ["cil_to_netdev", "cil_to_netdev-eth0", "cil_to_netdev-e", "to-netdev", "bpf_netdev_eth0.o:[to-netdev]"],
        )
    ),
)
def test_the_program_is_known_by_every_name_and_kind_of_attachment(kind: str, name: str) -> None:
    assert read_egress_program(bpftool(POD, ("eth0", kind, name)), devices=["eth0"]) is ATTACHED


@pytest.mark.parametrize("tunnel", ["cilium_vxlan", "cilium_geneve"])
def test_a_tunnel_device_applies_limits_too(tunnel: str) -> None:
    text = bpftool(POD, (tunnel, "tcx/egress", "cil_to_overlay"))
    assert read_egress_program(text, devices=["eth0"]) is ATTACHED


def test_one_of_several_devices_is_enough_not_to_call_it_missing() -> None:
    text = bpftool(POD, ("eth1", "clsact/egress", "cil_to_netdev-eth1"))
    assert read_egress_program(text, devices=["eth0", "eth1"]) is ATTACHED


@pytest.mark.parametrize(
    "elsewhere",
    [
        ("eth9", "clsact/egress", "cil_to_netdev-eth9"),
        ("eth0", "clsact/ingress", "cil_to_netdev-eth0"),
        ("eth0", "clsact/egress", "cil_from_host-eth0"),
        ("eth0", "clsact/egress", "mycil_to_netdev"),
        ("eth0", "clsact/egress", "cil_to_overlay"),
        ("cilium_vxlan", "clsact/ingress", "cil_to_overlay"),
    ],
)
def test_the_wrong_device_direction_or_program_does_not_count(elsewhere: tuple[str, str, str]) -> None:
    assert read_egress_program(bpftool(POD, elsewhere), devices=["eth0"]) is MISSING


@pytest.mark.parametrize(
    "text",
    [
        "",
        "timeout: failed to run command 'bpftool': No such file or directory",
        "sh: bpftool: not found",
        '{"error":"Operation not permitted"}',
        "[]",
        "[{}]",
        '[{"xdp":[],"tc":null}]',
        bpftool(),
        bpftool(("eth0", "clsact/egress", "someone_elses")),
    ],
)
def test_what_cannot_be_told_is_unknown_and_never_missing(text: str) -> None:
    assert read_egress_program(text, devices=["eth0"]) is UNKNOWN


def test_without_devices_to_look_at_nothing_can_be_told() -> None:
    assert read_egress_program(recorded("egress-program-missing.txt"), devices=[]) is UNKNOWN

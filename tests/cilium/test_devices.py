import pytest

from bwtop.cilium.counters import read_net_dev
from bwtop.cilium.devices import network_cards, other_devices
from bwtop.cilium.programs import bare_devices
from cilium.recorded import live
from cilium.test_programs import POD, bpftool, recorded


@pytest.mark.parametrize(
    ("name", "is_card"),
    [
        ("eth1", True), ("ens6", True), ("enp0s3", True), ("eno1", True), ("enx001122", True), ("em1", True),
        ("lo", False), ("cilium_host", False), ("lxc1a2b", False), ("eni0f3a91", False), ("veth12", False),
        ("docker0", False), ("dummy0", False), ("kube-ipvs0", False), ("eth1.100", False),
    ],
)  # fmt: skip
def test_cards_are_known_by_their_names(name: str, is_card: bool) -> None:
    assert set(network_cards({"eth0": 5, name: 5})) == ({"eth0", name} if is_card else {"eth0"})


def test_a_card_without_traffic_does_not_count() -> None:
    assert network_cards({"eth0": 5, "eth1": 0}) == ("eth0",)


@pytest.mark.parametrize("managed", [["bond0"], ["eth0", "br-lan"], ["eth1.100"]])
def test_the_cards_below_a_bond_a_bridge_or_a_vlan_are_not_counted(managed: list[str]) -> None:
    assert other_devices(["eth1"], managed=managed) == ()


def test_a_card_beside_the_managers_one_on_a_real_node() -> None:
    assert other_devices(network_cards(read_net_dev(live("proc_net_dev"))), managed=["ext0"]) == ("eth0",)


def test_a_device_without_the_program_beside_one_that_has_it_is_named() -> None:
    text = bpftool(POD, ("eth1", "clsact/egress", "cil_to_netdev-eth1"))
    assert bare_devices(text, devices=["eth0", "eth1"]) == ("eth0",)
    assert bare_devices(text, devices=["eth1"]) == ()


def test_with_a_tunnel_the_cards_need_no_program() -> None:
    text = bpftool(POD, ("cilium_vxlan", "tcx/egress", "cil_to_overlay"), ("eth1", "tcx/egress", "cil_to_netdev"))
    assert bare_devices(text, devices=["eth0", "eth1"]) == ()


@pytest.mark.parametrize("recording", ["egress-program-attached.txt", "egress-program-missing.txt"])
def test_real_agents_have_all_or_nothing(recording: str) -> None:
    assert bare_devices(recorded(recording), devices=["ext0"]) == ()

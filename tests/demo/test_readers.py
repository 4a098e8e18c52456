"""bwtop's own readers understand what the demo's agents print, on every node of every cluster."""

import pytest

from bwtop.cilium.bandwidth import MapMissing, read_bandwidth_map
from bwtop.cilium.counters import read_net_dev, read_uptime
from bwtop.cilium.endpoints import read_endpoints
from bwtop.cilium.programs import read_egress_program
from bwtop.cilium.status import read_status
from bwtop.demo.bpftool import bpftool
from bwtop.demo.cilium_dbg import cilium_dbg
from bwtop.demo.netdev import net_dev, uptime
from bwtop.demo.node import Node
from bwtop.demo.world import World, load_world
from bwtop.model.limits import EgressProgram
from demo.clocks import StillClock


@pytest.fixture(params=["eks-chaining", "incident"])
def world(request: pytest.FixtureRequest, still: StillClock) -> World:
    return load_world(request.param, clock=still)


def printed(world: World, node: Node, arguments: str) -> str:
    output = cilium_dbg(world, node, ("cilium", *arguments.split()))
    return output.stderr + output.stdout


def test_limits_are_read_back(world: World) -> None:
    for node in world.nodes.values():
        text = printed(world, node, "bpf bandwidth list -o json")
        if not node.cilium.manager:
            with pytest.raises(MapMissing):
                read_bandwidth_map(text)
            continue
        read = {key: value.bits_per_second for key, value in read_bandwidth_map(text).items()}
        assert read == {key: max(0, row.bytes_per_second) * 8 for key, row in node.agent.rows.items()}


def test_status_is_read_back(world: World) -> None:
    for node in world.nodes.values():
        status = read_status(printed(world, node, "status -o json"))
        cilium = node.cilium
        assert (status.version, status.state) == (cilium.version, "Ok")
        assert status.manager_enabled is cilium.manager
        assert status.devices == (tuple(cilium.devices) if cilium.manager else ())
        assert status.cni_chaining == cilium.chaining
        assert status.host_routing == cilium.host_routing


def test_endpoints_are_read_back(world: World) -> None:
    for node in world.nodes.values():
        read = read_endpoints(printed(world, node, "endpoint list -o json"))
        assert set(read) == set(node.endpoints)
        for endpoint in node.pods():
            known = read[endpoint.id]
            assert (known.kind, known.namespace, known.pod) == ("pod", endpoint.namespace, endpoint.pod)
            assert (known.interface, known.identity_id) == (endpoint.interface, endpoint.identity)
        assert sorted(known.kind for known in read.values() if known.kind != "pod") == ["health", "host"]


def test_egress_programs_are_read_back(world: World) -> None:
    for node in world.nodes.values():
        text = bpftool(node, ("bpftool", "-j", "net", "show")).stdout
        read = read_egress_program(text, devices=node.cilium.devices)
        attached = node.cilium.manager and node.cilium.egress_program
        assert read is (EgressProgram.ATTACHED if attached else EgressProgram.MISSING), node.name


def test_counters_are_read_back(world: World) -> None:
    for node in world.nodes.values():
        read = read_net_dev(net_dev(node))
        assert {endpoint.interface for endpoint in node.pods()} <= set(read)
        assert read_uptime(uptime(node)) == pytest.approx(node.uptime, abs=0.01)

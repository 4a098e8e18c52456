import pytest

from bwtop.demo.agent import EGRESS, INGRESS, PRIORITY, MapRow
from bwtop.demo.kinds import PODS
from bwtop.demo.node import Node
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import World, load_world
from bwtop.model.limits import Direction
from demo.clocks import StillClock

SERVER = "default", "netperf-server"
NODE = "ip-192-168-29-49.ec2.internal"
ROW = 124, Direction.EGRESS
OLD, NEW = "1.16.6", "1.17.16"


@pytest.fixture
def world(still: StillClock) -> World:
    return load_world("eks-chaining", clock=still)


@pytest.fixture
def node(world: World) -> Node:
    return world.nodes[NODE]


def test_the_map_starts_in_step_with_the_annotations(node: Node) -> None:
    assert node.agent.rows[ROW] == MapRow(1_250_000)


def test_an_edit_reaches_the_map_between_one_and_three_seconds_later(
    world: World, node: Node, still: StillClock
) -> None:
    world.annotate(*SERVER, "50M")
    still.forward(0.7)
    world.advance()
    assert node.agent.rows[ROW].bytes_per_second == 1_250_000
    still.forward(2.3)
    world.advance()
    assert node.agent.rows[ROW].bytes_per_second == 6_250_000


def test_edits_are_applied_in_order(world: World, node: Node, still: StillClock) -> None:
    for limit in ("20M", "30M", "40M", "15M"):
        world.annotate(*SERVER, limit)
    still.forward(3)
    world.advance()
    assert node.agent.rows[ROW].bytes_per_second == 15_000_000 // 8


@pytest.mark.parametrize(("version", "left"), [(OLD, MapRow(1_250_000)), (NEW, None)])
def test_a_value_that_does_not_parse_keeps_the_old_limit_up_to_1_16_and_removes_it_later(
    node: Node, version: str, left: MapRow | None
) -> None:
    node.cilium.version = version
    node.agent.apply(124, {EGRESS: "10MB"}, pod="default/netperf-server")
    assert node.agent.rows.get(ROW) == left
    assert "EndpointPolicyBandwidthEvent event failed" in node.agent.log[-1]


@pytest.mark.parametrize(("version", "left"), [(OLD, None), (NEW, MapRow(0))])
@pytest.mark.parametrize("annotations", [{}, {EGRESS: ""}])
def test_no_annotation_leaves_no_row_up_to_1_16_and_a_row_of_0_later(
    node: Node, version: str, left: MapRow | None, annotations: dict[str, str]
) -> None:
    node.cilium.version = version
    node.agent.apply(124, annotations, pod="default/netperf-server")
    assert node.agent.rows.get(ROW) == left


@pytest.mark.parametrize("version", [OLD, NEW])
def test_milli_comes_to_a_row_of_0(node: Node, version: str) -> None:
    node.cilium.version = version
    node.agent.apply(124, {EGRESS: "10m"}, pod="default/netperf-server")
    assert node.agent.rows[ROW] == MapRow(0)


def test_ingress_limits_and_priorities_exist_from_their_versions_on(node: Node) -> None:
    annotations = {EGRESS: "10M", INGRESS: "50M", PRIORITY: "burstable"}
    node.cilium.version = OLD
    node.agent.apply(1, annotations, pod="a/b")
    assert node.agent.rows[1, Direction.EGRESS] == MapRow(1_250_000)
    assert (1, Direction.INGRESS) not in node.agent.rows
    node.cilium.version = "1.18.4"
    node.agent.apply(1, annotations, pod="a/b")
    assert node.agent.rows[1, Direction.EGRESS] == MapRow(1_250_000, 9)
    assert node.agent.rows[1, Direction.INGRESS] == MapRow(6_250_000)


def test_an_agent_that_is_down_applies_edits_when_it_is_back(world: World, node: Node, still: StillClock) -> None:
    node.agent.fault = AgentFault.DOWN
    world.annotate(*SERVER, "50M")
    for _ in range(20):
        still.forward(1)
        world.advance()
    assert node.agent.rows[ROW].bytes_per_second == 1_250_000
    node.agent.fault = None
    still.forward(2)
    world.advance()
    assert node.agent.rows[ROW].bytes_per_second == 6_250_000


def test_rows_go_with_their_pod(world: World, node: Node, still: StillClock) -> None:
    world.store.delete(PODS, *SERVER)
    assert ROW not in node.agent.rows
    assert SERVER not in world.endpoints

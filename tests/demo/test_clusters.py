import time

import pytest

from bwtop.demo.kinds import CILIUM_ENDPOINTS, CILIUM_NODES, NODES, PODS
from bwtop.demo.spec import AgentFault, cluster_spec
from bwtop.demo.world import annotations_of, cluster_names, load_world
from bwtop.model.limits import Direction
from demo.clocks import StillClock


def test_three_clusters_come_with_bwtop() -> None:
    assert cluster_names() == ["eks-chaining", "incident", "large"]


def test_an_unknown_cluster_is_named_with_those_that_there_are() -> None:
    with pytest.raises(KeyError, match="no demo cluster 'none'; there are: eks-chaining, incident, large"):
        cluster_spec("none")


@pytest.mark.parametrize("name", cluster_names())
def test_every_pod_outside_the_host_network_has_its_endpoint_and_every_endpoint_its_node(
    name: str, still: StillClock
) -> None:
    world = load_world(name, clock=still)
    for pod in world.store[PODS]:
        body = pod.body()
        expected = bool(pod.node) and not body["spec"].get("hostNetwork")
        assert (world.store[CILIUM_ENDPOINTS].find(*pod.key) is not None) is expected, pod.key
    assert len(world.store[NODES]) == len(world.store[CILIUM_NODES]) == len(world.nodes)
    addresses = [endpoint.ipv4 for endpoint in world.endpoints.values()]
    assert len(set(addresses)) == len(addresses)


def test_the_same_seed_gives_the_same_world(still: StillClock) -> None:
    one, other = (load_world("eks-chaining", clock=still, seed=5, epoch=1.7e9) for _ in range(2))
    assert [pod.raw for pod in one.store[PODS]] == [pod.raw for pod in other.store[PODS]]


def test_the_article_is_in_the_first_cluster(still: StillClock) -> None:
    world = load_world("eks-chaining", clock=still)
    server = world.endpoints["default", "netperf-server"]
    assert (server.id, server.identity, server.ipv4) == (124, 11371, "192.168.62.98")
    assert world.node_of("default", "netperf-server") is world.nodes["ip-192-168-29-49.ec2.internal"]
    assert all(endpoint.interface.startswith("eni") for endpoint in world.endpoints.values())


def test_the_incident_has_one_of_everything(still: StillClock) -> None:
    world = load_world("incident", clock=still)
    nodes = list(world.nodes.values())
    assert {node.agent.era.version for node in nodes} >= {(1, 13), (1, 16), (1, 17), (1, 18)}
    assert {node.agent.fault for node in nodes} >= {AgentFault.DOWN, AgentFault.FORBIDDEN, AgentFault.SILENT}
    assert any(not node.cilium.manager for node in nodes)
    assert any(not node.cilium.egress_program and node.agent.era.version >= (1, 18) for node in nodes)
    limits = {annotations_of(pod).get("kubernetes.io/egress-bandwidth") for pod in world.store[PODS]}
    assert limits >= {"10m", "10MB", "0", "", "20M", None}
    known = {(node.name, endpoint) for node in nodes for endpoint in node.endpoints}
    rows = {(node.name, endpoint) for node in nodes for endpoint, _ in node.agent.rows}
    assert rows - known, "an entry without an endpoint"


def test_one_limit_of_the_incident_never_agrees_with_its_map(still: StillClock) -> None:
    world = load_world("incident", clock=still)
    (key,) = (key for key in world.endpoints if key[1].startswith("autotune"))
    node, endpoint = world.node_of(*key), world.endpoints[key]
    assert node
    for _ in range(200):
        still.forward(0.5)
        world.advance()
        asked = annotations_of(world.store[PODS].get(*key))["kubernetes.io/egress-bandwidth"]
        programmed = node.agent.rows[endpoint.id, Direction.EGRESS].bytes_per_second
        assert programmed * 8 != int(asked.removesuffix("M")) * 1_000_000


def test_ten_thousand_pods_start_within_three_seconds(still: StillClock) -> None:
    began = time.process_time()
    world = load_world("large", clock=still)
    assert (len(world.store[PODS]), len(world.nodes)) == (10_000, 500)
    assert time.process_time() - began < 3

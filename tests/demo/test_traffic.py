from pathlib import Path

import pytest

from bwtop.demo.netdev import net_dev
from bwtop.demo.spec import Pattern
from bwtop.demo.traffic import Counter, Demand
from bwtop.demo.world import load_world
from demo.clocks import StillClock


def rate(demand: Demand, *, limit: float | None, seconds: float = 120.0) -> float:
    """Mean bits/s that the interface counts."""
    counter = Counter(time=0, demand=demand, age=0)
    for second in range(int(seconds)):
        counter.advance(second + 1.0, limit)
    return counter.received * 8 / seconds


def test_tcp_settles_a_little_above_its_limit() -> None:
    assert rate(Demand(Pattern.GREEDY), limit=10e6) == pytest.approx(10.5e6, rel=0.04)


def test_without_a_limit_a_pod_sends_what_it_wants() -> None:
    assert rate(Demand(Pattern.STEADY, bits=30e6), limit=None) == pytest.approx(30e6, rel=0.02)


def test_udp_and_traffic_within_the_node_show_above_the_limit() -> None:
    assert rate(Demand(Pattern.GREEDY, bits=59e6, udp=True), limit=10e6) > 50e6
    assert rate(Demand(Pattern.STEADY, bits=210e6, local=True), limit=10e6) > 200e6


def test_an_idle_pod_sends_next_to_nothing() -> None:
    assert 0 < rate(Demand(Pattern.IDLE), limit=None) < 3_000


@pytest.mark.parametrize("pattern", [Pattern.BURSTY, Pattern.DIURNAL])
def test_patterns_have_heights_and_depths(pattern: Pattern) -> None:
    wanted = [Demand(pattern, bits=100e6, seed=0.3).at(second) for second in range(200)]
    assert max(wanted) > 90e6
    assert min(wanted) < 15e6


def test_counters_only_grow_whatever_the_clock_does() -> None:
    counter = Counter(time=0, demand=Demand(Pattern.STEADY, bits=8e6), age=100)
    counter.advance(5, None)
    before = counter.received
    counter.advance(3, None)
    assert counter.received == before
    counter.advance(7200, None)
    assert counter.received - before == pytest.approx(7195e6, rel=0.02)


def test_net_dev_has_the_kernels_format(still: StillClock) -> None:
    recorded = (Path(__file__).parent / "recordings" / "proc_net_dev").read_text().splitlines()
    world = load_world("eks-chaining", clock=still)
    lines = net_dev(next(iter(world.nodes.values()))).splitlines()
    assert lines[:2] == recorded[:2]
    assert all(len(line.split(":")[1].split()) == 16 for line in lines[2:])
    names = [line.split(":")[0].strip() for line in lines[2:]]
    assert names[:5] == ["lo", "eth0", "eth1", "cilium_net", "cilium_host"]
    assert sum(name.startswith("eni") for name in names) == len(list(next(iter(world.nodes.values())).pods()))


def test_a_node_without_its_egress_program_limits_nothing(still: StillClock) -> None:
    world = load_world("eks-chaining", clock=still)
    node = world.nodes["ip-192-168-29-49.ec2.internal"]
    assert node.agent.limit(124) == 10_000_000
    node.cilium.egress_program = False
    assert node.agent.limit(124) is None

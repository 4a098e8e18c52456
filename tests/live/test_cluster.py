"""The whole pipeline on a demo cluster that misbehaves: what is shown stays true, and nothing crashes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bwtop.demo.access import Rule
from bwtop.demo.kinds import PODS
from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import load_world
from bwtop.kube.errors import KubeError
from bwtop.live.budget import Budget
from bwtop.live.snapshot import Snapshot, Want
from bwtop.model.health import Freshness
from bwtop.model.states import State
from demo.clocks import FastClock
from live.clusters import CLIENT, NODE, OTHER, SERVER, api_of, be_quick, in_sync, running, state, until

EVERYTHING = Want.PODS | Want.ENDPOINTS | Want.NODES | Want.AGENTS
BROKEN = [AgentFault.DOWN, AgentFault.FORBIDDEN, AgentFault.SILENT, AgentFault.GARBAGE, AgentFault.CUT]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    be_quick(monkeypatch)


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with DemoServer(load_world("eks-chaining", clock=FastClock(5)), tls=False) as running:
        yield running


async def test_a_cluster_fills_every_table(server: DemoServer) -> None:
    async with running(server) as cluster:
        await in_sync(cluster)
        await until(cluster, lambda: cluster.overview().managers == (("EDT CUBIC", 2),))
        store = cluster.store
        assert (len(store.pods), len(store.nodes), len(store.endpoints)) == (27, 2, 18)
        row = store.limits[f"{NODE}/124/egress"]
        assert (row.pod, row.identity_id, row.state) == ("netperf-server", 11371, State.IN_SYNC)
        overview = cluster.overview()
        assert (overview.cilium, overview.agents_read) == (("1.13.4",), 2)
        assert {health.freshness for health in overview.sources.values()} == {Freshness.LIVE}


async def test_rates_come_with_the_second_sample(server: DemoServer) -> None:
    async with running(server) as cluster:
        await until(cluster, lambda: (row := cluster.store.pods.get(SERVER)) and row.rate is not None)


async def test_the_second_sample_comes_soon_however_many_nodes_are_watched(server: DemoServer) -> None:
    budget = Budget(period=0.1, watch_rate=0.01)
    async with running(server, budget=budget) as cluster:
        await until(cluster, lambda: (row := cluster.store.pods.get(SERVER)) and row.rate is not None)
        assert cluster.store.readings[NODE].period > 30, "and the ones after it as the budget says"


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_broken_agent_makes_its_own_pods_unknown_and_a_mended_one_brings_them_back(
    server: DemoServer, fault: AgentFault
) -> None:
    async with running(server) as cluster:
        await in_sync(cluster)
        server.faults.agent(NODE, fault)
        server.world.store.update(PODS, agent_body(server))  # a rollout ends the open exec
        await until(cluster, lambda: state(cluster, SERVER) is State.UNKNOWN)
        row = cluster.store.pods[SERVER]
        assert row.reason
        assert row.programmed is not None, "the last good value stays"
        assert state(cluster, CLIENT) is State.UNLIMITED
        server.faults.agent(NODE, None)
        await in_sync(cluster)


def agent_body(server: DemoServer) -> dict[str, Any]:
    """The agent of NODE with another uid, as after a rollout."""
    stored = next(one for one in server.world.store[PODS] if one.node == NODE and one.labels.get("k8s-app") == "cilium")
    body = stored.body()
    body["metadata"]["uid"] = server.world.uid()
    return body


@pytest.mark.parametrize("fault", BROKEN)
async def test_an_agent_that_was_broken_from_the_start_leaves_the_rest(server: DemoServer, fault: AgentFault) -> None:
    server.faults.agent(NODE, fault)
    async with running(server) as cluster:
        await until(cluster, lambda: state(cluster, CLIENT) is State.UNLIMITED)
        await until(cluster, lambda: cluster.store.pods[SERVER].reason not in ("", "agent not read yet"))
        row = cluster.store.pods[SERVER]
        assert (row.state, row.programmed, row.rate) == (State.UNKNOWN, None, None)
        assert cluster.store.nodes[NODE].limited_pods is None
        assert cluster.store.nodes[NODE].reason
        assert cluster.sampler.denied == ""


async def test_log_lines_around_the_json_do_no_harm(server: DemoServer) -> None:
    server.faults.agent(NODE, AgentFault.NOISY)
    async with running(server) as cluster:
        await in_sync(cluster)


async def test_exec_that_is_forbidden_everywhere_is_told_once_and_tried_again(server: DemoServer) -> None:
    server.access.denied.append(Rule(resources=("pods/exec",)))
    async with running(server) as cluster:
        await until(cluster, lambda: "pods/exec" in cluster.overview().denied)
        assert state(cluster, SERVER) is State.UNKNOWN
        server.access.denied.clear()
        await in_sync(cluster)
        assert cluster.overview().denied == ""


async def test_endpoints_come_also_where_pods_may_not_be_listed(server: DemoServer) -> None:
    server.access.denied.append(Rule(resources=("pods",), verbs=("list",)))
    async with running(server) as cluster:
        await until(cluster, lambda: len(cluster.store.endpoints) == 18)
        assert cluster.store.pods == {}


@pytest.mark.parametrize("trouble", ["cut_watches", "end_watches", "expire_watches"])
async def test_changes_arrive_after_a_watch_broke(server: DemoServer, trouble: str) -> None:
    async with running(server) as cluster:
        await in_sync(cluster)
        assert getattr(server.faults, trouble)() >= 5
        server.world.annotate("default", "netperf-server", "30M")
        server.world.store.delete(PODS, "default", "netperf-client")
        await until(cluster, lambda: (asked := cluster.store.pods[SERVER].asked) and asked.annotation == "30M")
        await until(cluster, lambda: state(cluster, CLIENT) is None)
        await until(cluster, lambda: state(cluster, SERVER) is State.IN_SYNC)


async def test_a_server_that_goes_away_leaves_what_was_known(server: DemoServer) -> None:
    async with running(server) as cluster:
        await in_sync(cluster)
        await server.stop()
        await until(cluster, lambda: cluster.overview().sources["pods"].freshness is Freshness.LOST)
        await until(cluster, lambda: state(cluster, SERVER) is State.UNKNOWN)
        health = cluster.overview().sources["pods"]
        assert "kubectl" in health.error
        assert health.retry_at is not None
        assert cluster.store.pods[SERVER].programmed is not None
        assert len(cluster.store.pods) == 27


async def test_a_change_is_read_soon_also_where_nobody_looks(server: DemoServer) -> None:
    async with running(server) as cluster:
        await in_sync(cluster)
        cluster.look_at([])
        server.world.annotate("default", "netperf-server", "30M")
        await until(cluster, lambda: (row := cluster.store.pods[SERVER]).programmed and
                    row.programmed.bits_per_second == 30_000_000)  # fmt: skip


async def test_an_exec_that_is_kept_in_case_gives_its_place_to_other_nodes() -> None:
    budget = Budget(period=0.1, at_once=2, sweep_rate=100.0, sweep_seconds=0.3)
    async with (
        DemoServer(load_world("incident"), tls=False) as server,
        running(server, watched=(), budget=budget) as cluster,
    ):
        store = cluster.store

        async def read_anew(name: str) -> None:
            began = store.clock()
            await until(cluster, lambda: name in store.readings and store.readings[name].sampled_mono > began)

        def calm() -> list[str]:
            read = [name for name, reading in store.readings.items() if reading.entries is not None]
            return [name for name in read if not store.changing(name)]

        await until(cluster, lambda: len(calm()) > 2)
        kept, looked_at, other = calm()[:3]
        for name in (kept, looked_at, looked_at, other, other):
            if name is not other:
                cluster.look_at([name])
            await read_anew(name)


async def test_one_namespace_is_watched_alone(server: DemoServer) -> None:
    async with running(server, namespace="default") as cluster:
        await in_sync(cluster)
        assert set(cluster.store.pods) == {SERVER, CLIENT}
        assert not [row for row in cluster.store.limits.values() if row.state is State.ORPHAN]


async def test_a_cluster_that_ends_leaves_no_task(server: DemoServer) -> None:
    before = asyncio.all_tasks()
    async with running(server) as cluster:
        await in_sync(cluster)
    ours = [task for task in asyncio.all_tasks() - before if "bwtop/live" in repr(task) or "bwtop/kube" in repr(task)]
    assert ours == []


# -- one look -----------------------------------------------------------------------------------------------------
async def test_a_snapshot_reads_each_agent_once(server: DemoServer) -> None:
    async with api_of(server) as api:
        snapshot = Snapshot(api)
        await snapshot.take(EVERYTHING, essential=Want.PODS)
    assert snapshot.warnings == []
    assert snapshot.store.pods[SERVER].state is State.IN_SYNC
    assert snapshot.store.pods[SERVER].rate is None


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_snapshot_warns_of_a_broken_agent_and_has_the_rest(server: DemoServer, fault: AgentFault) -> None:
    server.faults.agent(NODE, fault)
    async with api_of(server) as api:
        snapshot = Snapshot(api)
        await snapshot.take(EVERYTHING, essential=Want.PODS)
    assert [warning for warning in snapshot.warnings if NODE in warning]
    assert not [warning for warning in snapshot.warnings if OTHER in warning]
    assert snapshot.store.pods[SERVER].state is State.UNKNOWN
    assert snapshot.store.pods[CLIENT].state is State.UNLIMITED


async def test_a_snapshot_fails_when_what_it_is_about_cannot_be_listed(server: DemoServer) -> None:
    server.faults.fail("/api/v1/pods", status=403, times=-1)
    async with api_of(server) as api:
        with pytest.raises(KubeError):
            await Snapshot(api).take(Want.PODS | Want.NODES, essential=Want.PODS)


async def test_a_snapshot_without_what_is_not_essential_warns(server: DemoServer) -> None:
    server.faults.fail("/apis/cilium.io/*", status=404, times=-1)
    async with api_of(server) as api:
        snapshot = Snapshot(api)
        await snapshot.take(EVERYTHING, essential=Want.PODS)
    assert [warning for warning in snapshot.warnings if "ciliumendpoints" in warning]
    assert snapshot.store.pods[SERVER].state is State.IN_SYNC, "the agent's own list of endpoints tells as much"

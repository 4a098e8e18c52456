"""After an edit the agent of the pod's node is read until its map agrees, or it is said why it does not."""

import asyncio

import msgspec

from bwtop.demo.kinds import CILIUM_ENDPOINTS
from bwtop.demo.spec import AgentFault
from bwtop.live.found_pod import find_pod
from bwtop.live.landing import Landing, watch_landing
from bwtop.model.edit import propose
from edit.editors import POD, Cluster


async def landing(cluster: Cluster, value: str | None, *, timeout: float = 5.0) -> Landing:
    found = await find_pod(cluster.api, "default", POD)
    wanted = propose(value).asked if value else None
    return await watch_landing(cluster.api, found.pod, wanted, timeout=timeout)


def node_of(cluster: Cluster) -> str:
    node = cluster.world.node_of("default", POD)
    assert node
    return node.name


async def test_it_is_told_when_the_map_agrees(cluster: Cluster):
    await cluster.write("20M")
    landed = await landing(cluster, "20M")
    assert landed.seconds is not None
    assert landed.seconds < 5
    assert str(landed).startswith(f"programmed on {node_of(cluster)} after ")


async def test_a_limit_that_was_late_has_landed_even_if_it_was_asked_before(cluster: Cluster):
    """Only what the map had from the first look on stands as before."""
    await cluster.write("20M")
    found = await find_pod(cluster.api, "default", POD)
    landed = await watch_landing(cluster.api, found.pod, propose("20M").asked, timeout=30, same_limit=True)
    assert " after " in str(landed)
    again = await watch_landing(cluster.api, found.pod, propose("20M").asked, timeout=30, same_limit=True)
    assert str(again).endswith(" as before")


def test_how_long_it_took_is_never_nothing():
    assert str(Landing(node="n", seconds=0.01)) == "programmed on n after less than 0.1 s"
    assert str(Landing(node="n", seconds=0.08)) == "programmed on n after 0.1 s"


async def test_a_removed_limit_lands_too(cluster: Cluster):
    await cluster.write(None)
    assert str(await landing(cluster, None)).startswith("limit removed on ")


async def test_the_old_value_in_the_map_is_not_taken_for_the_new_one(cluster: Cluster):
    landed = await landing(cluster, "20M", timeout=1)
    assert landed.seconds is None
    assert landed.reason == "asked 20M, programmed 10M"


async def test_a_manager_that_is_off_is_told_at_once(cluster: Cluster):
    cluster.world.nodes[node_of(cluster)].agent.spec.manager = False
    async with asyncio.timeout(20):
        landed = await landing(cluster, "20M", timeout=60)
    assert landed.seconds is None
    assert "bandwidth manager is off" in landed.reason


async def test_an_agent_that_is_down_is_told(cluster: Cluster):
    cluster.server.faults.agent(node_of(cluster), AgentFault.DOWN)
    landed = await landing(cluster, "20M", timeout=0.5)
    assert landed.seconds is None
    assert "container not found" in landed.reason


async def test_an_agent_that_comes_back_in_time_is_read(cluster: Cluster):
    cluster.server.faults.agent(node_of(cluster), AgentFault.DOWN)
    watched = asyncio.create_task(landing(cluster, "10M"))
    asyncio.get_running_loop().call_later(0.3, cluster.server.faults.agent, node_of(cluster), None)
    assert (await watched).seconds is not None


async def test_an_agent_that_hangs_is_told_when_the_time_is_over(cluster: Cluster):
    cluster.server.faults.agent(node_of(cluster), AgentFault.SILENT)
    assert "no answer" in (await landing(cluster, "20M", timeout=0.5)).reason


async def test_who_may_not_exec_is_told(cluster: Cluster):
    cluster.server.access.deny(resources=["pods/exec"])
    assert "a role must allow" in (await landing(cluster, "20M")).reason


async def test_a_node_without_an_agent_is_told(cluster: Cluster):
    pod = (await find_pod(cluster.api, "default", POD)).pod
    landed = await watch_landing(cluster.api, pod, propose("20M").asked, timeout=5, cilium_namespace="elsewhere")
    assert "no cilium agent" in landed.reason


async def test_without_a_cilium_endpoint_the_agent_is_asked_for_it(cluster: Cluster):
    await cluster.write("20M")
    cluster.world.store.delete(CILIUM_ENDPOINTS, "default", POD)
    assert (await landing(cluster, "20M")).seconds is not None


async def test_the_endpoint_of_a_replaced_pod_is_not_this_pods(cluster: Cluster):
    body = cluster.world.store[CILIUM_ENDPOINTS].get("default", POD).body()
    body["metadata"]["ownerReferences"][0]["uid"] = "another"
    body["status"]["id"] = 65_000
    cluster.world.store.update(CILIUM_ENDPOINTS, body)
    assert (await landing(cluster, "10M")).seconds is not None


async def test_a_pod_that_is_not_scheduled_has_nowhere_to_land(cluster: Cluster):
    pod = msgspec.structs.replace((await find_pod(cluster.api, "default", POD)).pod, node="")
    landed = await watch_landing(cluster.api, pod, propose("10M").asked, timeout=5)
    assert "not scheduled" in str(landed)


async def test_a_limit_that_no_program_applies_lands_with_a_warning(cluster: Cluster):
    cluster.world.nodes[node_of(cluster)].agent.spec.egress_program = False
    landed = await landing(cluster, "10M")
    assert landed.seconds is not None
    assert "no egress program" in str(landed)

"""Several objects in one edit: each told when it is written and when it has landed, or why it has not."""

from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.demo.kinds import PODS
from bwtop.live.plan import Edited, Result
from bwtop.model.edit import REMOVAL, propose
from edit.editors import PATH, POD, Cluster


def slow_down(cluster: Cluster) -> None:
    for node in cluster.world.nodes.values():
        node.agent.spec.delay = (9_000.0, 9_000.0)


async def test_each_is_told_when_it_is_written_and_when_it_has_landed(cluster: Cluster):
    told: list[tuple[str, bool]] = []

    def hear(edited: Edited) -> None:
        told.append((edited.plan.holder.name, edited.landing is not None))

    plans = await cluster.batch().plan([("default", POD), ("default", "netperf-client")], propose("7M"))
    edits = await cluster.batch().write_all(plans, wait=10, tell=hear)
    assert all(edited.good for edited in edits)
    assert [name for name, landed in told if not landed] == [POD, "netperf-client"]
    assert {name for name, landed in told if landed} == {POD, "netperf-client"}


async def test_one_that_fails_leaves_the_others(cluster: Cluster):
    plans = await cluster.batch().plan([("default", POD), ("default", "netperf-client")], propose("7M"))
    cluster.server.faults.fail(PATH, status=403, method="PATCH", message="no", times=-1)
    edits = await cluster.batch().write_all(plans, wait=0)
    assert [edited.outcome.result for edited in edits] == [Result.FAILED, Result.CHANGED]


async def test_a_value_that_somebody_changes_before_it_lands_is_the_reason_that_it_does_not(cluster: Cluster):
    slow_down(cluster)
    plans = await cluster.batch().plan([("default", POD)], propose("20M"))
    [edited] = await cluster.batch().write_all(
        plans, wait=0.7, tell=lambda _edited: cluster.world.annotate("default", POD, "50M")
    )
    assert edited.landing is not None
    assert edited.landing.seconds is None
    assert "changed it meanwhile from 20M to 50M" in edited.landing.reason


async def test_a_pod_that_goes_before_its_limit_lands_is_told(cluster: Cluster):
    slow_down(cluster)
    plans = await cluster.batch().plan([("default", POD)], propose("20M"))
    store = cluster.world.store

    def delete(edited: Edited) -> None:
        if edited.landing is None:
            store.delete(PODS, "default", POD)

    [edited] = await cluster.batch().write_all(plans, wait=0.7, tell=delete)
    assert edited.landing is not None
    assert edited.landing.reason == "the pod is gone"


async def test_planning_again_starts_from_what_stands_there_now(cluster: Cluster):
    plans = await cluster.batch().plan([("default", POD)], REMOVAL)
    await cluster.annotate({EGRESS_BANDWIDTH: "50M"})
    [again] = await cluster.batch().plan_again(plans)
    assert (again.holder.annotation, again.proposal) == ("50M", REMOVAL)
    await cluster.api.send("DELETE", PATH, params=[("gracePeriodSeconds", "0")])
    assert await cluster.batch().plan_again(plans) == []

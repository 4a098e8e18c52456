"""Others edit at the same time, or the answer is lost: nobody's value is overwritten, and what is true is said."""

import asyncio

import pytest

from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.live.plan import Result
from edit.editors import PATH, POD, Cluster, LosesAnswers


# -- others edit at the same time ---------------------------------------------------------------------------------
async def test_a_value_that_somebody_changed_meanwhile_is_kept_and_named(cluster: Cluster):
    plan = await cluster.plan("20M")
    await cluster.annotate({EGRESS_BANDWIDTH: "50M"})
    outcome = await cluster.editor().write(plan)
    assert outcome.result is Result.CONFLICT
    assert outcome.reason == "kubectl-annotate changed it meanwhile from 10M to 50M"
    assert await cluster.annotation() == "50M"


async def test_a_value_changed_past_all_managers_is_kept(cluster: Cluster):
    plan = await cluster.plan("20M")
    cluster.world.annotate("default", POD, "7M")
    assert (await cluster.editor().write(plan)).result is Result.CONFLICT
    assert await cluster.annotation() == "7M"


async def test_a_limit_that_somebody_removed_meanwhile_stays_removed(cluster: Cluster):
    plan = await cluster.plan("20M")
    await cluster.annotate({EGRESS_BANDWIDTH: None})
    outcome = await cluster.editor().write(plan)
    assert (outcome.result, outcome.reason) == (
        Result.CONFLICT,
        "somebody else changed it meanwhile from 10M to no limit",
    )
    assert await cluster.annotation() is None


async def test_a_dry_run_tells_a_conflict_too(cluster: Cluster):
    plan = await cluster.plan("20M")
    await cluster.annotate({EGRESS_BANDWIDTH: "50M"})
    assert (await cluster.editor().dry_run(plan)).result is Result.CONFLICT


async def test_another_annotation_that_came_meanwhile_is_no_conflict(cluster: Cluster):
    await cluster.annotate(None)
    plan = await cluster.plan("20M")
    await cluster.annotate({"team": "shop"})
    assert (await cluster.editor().write(plan)).result is Result.CHANGED
    assert (await cluster.object())["metadata"]["annotations"] == {"team": "shop", EGRESS_BANDWIDTH: "20M"}


async def test_the_annotations_that_went_meanwhile_are_no_conflict_for_a_pod_that_had_no_limit(cluster: Cluster):
    await cluster.annotate({EGRESS_BANDWIDTH: None, "team": "shop"})
    plan = await cluster.plan("20M")
    await cluster.annotate(None)
    assert (await cluster.editor().write(plan)).result is Result.CHANGED
    assert await cluster.annotation() == "20M"


async def test_a_pod_that_replaced_the_one_that_was_seen_is_never_patched(cluster: Cluster):
    plan = await cluster.plan("20M")
    await cluster.replace()
    outcome = await cluster.editor().write(plan)
    assert (outcome.result, outcome.reason) == (
        Result.CONFLICT,
        "the pod was replaced by another of the same name",
    )
    assert await cluster.annotation() == "10M"


async def test_a_pod_that_went_meanwhile_is_told_to_be_gone(cluster: Cluster):
    plan = await cluster.plan("20M")
    await cluster.api.send("DELETE", PATH, params=[("gracePeriodSeconds", "0")])
    outcome = await cluster.editor().write(plan)
    assert (outcome.result, outcome.reason, outcome.settled) == (Result.FAILED, "the pod is gone", True)


# -- answers that are lost ----------------------------------------------------------------------------------------
async def test_after_a_lost_answer_the_pod_says_that_it_was_written_and_nothing_is_sent_twice(cluster: Cluster):
    api = cluster.another(LosesAnswers)
    outcome = await cluster.editor(api).write(await cluster.plan("20M"))
    assert outcome.result is Result.CHANGED
    assert "answer was lost" in outcome.reason
    assert isinstance(api, LosesAnswers)
    assert api.patches == 1
    assert cluster.recorded() == [("10M", "20M", "Changed")]


async def test_after_an_answer_that_never_came_the_pod_says_that_nothing_was_written(cluster: Cluster):
    cluster.server.faults.delay(PATH, seconds=30, method="PATCH")
    plan = await cluster.plan("20M")
    outcome = await cluster.editor(cluster.another(request_timeout=0.3)).write(plan)
    assert outcome.result is Result.FAILED
    assert "still 10M" in outcome.reason
    assert await cluster.annotation() == "10M"


async def test_a_pod_that_cannot_be_read_after_a_lost_answer_is_said_to_be_unknown(cluster: Cluster, monkeypatch):
    monkeypatch.setattr("bwtop.live.editor._BETWEEN_LOOKS", 0.01)
    plan = await cluster.plan("20M")
    cluster.server.faults.fail(PATH, status=503, times=-1)
    outcome = await cluster.editor().write(plan)
    assert outcome.result is Result.UNKNOWN
    assert "not known" in outcome.reason


async def test_an_edit_that_is_interrupted_is_recorded_as_unknown(cluster: Cluster):
    cluster.server.faults.delay(PATH, seconds=30, method="PATCH")
    plan = await cluster.plan("20M")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await cluster.editor().write(plan)
    assert cluster.recorded() == [("10M", "20M", "Unknown")]

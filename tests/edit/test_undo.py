"""An edit is taken back to the letter, but only if nobody has changed the value since."""

import pytest

from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.live.plan import Result
from edit.editors import Cluster


@pytest.mark.parametrize("old", [None, "", "10M", "10MB", "10m", "it's"])
@pytest.mark.parametrize("others", [{}, {"team": "shop"}])
@pytest.mark.parametrize("new", ["20M", None])
async def test_what_was_there_is_there_again(
    cluster: Cluster, old: str | None, others: dict[str, str], new: str | None
):
    await cluster.annotate(None)
    await cluster.annotate({**others, EGRESS_BANDWIDTH: old})
    before = (await cluster.object())["metadata"].get("annotations") or {}
    plan = await cluster.plan(new)
    await cluster.editor().write(plan)
    outcome = await cluster.editor().write(plan.undoing)
    assert outcome.result is (Result.CHANGED if plan.needed else Result.UNCHANGED)
    assert ((await cluster.object())["metadata"].get("annotations") or {}) == before


async def test_a_value_that_somebody_changed_since_is_kept(cluster: Cluster):
    plan = await cluster.plan("20M")
    await cluster.editor().write(plan)
    await cluster.annotate({EGRESS_BANDWIDTH: "50M"})
    outcome = await cluster.editor().write(plan.undoing)
    assert (outcome.result, outcome.reason) == (
        Result.CONFLICT,
        "kubectl-annotate changed it meanwhile from 20M to 50M",
    )
    assert await cluster.annotation() == "50M"


async def test_another_pod_of_the_same_name_keeps_its_own(cluster: Cluster):
    plan = await cluster.plan("20M")
    await cluster.editor().write(plan)
    await cluster.replace()
    assert (await cluster.editor().write(plan.undoing)).result is Result.CONFLICT


async def test_other_annotations_that_came_since_stay(cluster: Cluster):
    plan = await cluster.plan("20M")
    await cluster.editor().write(plan)
    await cluster.annotate({"team": "shop"})
    assert (await cluster.editor().write(plan.undoing)).result is Result.CHANGED
    assert (await cluster.object())["metadata"]["annotations"] == {"team": "shop", EGRESS_BANDWIDTH: "10M"}


async def test_an_undo_is_undone(cluster: Cluster):
    plan = await cluster.plan("20M")
    await cluster.editor().write(plan)
    await cluster.editor().write(plan.undoing)
    assert (await cluster.editor().write(plan.undoing.undoing)).result is Result.CHANGED
    assert await cluster.annotation() == "20M"

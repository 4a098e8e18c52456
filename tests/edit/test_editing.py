"""An edit changes one annotation of one pod, only if it is what was seen, and says truly what came of it."""

import stat

import pytest

from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.demo.access import VIEWER
from bwtop.demo.agent import MapRow
from bwtop.demo.kinds import PODS
from bwtop.kube.errors import ApiError
from bwtop.kube.patch import annotation_patch, pointer
from bwtop.live.editor import Editor
from bwtop.live.plan import Result
from bwtop.model.limits import Direction
from demo.clocks import FastClock
from edit.editors import PATH, POD, Cluster

PRIORITY = "bandwidth.cilium.io/priority"


async def test_an_edit_changes_the_annotation(cluster: Cluster):
    assert (await cluster.write("20M")).result is Result.CHANGED
    assert await cluster.annotation() == "20M"


async def test_an_edit_changes_nothing_but_the_annotation(cluster: Cluster):
    await cluster.annotate({PRIORITY: "guaranteed", "team": "shop"})
    before = await cluster.object()
    await cluster.write("20M")
    after = await cluster.object()
    before["metadata"]["annotations"][EGRESS_BANDWIDTH] = "20M"
    for body in (before, after):
        del body["metadata"]["resourceVersion"], body["metadata"]["managedFields"]
    assert after == before


async def test_the_priority_stays_and_what_becomes_of_it_is_said(cluster: Cluster):
    await cluster.annotate({PRIORITY: "guaranteed"})
    plan = await cluster.plan("20M")
    assert "its priority stays guaranteed" in plan.note
    assert "priority" not in (await cluster.plan("20M", pod="netperf-client")).note
    await cluster.editor().write(plan)
    assert (await cluster.object())["metadata"]["annotations"] == {PRIORITY: "guaranteed", EGRESS_BANDWIDTH: "20M"}


@pytest.mark.parametrize(("version", "alone"), [("1.17.16", 0), ("1.19.7", 0), ("1.20.2", 7)])
async def test_a_priority_that_was_changed_alone_counts_with_the_same_limit_in_other_words(
    cluster: Cluster, clock: FastClock, version: str, alone: int
):
    node = cluster.world.node_of("default", POD)
    assert node
    node.cilium.version = version
    endpoint = cluster.world.endpoints["default", POD].id

    def row() -> MapRow:
        clock.forward(10)
        cluster.world.advance()
        return node.agent.rows[endpoint, Direction.EGRESS]

    await cluster.annotate({PRIORITY: "guaranteed"})
    assert row() == MapRow(1_250_000, alone)
    same = await cluster.editor().dry_run(await cluster.plan("10M"))
    assert same.reason.startswith("it is 10M already; 10000k is the same limit")
    assert (await cluster.write("10000k")).result is Result.CHANGED
    assert row() == MapRow(1_250_000, 7)


async def test_an_edit_is_made_under_the_name_of_bwtop(cluster: Cluster):
    await cluster.write("20M")
    managers = [entry["manager"] for entry in (await cluster.object())["metadata"]["managedFields"]]
    assert "bwtop" in managers


async def test_a_limit_is_removed_and_other_annotations_stay(cluster: Cluster):
    await cluster.annotate({"team": "shop"})
    assert (await cluster.write(None)).result is Result.CHANGED
    assert (await cluster.object())["metadata"]["annotations"] == {"team": "shop"}


async def test_a_pod_without_this_annotation_gets_it(cluster: Cluster):
    await cluster.annotate({EGRESS_BANDWIDTH: None, "team": "shop"})
    assert (await cluster.write("5M")).result is Result.CHANGED
    assert (await cluster.object())["metadata"]["annotations"] == {"team": "shop", EGRESS_BANDWIDTH: "5M"}


async def test_a_pod_without_any_annotation_gets_it(cluster: Cluster):
    await cluster.annotate(None)
    assert "annotations" not in (await cluster.object())["metadata"]
    assert (await cluster.write("5M")).result is Result.CHANGED
    assert await cluster.annotation() == "5M"


async def test_what_is_already_so_is_not_sent(cluster: Cluster):
    before = await cluster.object()
    assert (await cluster.write("10M")).result is Result.UNCHANGED
    assert await cluster.object() == before
    assert cluster.recorded() == []


async def test_removing_no_limit_changes_nothing(cluster: Cluster):
    await cluster.annotate(None)
    assert (await cluster.write(None)).result is Result.UNCHANGED


async def test_a_dry_run_leaves_the_object_as_it_is(cluster: Cluster):
    before = await cluster.object()
    outcome = await cluster.editor().dry_run(await cluster.plan("20M"))
    assert outcome.result is Result.TRIED
    assert await cluster.object() == before
    assert cluster.recorded() == []


# -- refusals -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [400, 403, 409, 422, 429, 500])
async def test_a_refusal_of_the_server_is_one_line_and_nothing_is_written(cluster: Cluster, status: int):
    message = 'admission webhook "limits.example.com" denied the request:\nask the platform team'
    plan = await cluster.plan("20M")
    cluster.server.faults.fail(PATH, status=status, method="PATCH", message=message)
    outcome = await cluster.editor().write(plan)
    assert outcome.result is Result.FAILED
    assert "limits.example.com" in outcome.reason
    assert "\n" not in outcome.reason
    assert await cluster.annotation() == "10M"


async def test_a_webhook_that_cannot_be_tried_does_not_stop_the_edit(cluster: Cluster):
    message = 'admission webhook "old.example.com" does not support dry run'
    cluster.server.faults.fail(PATH, status=400, method="PATCH", message=message)
    outcome = await cluster.editor().dry_run(await cluster.plan("20M"))
    assert outcome.result is Result.TRIED
    assert "could not be tried" in outcome.reason


async def test_who_may_only_read_is_told_which_right_is_missing(cluster: Cluster):
    api = cluster.another(as_user=VIEWER)
    outcome = await cluster.editor(api).dry_run(await cluster.plan("20M"))
    assert outcome.result is Result.FAILED
    assert "a role must allow patch on pods" in outcome.reason


async def test_a_pod_that_does_not_exist_cannot_be_planned_for(cluster: Cluster):
    with pytest.raises(ApiError, match="not found"):
        await cluster.plan("20M", pod="nix")


async def test_a_pod_in_the_nodes_network_is_refused(cluster: Cluster):
    agent = next(key for key in (s.key for s in cluster.world.store[PODS].within("")) if key[1].startswith("cilium-"))
    plan = await cluster.plan("20M", namespace=agent[0], pod=agent[1])
    assert "node's network" in plan.refusal
    assert (await cluster.editor().write(plan)).result is Result.FAILED
    assert cluster.recorded() == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": {"phase": "Succeeded"}}, "finished"),
        ({"status": {"phase": "Failed"}}, "finished"),
        ({"metadata": {"deletionTimestamp": "2026-01-18T10:00:00Z"}}, "being deleted"),
    ],
)
async def test_a_pod_that_is_over_is_refused(cluster: Cluster, change: dict[str, dict[str, str]], reason: str):
    stored = cluster.world.store[PODS].get("default", POD).body()
    for part, fields in change.items():
        stored[part] |= fields
    cluster.world.store.update(PODS, stored)
    plan = await cluster.plan("20M")
    assert reason in plan.refusal
    assert (await cluster.editor().dry_run(plan)).result is Result.FAILED


# -- around it ----------------------------------------------------------------------------------------------------
async def test_a_plan_names_the_owners_up_to_the_one_that_somebody_wrote(cluster: Cluster):
    stored = next(s for s in cluster.world.store[PODS].within("") if "ReplicaSet" in str(s.body()["metadata"]))
    plan = await cluster.plan("20M", namespace=stored.key[0], pod=stored.key[1])
    kinds = [owner.partition("/")[0] for owner in plan.owners]
    assert kinds == ["ReplicaSet", "Deployment"]


async def test_one_kubectl_line_does_the_same_to_all_pods_of_a_namespace(cluster: Cluster):
    plans = [await cluster.plan("20M"), await cluster.plan("20M", pod="netperf-client")]
    [line] = cluster.batch().kubectl(plans)
    assert line.endswith(f"-n default annotate pod {POD} netperf-client {EGRESS_BANDWIDTH}=20M --overwrite")
    [line] = cluster.batch().kubectl([await cluster.plan(None)])
    assert line.endswith(f"{EGRESS_BANDWIDTH}-")


async def test_what_undoes_different_values_takes_a_kubectl_line_for_each(cluster: Cluster):
    await cluster.annotate({EGRESS_BANDWIDTH: ""})
    plans = [(await cluster.plan("20M", pod=name)).undoing for name in (POD, "netperf-client")]
    ends = [line.rpartition(" pod ")[2] for line in cluster.batch().kubectl(plans)]
    assert ends == [f"{POD} {EGRESS_BANDWIDTH}= --overwrite", f"netperf-client {EGRESS_BANDWIDTH}-"]


async def test_every_write_is_recorded_for_its_user_alone(cluster: Cluster):
    await cluster.write("20M")
    await cluster.write(None)
    [first, second] = cluster.audit.entries()
    assert (first.namespace, first.name, first.context) == ("default", POD, "demo-eks-chaining")
    assert first.user
    assert first.uid == (await cluster.object())["metadata"]["uid"]
    assert [(first.old, first.new), (second.old, second.new)] == [("10M", "20M"), ("20M", None)]
    assert stat.S_IMODE(cluster.audit.path.stat().st_mode) == 0o600


async def test_the_log_names_the_user_whom_the_server_sees(cluster: Cluster):
    api = cluster.another(as_user="mallory")
    await cluster.editor(api).write(await cluster.plan("20M"))
    assert [(entry.user, entry.result) for entry in cluster.audit.entries()] == [("mallory", "Failed")]


async def test_a_log_that_others_may_read_is_closed_to_them(cluster: Cluster):
    cluster.audit.path.parent.mkdir()
    cluster.audit.path.touch(mode=0o644)
    await cluster.write("20M")
    assert stat.S_IMODE(cluster.audit.path.stat().st_mode) == 0o600


async def test_a_line_that_was_cut_does_not_hide_the_others(cluster: Cluster):
    await cluster.write("20M")
    with cluster.audit.path.open("a") as file:
        file.write('{"at": "2026-0\n')
    await cluster.write("30M")
    assert cluster.recorded() == [("10M", "20M", "Changed"), ("20M", "30M", "Changed")]


async def test_nothing_is_written_when_it_cannot_be_recorded(cluster: Cluster):
    cluster.audit.path.mkdir(parents=True)
    plan = await cluster.plan("20M")
    with pytest.raises(OSError, match=r"audit\.jsonl"):
        await Editor(cluster.api, audit=cluster.audit).write(plan)
    assert await cluster.annotation() == "10M"


def test_the_slash_in_a_key_is_escaped():
    assert pointer("metadata", "annotations", "a~b/c") == "/metadata/annotations/a~0b~1c"


def test_every_patch_tests_the_pod_and_the_old_value():
    for annotations in (None, {}, {"k": "1"}):
        same, unchanged, change = annotation_patch(uid="u1", annotations=annotations, key="k", value="2")
        assert (same["op"], same["value"]) == ("test", "u1")
        assert (unchanged["op"], unchanged["value"]) == ("test", (annotations or {}).get("k"))
        assert change["op"] == "add"

"""`bwtop limit` against a real API server: one annotation changes, under the name bwtop, if it is what was seen."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bwtop.kube.config import ConfigRequest, connect
from bwtop.live.audit import AuditLog
from bwtop.live.editor import Editor
from bwtop.live.plan import Result
from bwtop.model.edit import REMOVAL, propose
from cluster.contract import ANNOTATION, MERGE_PATCH
from cluster.limit.commands import Object, limit, without_bookkeeping, word
from cluster.rest import Rest
from cluster.rig import Rig
from edit.editors import LosesAnswers

pytestmark = pytest.mark.cluster


def manager_of_the_limit(body: Object) -> list[str]:
    return [
        entry["manager"]
        for entry in body["metadata"]["managedFields"]
        if f"f:{ANNOTATION}" in entry["fieldsV1"].get("f:metadata", {}).get("f:annotations", {})
    ]


def test_a_dry_run_leaves_the_object_unchanged(rig: Rig, rest: Rest, made: Callable[..., str], tmp_path: Path) -> None:
    path = made({ANNOTATION: "10M"})
    before = rest.call("GET", path)
    for dry_run in ("client", "server"):
        done = limit(rig, tmp_path, word(path), "20M", f"--dry-run={dry_run}")
        assert done.returncode == 0, done.stderr
    assert rest.call("GET", path) == before


@pytest.mark.parametrize("others", [None, {}, {"team": "shop", "bandwidth.cilium.io/priority": "guaranteed"}])
@pytest.mark.parametrize("old", [None, "", "10M"])
def test_an_edit_changes_one_annotation_and_nothing_else(
    rig: Rig, rest: Rest, made: Callable[..., str], tmp_path: Path, others: dict[str, str] | None, old: str | None
) -> None:
    path = made(others if old is None else (others or {}) | {ANNOTATION: old})
    before = rest.call("GET", path)
    done = limit(rig, tmp_path, word(path), "20M", "--yes", "--wait=0")
    assert done.returncode == 0, done.stderr
    after = rest.call("GET", path)
    expected = without_bookkeeping(before)
    expected["metadata"].setdefault("annotations", {})[ANNOTATION] = "20M"
    assert without_bookkeeping(after) == expected
    assert manager_of_the_limit(after) == ["bwtop"]


def test_a_removal_takes_one_annotation_away_and_nothing_else(
    rig: Rig, rest: Rest, made: Callable[..., str], tmp_path: Path
) -> None:
    path = made({ANNOTATION: "10M", "team": "shop"})
    expected = without_bookkeeping(rest.call("GET", path))
    del expected["metadata"]["annotations"][ANNOTATION]
    done = limit(rig, tmp_path, word(path), "--remove", "--yes", "--wait=0")
    assert done.returncode == 0, done.stderr
    assert without_bookkeeping(rest.call("GET", path)) == expected


def test_the_log_names_the_user_as_the_api_server_sees_it(rig: Rig, made: Callable[..., str], tmp_path: Path) -> None:
    path = made({ANNOTATION: "10M"})
    done = limit(rig, tmp_path, word(path), "20M", "--yes", "--wait=0", "--as=ada", "--as-group=system:masters")
    assert done.returncode == 0, done.stderr
    [entry] = AuditLog(tmp_path / "bwtop" / "audit.jsonl").entries()
    assert (entry.user, entry.old, entry.new, entry.result) == ("ada", "10M", "20M", "Changed")


async def test_a_value_that_kubectl_changed_meanwhile_is_kept_and_kubectl_is_named(
    editor: Editor, rest: Rest, made: Callable[..., str]
) -> None:
    path = made({ANNOTATION: "10M"})
    plan = await editor.plan("default", path.rpartition("/")[2], propose("20M"))
    body = {"metadata": {"annotations": {ANNOTATION: "50M"}}}
    rest.call("PATCH", f"{path}?fieldManager=kubectl-annotate", body, content_type=MERGE_PATCH)
    before = rest.call("GET", path)
    outcome = await editor.write(plan)
    assert outcome.result is Result.CONFLICT
    assert outcome.reason == "kubectl-annotate changed it meanwhile from 10M to 50M"
    assert rest.call("GET", path) == before


async def test_a_pod_that_replaced_the_one_that_was_seen_is_never_patched(
    editor: Editor, rest: Rest, made: Callable[..., str]
) -> None:
    path = made({ANNOTATION: "10M"})
    name = path.rpartition("/")[2]
    plan = await editor.plan("default", name, REMOVAL)
    rest.call("DELETE", f"{path}?gracePeriodSeconds=0")
    made({ANNOTATION: "10M"}, name)
    before = rest.call("GET", path)
    outcome = await editor.write(plan)
    assert (outcome.result, outcome.reason) == (Result.CONFLICT, "the pod was replaced by another of the same name")
    assert rest.call("GET", path) == before


async def test_annotations_that_came_meanwhile_are_no_conflict(
    editor: Editor, rest: Rest, made: Callable[..., str]
) -> None:
    path = made(None)
    plan = await editor.plan("default", path.rpartition("/")[2], propose("20M"))
    rest.call("PATCH", path, {"metadata": {"annotations": {"team": "shop"}}}, content_type=MERGE_PATCH)
    assert (await editor.write(plan)).result is Result.CHANGED
    assert rest.call("GET", path)["metadata"]["annotations"] == {"team": "shop", ANNOTATION: "20M"}


def test_the_limit_of_a_running_pod_is_watched_until_the_agent_has_it(rig: Rig, furnished: Rig, tmp_path: Path) -> None:
    """The stand-in agent's map says 10M for this pod for ever."""
    landed = limit(rig, tmp_path, "pod/netperf-server", "10M", "--yes")
    assert landed.returncode == 0, landed.stderr
    [item] = json.loads(landed.stdout)["items"]
    assert item["result"] == "Unchanged"
    assert item["landing"]["seconds"] is not None


async def test_after_a_lost_answer_the_object_says_what_is_true_and_nothing_is_sent_twice(
    rig: Rig, rest: Rest, made: Callable[..., str], tmp_path: Path
) -> None:
    path = made({ANNOTATION: "10M"})
    api = LosesAnswers(await connect(ConfigRequest(kubeconfig=str(rig.kubeconfig))))
    editor = Editor(api, audit=AuditLog(tmp_path / "audit.jsonl"))
    outcome = await editor.write(await editor.plan("default", path.rpartition("/")[2], propose("20M")))
    await api.close()
    assert outcome.result is Result.CHANGED
    assert "the answer was lost" in outcome.reason
    assert api.patches == 1
    assert rest.call("GET", path)["metadata"]["annotations"] == {ANNOTATION: "20M"}


async def test_a_pod_that_went_meanwhile_is_told_to_be_gone(
    editor: Editor, rest: Rest, made: Callable[..., str]
) -> None:
    path = made({ANNOTATION: "10M"})
    plan = await editor.plan("default", path.rpartition("/")[2], propose("20M"))
    rest.call("DELETE", f"{path}?gracePeriodSeconds=0")
    outcome = await editor.write(plan)
    assert (outcome.result, outcome.reason) == (Result.FAILED, "the pod is gone")


async def test_an_undo_puts_back_what_was_there_and_never_over_somebody_elses(
    editor: Editor, rest: Rest, made: Callable[..., str]
) -> None:
    path = made({ANNOTATION: "10M", "team": "shop"})
    before = without_bookkeeping(rest.call("GET", path))
    plan = await editor.plan("default", path.rpartition("/")[2], propose("20M"))
    assert (await editor.write(plan)).result is Result.CHANGED
    assert (await editor.write(plan.undoing)).result is Result.CHANGED
    assert without_bookkeeping(rest.call("GET", path)) == before
    assert (await editor.write(plan)).result is Result.CHANGED
    body = {"metadata": {"annotations": {ANNOTATION: "50M"}}}
    rest.call("PATCH", f"{path}?fieldManager=kubectl-annotate", body, content_type=MERGE_PATCH)
    outcome = await editor.write(plan.undoing)
    assert outcome.reason == "kubectl-annotate changed it meanwhile from 20M to 50M"
    assert rest.call("GET", path)["metadata"]["annotations"][ANNOTATION] == "50M"

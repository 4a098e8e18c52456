"""`bwtop limit` against a real API server: one annotation changes, under the name bwtop, if it is what was seen."""

import copy
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.live.audit import AuditLog
from bwtop.live.editor import Editor
from bwtop.live.plan import Result
from bwtop.model.edit import REMOVAL, propose
from cluster.contract import ANNOTATION, MERGE_PATCH, PODS
from cluster.rest import Rest
from cluster.rig import Rig
from edit.editors import LosesAnswers

pytestmark = pytest.mark.cluster

Object = dict[str, Any]
POD_SPEC = {"containers": [{"name": "app", "image": "registry.example/app:1"}]}
SOURCES = os.pathsep.join(str(Path(__file__).parents[2] / root) for root in ("tui", "widgets", "profiles"))


@pytest.fixture
def rest(rig: Rig) -> Iterator[Rest]:
    with rig.rest() as opened:
        yield opened


@pytest.fixture
def made(rest: Rest) -> Iterator[Callable[..., str]]:
    """Makes pods that run nowhere and removes them at the end; the path of each."""
    paths: list[str] = []

    def make(
        annotations: dict[str, str] | None,
        name: str = "",
        *,
        labels: dict[str, str] | None = None,
        spec: Object | None = None,
    ) -> str:
        name = name or f"limit-{secrets.token_hex(4)}"
        metadata = {"name": name, "annotations": annotations, "labels": labels}
        paths.append(f"{PODS}/{name}")
        rest.call("POST", PODS, {"metadata": metadata, "spec": POD_SPEC | (spec or {})})
        return paths[-1]

    yield make
    for path in set(paths):
        rest.send("DELETE", f"{path}?gracePeriodSeconds=0")


def limit(rig: Rig, state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bwtop", "limit", *arguments, "--kubeconfig", str(rig.kubeconfig), "-o", "json"]
    environment = os.environ | {"PYTHONPATH": SOURCES, "XDG_STATE_HOME": str(state)}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=150, env=environment, stdin=subprocess.DEVNULL
    )


def word(path: str) -> str:
    return f"pod/{path.rpartition('/')[2]}"


def without_bookkeeping(body: Object) -> Object:
    """What every write changes is left out."""
    found = copy.deepcopy(body)
    del found["metadata"]["managedFields"], found["metadata"]["resourceVersion"]
    return found


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


def test_who_may_not_patch_is_told_so_and_nothing_is_written(
    rig: Rig, rest: Rest, made: Callable[..., str], tmp_path: Path
) -> None:
    path = made({ANNOTATION: "10M"})
    before = rest.call("GET", path)
    done = limit(rig, tmp_path, word(path), "20M", "--yes", "--as=nobody")
    assert done.returncode == 2
    assert "forbidden" in done.stderr
    assert rest.call("GET", path) == before


@pytest.fixture
async def editor(rig: Rig, tmp_path: Path) -> Any:
    api = Api(await connect(ConfigRequest(kubeconfig=str(rig.kubeconfig))))
    yield Editor(api, audit=AuditLog(tmp_path / "audit.jsonl"))
    await api.close()


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


# -- what the cluster's own rules refuse, and what is no more to be limited --------------------------------------
POLICIES = "/apis/admissionregistration.k8s.io/v1"
GUARDED = {"guarded": "by-a-policy"}
ADVICE = "more than 50M: ask the platform team"


@pytest.fixture(params=["Invalid", "Forbidden"])
def policy(request: pytest.FixtureRequest, rest: Rest, made: Callable[..., str]) -> Iterator[None]:
    """Refuses limits of 50M and more on labelled pods, with 422 or 403."""
    name = f"small-limits-{request.param.lower()}"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["pods"]}
    limit = f"object.metadata.annotations['{ANNOTATION}']"
    spec = {
        "matchConstraints": {"resourceRules": [rule], "objectSelector": {"matchLabels": GUARDED}},
        "validations": [
            {"expression": f"quantity({limit}).isLessThan(quantity('50M'))", "message": ADVICE, "reason": request.param}
        ],
    }
    bound = {"policyName": name, "validationActions": ["Deny"]}
    rest.call("POST", f"{POLICIES}/validatingadmissionpolicies", {"metadata": {"name": name}, "spec": spec})
    rest.call("POST", f"{POLICIES}/validatingadmissionpolicybindings", {"metadata": {"name": name}, "spec": bound})
    try:
        probe = made({ANNOTATION: "1M"}, labels=GUARDED)
        body = {"metadata": {"annotations": {ANNOTATION: "60M"}}}
        while rest.send("PATCH", f"{probe}?dryRun=All", body, content_type=MERGE_PATCH)[0] < 400:
            time.sleep(0.1)  # until the API server has read the policy
        yield
    finally:
        for kind in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
            rest.call("DELETE", f"{POLICIES}/{kind}/{name}")


@pytest.mark.usefixtures("policy")
def test_a_policy_of_the_cluster_refuses_before_anything_is_written_and_its_words_are_told(
    rig: Rig, rest: Rest, made: Callable[..., str], tmp_path: Path
) -> None:
    path = made({ANNOTATION: "10M"}, labels=GUARDED)
    before = rest.call("GET", path)
    refused = limit(rig, tmp_path, word(path), "60M", "--yes", "--wait=0")
    assert refused.returncode == 1
    assert ADVICE in refused.stderr
    assert "a policy of the cluster refuses it" in refused.stderr
    assert "a role must allow" not in refused.stderr
    assert rest.call("GET", path) == before
    assert limit(rig, tmp_path, word(path), "20M", "--yes", "--wait=0").returncode == 0


@pytest.mark.usefixtures("policy")
async def test_a_write_that_a_policy_refuses_is_recorded_as_failed(
    editor: Editor, rest: Rest, made: Callable[..., str], tmp_path: Path
) -> None:
    path = made({ANNOTATION: "10M"}, labels=GUARDED)
    outcome = await editor.write(await editor.plan("default", path.rpartition("/")[2], propose("60M")))
    assert outcome.result is Result.FAILED
    assert ADVICE in outcome.reason
    [entry] = AuditLog(tmp_path / "audit.jsonl").entries()
    assert (entry.old, entry.new, entry.result) == ("10M", "60M", "Failed")
    assert rest.call("GET", path)["metadata"]["annotations"] == {ANNOTATION: "10M"}


@pytest.mark.parametrize(
    ("spec", "phase", "said"),
    [({}, "Succeeded", "has finished"), ({}, "Failed", "has finished"), ({"hostNetwork": True}, "", "node's network")],
)
def test_a_pod_that_no_limit_can_apply_to_is_refused(
    rig: Rig, rest: Rest, made: Callable[..., str], tmp_path: Path, spec: Object, phase: str, said: str
) -> None:
    path = made({ANNOTATION: "10M"}, spec=spec)
    if phase:
        rest.call("PATCH", f"{path}/status", {"status": {"phase": phase}}, content_type=MERGE_PATCH)
    before = rest.call("GET", path)
    refused = limit(rig, tmp_path, word(path), "20M", "--yes")
    assert refused.returncode == 2
    assert said in refused.stderr
    assert rest.call("GET", path) == before


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


# -- the owner's template -----------------------------------------------------------------------------------------
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"


@pytest.fixture
def deployed(rest: Rest) -> Iterator[Callable[..., tuple[str, str]]]:
    """Makes a Deployment of no replicas, its ReplicaSet, and a pod of that; the paths of Deployment and pod."""
    paths: list[str] = []

    def make(annotations: dict[str, str] | None) -> tuple[str, str]:
        name = f"limit-{secrets.token_hex(4)}"
        labels = {"app": name}
        template = {"metadata": {"labels": labels, "annotations": annotations}, "spec": POD_SPEC}
        spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
        deployment = rest.call("POST", DEPLOYMENTS, {"metadata": {"name": name}, "spec": spec})
        replica_sets = DEPLOYMENTS.replace("deployments", "replicasets")
        owner = owned_by(deployment, "Deployment", "apps/v1")
        replica_set = rest.call("POST", replica_sets, {"metadata": {"name": name, **owner}, "spec": spec})
        pod = {"name": name, "labels": labels, **owned_by(replica_set, "ReplicaSet", "apps/v1")}
        rest.call("POST", PODS, {"metadata": pod, "spec": POD_SPEC})
        paths.extend([f"{PODS}/{name}", f"{replica_sets}/{name}", f"{DEPLOYMENTS}/{name}"])
        return paths[-1], paths[-3]

    yield make
    for path in paths:
        rest.send("DELETE", f"{path}?gracePeriodSeconds=0")


def owned_by(owner: Object, kind: str, api_version: str) -> Object:
    metadata = owner["metadata"]
    reference = {"kind": kind, "apiVersion": api_version, "name": metadata["name"], "uid": metadata["uid"]}
    return {"ownerReferences": [{**reference, "controller": True}]}


@pytest.mark.parametrize("annotations", [None, {"team": "shop"}, {ANNOTATION: "10M", "team": "shop"}])
def test_one_annotation_of_the_template_changes_and_nothing_else(
    rig: Rig, rest: Rest, deployed: Callable[..., tuple[str, str]], tmp_path: Path, annotations: dict[str, str] | None
) -> None:
    deployment, pod = deployed(annotations)
    before = rest.call("GET", deployment)
    tried = limit(rig, tmp_path, word(pod), "20M", "--template", "--dry-run=server")
    assert tried.returncode == 0, tried.stderr
    assert rest.call("GET", deployment) == before
    done = limit(rig, tmp_path, word(pod), "20M", "--template", "--yes", "--wait=0")
    assert done.returncode == 0, done.stderr
    after = rest.call("GET", deployment)
    expected = without_bookkeeping(before)
    expected["spec"]["template"]["metadata"].setdefault("annotations", {})[ANNOTATION] = "20M"
    found = without_bookkeeping(after)
    assert found["metadata"].pop("generation") == expected["metadata"].pop("generation") + 1
    for body in (found, expected):
        body.pop("status", None)
        body["metadata"].pop("annotations", None)
    assert found == expected
    assert rest.call("GET", pod)["metadata"].get("annotations") is None


def test_the_kubectl_line_of_a_template_does_the_same(
    rig: Rig, rest: Rest, deployed: Callable[..., tuple[str, str]], tmp_path: Path
) -> None:
    deployment, pod = deployed(None)
    shown = limit(rig, tmp_path, word(pod), "20M", "--template", "--dry-run=client").stderr
    [line] = [line.removeprefix("By hand: ") for line in shown.splitlines() if line.startswith("By hand: ")]
    subprocess.run(line, shell=True, check=True, capture_output=True)
    assert rest.call("GET", deployment)["spec"]["template"]["metadata"]["annotations"] == {ANNOTATION: "20M"}


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

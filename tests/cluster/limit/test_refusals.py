"""What the cluster's own rules refuse, and what no limit can apply to."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bwtop.live.audit import AuditLog
from bwtop.live.editor import Editor
from bwtop.live.plan import Result
from bwtop.model.edit import propose
from cluster.contract import ANNOTATION, MERGE_PATCH
from cluster.limit.commands import Object, limit, word
from cluster.rest import Rest
from cluster.rig import Rig

pytestmark = pytest.mark.cluster
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


def test_who_may_not_patch_is_told_so_and_nothing_is_written(
    rig: Rig, rest: Rest, made: Callable[..., str], tmp_path: Path
) -> None:
    path = made({ANNOTATION: "10M"})
    before = rest.call("GET", path)
    done = limit(rig, tmp_path, word(path), "20M", "--yes", "--as=nobody")
    assert done.returncode == 2
    assert "forbidden" in done.stderr
    assert rest.call("GET", path) == before

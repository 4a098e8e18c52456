"""`bwtop limit --template` against a real API server: one annotation of the owner's template changes."""

import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cluster.contract import ANNOTATION, PODS
from cluster.limit.commands import POD_SPEC, Object, limit, without_bookkeeping, word
from cluster.rest import Rest
from cluster.rig import Rig

pytestmark = pytest.mark.cluster
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

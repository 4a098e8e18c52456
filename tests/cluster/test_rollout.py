"""Rollouts by the real controllers and scheduler: followed to the end, or told why they do not get on.

KWOK stands for the kubelets, and there is no agent: whether the new limits are programmed is tested in tests/edit.
"""

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster import pods
from cluster.contract import ANNOTATION, MERGE_PATCH
from cluster.limit.commands import POD_SPEC, Object, limit
from cluster.plan import PlannedNode
from cluster.rest import Rest
from cluster.rig import Rig

pytestmark = pytest.mark.cluster

APPS = "/apis/apps/v1/namespaces"
NODES = [PlannedNode(name=f"roomy-{number}", number=number, version="1.18.4", agent=False) for number in (1, 2)]
PLURALS = {"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets"}


@pytest.fixture(scope="module")
def staffed() -> Iterator[Rig]:
    """A cluster of its own with two nodes, a scheduler, and controllers that roll pods."""
    with pods.cluster(NODES) as rig:
        yield rig


@pytest.fixture
def rest(staffed: Rig) -> Iterator[Rest]:
    with staffed.rest() as opened:
        yield opened


@pytest.fixture
def namespace(rest: Rest) -> Iterator[str]:
    name = f"rolled-{secrets.token_hex(4)}"
    rest.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    yield name
    rest.call("DELETE", f"/api/v1/namespaces/{name}")


def controller(
    rest: Rest, kind: str, namespace: str, *, replicas: int = 0, deadline: int = 600, pod: Object = POD_SPEC
) -> None:
    """Makes one that is called `web`, and waits until all its pods run; a DaemonSet has one on each node."""
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels, "annotations": {ANNOTATION: "10M"}}, "spec": pod}
    spec: Object = {"selector": {"matchLabels": labels}, "template": template}
    match kind:
        case "Deployment":
            spec |= {"replicas": replicas, "progressDeadlineSeconds": deadline}
        case "StatefulSet":
            spec |= {"replicas": replicas, "serviceName": "web"}
    path, wanted = f"{APPS}/{namespace}/{PLURALS[kind]}", replicas or len(NODES)
    rest.call("POST", path, {"metadata": {"name": "web"}, "spec": spec})
    while (available(rest.call("GET", f"{path}/web")["status"]), len(running(rest, namespace))) != (wanted, wanted):
        time.sleep(0.1)


def available(status: Object) -> int:
    return int(status.get("availableReplicas") or status.get("numberAvailable") or 0)


def running(rest: Rest, namespace: str) -> dict[str, Object]:
    """Pods by their uid."""
    items = rest.call("GET", f"/api/v1/namespaces/{namespace}/pods?labelSelector=app%3Dweb")["items"]
    return {item["metadata"]["uid"]: item for item in items if item["status"].get("phase") == "Running"}


def template_limit(rig: Rig, state: Path, namespace: str, *words: str) -> tuple[Object, str]:
    """What it says of the rollout, and stderr."""
    done = limit(rig, state, "-l", "app=web", "-n", namespace, "20M", "--template", "--yes", "--wait=50s", *words)
    assert done.returncode == 1, done.stderr  # there is no agent that could say that the limits are programmed
    [item] = json.loads(done.stdout)["items"]
    assert item["result"] == "Changed"
    return item["rollout"], done.stderr


@pytest.mark.parametrize("kind", PLURALS)
def test_it_is_followed_until_all_pods_are_new(
    staffed: Rig, rest: Rest, namespace: str, tmp_path: Path, kind: str
) -> None:
    controller(rest, kind, namespace, replicas=0 if kind == "DaemonSet" else 2)
    before = running(rest, namespace)
    rollout, said = template_limit(staffed, tmp_path, namespace)
    assert rollout["seconds"] is not None, said
    assert (rollout["wanted"], rollout["updated"], rollout["available"]) == (2, 2, 2)
    assert f"{kind} {namespace}/web: 2 of 2 pods updated" in said
    after = running(rest, namespace)
    assert not before.keys() & after.keys()
    assert {pod["metadata"]["annotations"][ANNOTATION] for pod in after.values()} == {"20M"}
    assert sorted(pod["pod"] for pod in rollout["pods"]) == sorted(pod["metadata"]["name"] for pod in after.values())
    assert all("no cilium agent is found there" in pod["reason"] for pod in rollout["pods"])


STUCK = "ProgressDeadlineExceeded"


def test_a_quota_that_is_used_up_is_the_reason(staffed: Rig, rest: Rest, namespace: str, tmp_path: Path) -> None:
    controller(rest, "Deployment", namespace, replicas=2, deadline=5)
    quotas = f"/api/v1/namespaces/{namespace}/resourcequotas"
    rest.call("POST", quotas, {"metadata": {"name": "full"}, "spec": {"hard": {"pods": "2"}}})
    counted = {"status": {"hard": {"pods": "2"}, "used": {"pods": "2"}}}  # as the quota's controller would
    rest.call("PATCH", f"{quotas}/full/status", counted, content_type=MERGE_PATCH)
    rollout, said = template_limit(staffed, tmp_path, namespace)
    assert rollout["seconds"] is None
    assert STUCK in rollout["reason"]
    assert "exceeded quota: full" in rollout["reason"]
    assert "exceeded quota: full" in said.split("bwtop: ")[0], "it is told on the way, too"


def test_a_new_pod_for_which_no_node_has_room_is_the_reason(
    staffed: Rig, rest: Rest, namespace: str, tmp_path: Path
) -> None:
    container = {**POD_SPEC["containers"][0], "resources": {"requests": {"cpu": "3"}}}
    controller(rest, "Deployment", namespace, pod={"containers": [container]}, replicas=2, deadline=5)
    rollout, _ = template_limit(staffed, tmp_path, namespace)
    assert rollout["seconds"] is None
    assert STUCK in rollout["reason"]
    assert "Unschedulable" in rollout["reason"]
    assert "Insufficient cpu" in rollout["reason"]


def test_a_stateful_set_that_may_make_no_pod_is_told_with_its_events(
    staffed: Rig, rest: Rest, namespace: str, tmp_path: Path
) -> None:
    """Its status has no condition for that."""
    controller(rest, "StatefulSet", namespace, replicas=1)
    quotas = f"/api/v1/namespaces/{namespace}/resourcequotas"
    rest.call("POST", quotas, {"metadata": {"name": "full"}, "spec": {"hard": {"pods": "0"}}})
    counted = {"status": {"hard": {"pods": "0"}, "used": {"pods": "0"}}}
    rest.call("PATCH", f"{quotas}/full/status", counted, content_type=MERGE_PATCH)
    rollout, _ = template_limit(staffed, tmp_path, namespace, "--wait=30s")
    assert rollout["seconds"] is None
    assert "FailedCreate" in rollout["reason"]
    assert "exceeded quota: full" in rollout["reason"]

"""`bwtop doctor` and `bwtop explain` against a real API server and recorded agents of every version."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from cluster.plan import PlannedNode
from cluster.rig import Rig
from sources import SOURCES

pytestmark = pytest.mark.cluster

Document = dict[str, Any]


def run(rig: Rig, *arguments: str) -> tuple[int, Document]:
    """Exit status and JSON of `bwtop ARGUMENTS -o json`."""
    command = [sys.executable, "-m", "bwtop", *arguments, "-o", "json", "--kubeconfig", str(rig.kubeconfig)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, env=os.environ | {"PYTHONPATH": SOURCES})
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def report(rig: Rig, planned: list[PlannedNode]) -> list[Document]:
    items: list[Document] = run(rig, "doctor")[1]["items"]
    return items


def named(report: list[Document], name: str) -> list[Document]:
    return [item for item in report if item["name"] == name]


def test_the_real_server_tells_its_version_and_who_asks(report: list[Document]) -> None:
    [server], [credentials] = named(report, "API server"), named(report, "credentials")
    assert (server["verdict"], server["evidence"].startswith("Kubernetes v1.")) == ("ok", True)
    assert (credentials["verdict"], "the server takes you for" in credentials["evidence"]) == ("ok", True)


def test_an_administrator_may_all_that_bwtop_does(report: list[Document]) -> None:
    [permissions] = named(report, "permissions")
    assert permissions["verdict"] == "ok"
    assert "get/create pods/exec in kube-system" in permissions["objects"]


def test_every_planned_agent_is_told_by_its_version(report: list[Document], planned: list[PlannedNode]) -> None:
    told = {node: item["evidence"] for item in named(report, "agent") for node in item["objects"]}
    for node in planned:
        missing = "could not check: no cilium agent here"
        assert told[node.name] == (f"Cilium {node.version} answers" if node.agent else missing)


def test_nodes_without_the_manager_or_the_program_are_failures(
    report: list[Document], planned: list[PlannedNode]
) -> None:
    def failing(name: str) -> set[str]:
        return {node for item in named(report, name) if item["verdict"] == "failure" for node in item["objects"]}

    assert failing("egress program") == {node.name for node in planned if node.egress_program == "missing"}
    assert failing("bandwidth manager") == {node.name for node in planned if node.name.startswith("off-")}


def test_a_cluster_without_the_objects_of_an_installation_says_so(report: list[Document]) -> None:
    [agents], [operator] = named(report, "agents ready"), named(report, "operator")
    assert (agents["verdict"], operator["verdict"]) == ("warning", "warning")
    assert all("what is wanted could not be checked" in item["evidence"] for item in named(report, "bandwidth manager"))


def test_a_user_who_may_nothing_is_told_what_is_lost(rig: Rig, planned: list[PlannedNode]) -> None:
    status, document = run(rig, "doctor", "--as", "nobody")
    assert status == 1
    verdicts = {right: item["verdict"] for item in named(document["items"], "permissions") for right in item["objects"]}
    assert verdicts["list/watch pods"] == "failure"
    assert verdicts["get/patch pods in default"] == "warning"
    assert all(item["verdict"] == "unknown" for item in named(document["items"], "operator"))


def test_a_pod_is_explained(rig: Rig, planned: list[PlannedNode]) -> None:
    node = next(node for node in planned if node.agent and node.pods)
    pod = node.pods[0]
    status, document = run(rig, "explain", f"pod/{pod.name}", "-n", pod.namespace)
    assert document["kind"] == "LimitExplanation"
    assert document["pod"]["pod"] == pod.name
    assert status == {"ok": 0, "warning": 0, "failure": 1, "unknown": 2}[document["verdict"]]
    assert {"annotation", "endpoint", "agent", "bandwidth map"} <= {item["name"] for item in document["items"]}

"""`bwtop doctor` as text, as JSON and as an exit status."""

import json

import pytest
import yaml

from bwtop.demo.spec import AgentFault
from cli.conftest import Bwtop, Demo

NODE = "ip-192-168-29-49.ec2.internal"


@pytest.fixture
def doctor(bwtop: Bwtop, demo: Demo) -> Bwtop:
    return lambda *words: bwtop("doctor", *words, "--kubeconfig", str(demo.kubeconfig))


def test_a_cluster_where_all_is_well(doctor: Bwtop) -> None:
    found = doctor()
    assert (found.status, found.err) == (0, "bwtop: 15 ok\n")
    assert [line.split(maxsplit=2)[:2] for line in found.lines] == [["✓", "ok"]] * 15


def test_json_is_stable(doctor: Bwtop, demo: Demo) -> None:
    demo.call(demo.server.access.deny, resources=["pods"], verbs=["patch"])
    found = doctor("-o", "json")
    document = json.loads(found.out)
    assert (document["apiVersion"], document["kind"]) == ("bwtop/v1", "DoctorReport")
    denied = next(item for item in document["items"] if item["verdict"] == "warning")
    assert list(denied) == ["name", "verdict", "evidence", "objects", "advice", "source", "link"]
    assert denied["objects"] == ["get/patch pods in default"]
    assert "auth can-i patch pods -n default" in denied["advice"][0]
    assert found.status == 0
    assert yaml.safe_load(doctor("-o", "yaml").out)["items"][2] == document["items"][2]


def test_what_could_not_be_checked_is_exit_2(doctor: Bwtop, demo: Demo) -> None:
    demo.call(demo.server.faults.agent, NODE, AgentFault.SILENT)
    found = doctor()
    assert found.status == 2
    line = next(line for line in found.lines if line.startswith("? unknown"))
    assert f"gave no answer in 60 s ({NODE})" in line
    assert "get pods -l k8s-app=cilium" in found.lines[found.lines.index(line) + 1]


def test_a_failure_is_exit_1_and_says_what_to_do(doctor: Bwtop, demo: Demo) -> None:
    demo.call(demo.server.access.deny, resources=["pods/exec"])
    found = doctor()
    assert found.status == 1
    assert "✗ failure  permissions" in found.out
    assert "https://kubernetes.io/docs/reference/access-authn-authz/rbac/" in found.out


def test_no_way_to_the_cluster_is_exit_2_and_still_a_page(bwtop: Bwtop) -> None:
    found = bwtop("doctor", "-o", "json", "-s", "http://127.0.0.1:1", "--token", "x")
    assert found.status == 2
    assert [item["verdict"] for item in json.loads(found.out)["items"]] == ["failure", "unknown", "ok"]


def test_nothing_is_written(doctor: Bwtop, demo: Demo) -> None:
    before = demo.server.world.store.version
    doctor()
    assert demo.server.world.store.version == before

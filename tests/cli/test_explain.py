"""`bwtop explain` as text, as JSON and as an exit status."""

import json

import pytest
import yaml

from bwtop.demo.spec import AgentFault
from cli.conftest import Bwtop, Demo

NODE = "ip-192-168-29-49.ec2.internal"


@pytest.fixture
def explain(bwtop: Bwtop, demo: Demo) -> Bwtop:
    return lambda *words: bwtop("explain", *words, "--kubeconfig", str(demo.kubeconfig))


@pytest.mark.parametrize("name", ["pod/netperf-server", "po/netperf-server", "netperf-server"])
def test_the_sentence_comes_first_and_then_the_checks(explain: Bwtop, name: str) -> None:
    found = explain(name)
    assert (found.status, found.err) == (0, "")
    assert found.lines[:2] == ["✓ the limit of default/netperf-server is in force: 10M", ""]
    assert {line.split(maxsplit=2)[1] for line in found.lines[2:]} == {"ok"}


def test_a_peer_in_another_namespace(explain: Bwtop, demo: Demo) -> None:
    names = demo.call(lambda: [key for key in demo.server.world.endpoints if key[0] == "shop"])
    found = explain("pod/netperf-server", "--peer", "/".join(names[0]), "-o", "json")
    document = json.loads(found.out)
    assert (document["kind"], document["apiVersion"]) == ("LimitExplanation", "bwtop/v1")
    assert document["peer"]["pod"] == names[0][1]
    assert document["pod"]["asked"] == {"annotation": "10M", "bitsPerSecond": 10000000}
    assert [item["name"] for item in document["items"]][:3] == ["same node", "direction", "annotation"]
    same_node = document["pod"]["node"] == document["peer"]["node"]
    assert document["verdict"] == ("failure" if same_node else "ok")
    assert found.status == (1 if same_node else 0)


def test_yaml_says_the_same(explain: Bwtop) -> None:
    found = yaml.safe_load(explain("pod/netperf-client", "-o", "yaml").out)
    assert found["conclusion"] == "no limit is asked of default/netperf-client, and none is in force"
    assert list(found["items"][0]) == ["name", "verdict", "evidence", "objects", "advice", "source", "link"]


def test_what_cannot_be_told_is_exit_2(explain: Bwtop, demo: Demo) -> None:
    demo.call(demo.server.faults.agent, NODE, AgentFault.SILENT)
    found = explain("pod/netperf-server")
    assert found.status == 2
    assert found.lines[0].startswith("? whether the limit of default/netperf-server is in force cannot be told")


def test_a_limit_that_is_not_in_force_is_exit_1_with_source_and_page(explain: Bwtop, demo: Demo) -> None:
    name = demo.call(lambda: next(key[1] for key in demo.server.world.workloads if key[1].startswith("node-exporter")))
    demo.call(demo.server.world.annotate, "monitoring", name, "10M")
    found = explain(f"pod/{name}", "-n", "monitoring")
    demo.call(demo.server.world.annotate, "monitoring", name, None)
    assert found.status == 1
    assert "✗ failure  host network" in found.out
    assert "source: bpf/bpf_host.c cil_from_host" in found.out
    assert "https://docs.cilium.io/en/stable/network/kubernetes/bandwidth-manager/" in found.out


def test_a_pod_that_is_not_there(explain: Bwtop) -> None:
    found = explain("pod/gone")
    assert (found.status, found.out) == (2, "")
    assert 'pods "gone" not found' in found.err


def test_a_pod_is_not_its_own_peer(explain: Bwtop) -> None:
    found = explain("pod/netperf-server", "--peer", "default/netperf-server")
    assert found.status == 2
    assert "its own peer" in found.err

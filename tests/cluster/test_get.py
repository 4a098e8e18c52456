"""`bwtop get` against a real API server and recorded agents of every version says exactly what was put in."""

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest

from bwtop.model.states import PENDING_SECONDS
from cluster import expected
from cluster.plan import PlannedNode
from cluster.rig import Rig
from sources import SOURCES

pytestmark = pytest.mark.cluster

Item = dict[str, Any]


def get(rig: Rig, *arguments: str) -> list[Item]:
    """The items that `bwtop get ARGUMENTS -o json` prints."""
    command = [sys.executable, "-m", "bwtop", "get", *arguments, "-o", "json", "--kubeconfig", str(rig.kubeconfig)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | {"PYTHONPATH": SOURCES})
    assert done.returncode == 0, done.stderr
    items: list[Item] = json.loads(done.stdout)["items"]
    return items


def settled_pods(rig: Rig, *arguments: str) -> dict[str, Item]:
    """The pods once the youngest of them is too old for its drift to be still on its way (10 seconds)."""
    deadline = time.monotonic() + 2 * PENDING_SECONDS
    while True:
        items = get(rig, "pods", *arguments)
        if not any(item["state"] == "Pending" for item in items) or time.monotonic() > deadline:
            return by(items, "namespace", "pod")


def by(items: list[Item], *keys: str) -> dict[str, Item]:
    return {"/".join(str(item[key]) for key in keys): item for item in items}


def differences(found: dict[str, Item], wanted: dict[str, Item]) -> list[str]:
    """In words, one a line: what is missing, what is too much, which field differs."""
    lines = [f"{key}: missing" for key in wanted.keys() - found.keys()]
    lines += [f"{key}: not expected: {found[key]}" for key in found.keys() - wanted.keys()]
    for key in found.keys() & wanted.keys():
        lines += [
            f"{key}: {name} is {found[key].get(name)!r}, expected {value!r} (reason: {found[key].get('reason')})"
            for name, value in wanted[key].items()
            if found[key].get(name) != value
        ]
    return sorted(lines)


@pytest.fixture(scope="module")
def pods(rig: Rig, planned: list[PlannedNode]) -> dict[str, Item]:
    names = {node.name for node in planned}
    return {key: item for key, item in settled_pods(rig, "-A").items() if item["namespace"] in names}


def test_every_pod_is_shown_with_what_is_asked_programmed_and_its_state(
    pods: dict[str, Item], planned: list[PlannedNode]
) -> None:
    assert differences(pods, expected.pod_items(planned)) == []


def test_every_pod_says_why_it_is_in_its_state(pods: dict[str, Item]) -> None:
    assert [key for key, item in pods.items() if not item["reason"]] == []


def test_the_rate_is_what_the_interface_counter_grows_by(pods: dict[str, Item], planned: list[PlannedNode]) -> None:
    moving = [pod for node in planned if node.agent for pod in node.pods if pod.rate > 100_000]
    assert len(moving) > 20
    rates = {pod.name: pods[f"{pod.namespace}/{pod.name}"]["rate"]["egressBitsPerSecond"] for pod in moving}
    assert rates == pytest.approx({pod.name: pod.rate for pod in moving}, rel=0.2)


def test_a_pod_that_sends_nothing_has_the_rate_0_and_not_null(
    pods: dict[str, Item], planned: list[PlannedNode]
) -> None:
    silent = [pod for node in planned if node.agent for pod in node.pods if pod.endpoint_id and not pod.rate]
    assert {pods[f"{pod.namespace}/{pod.name}"]["rate"]["egressBitsPerSecond"] for pod in silent} == {0}


def test_the_same_endpoint_id_on_two_nodes_is_two_pods(pods: dict[str, Item]) -> None:
    pair = [item for item in pods.values() if item["endpointId"] == 124]
    assert len({item["node"] for item in pair}) == len(pair) > 1


def test_every_endpoint_is_shown_with_its_node(rig: Rig, planned: list[PlannedNode]) -> None:
    names = {node.name for node in planned}
    found = by([item for item in get(rig, "endpoints", "-A") if item["namespace"] in names], "namespace", "name")
    assert differences(found, expected.endpoint_items(planned)) == []


def test_every_row_of_every_map_is_a_limit_with_the_pod_behind_it(rig: Rig, planned: list[PlannedNode]) -> None:
    names = {node.name for node in planned}
    found = by([item for item in get(rig, "limits") if item["node"] in names], "node", "endpointId", "direction")
    assert differences(found, expected.limit_items(planned)) == []


def test_every_node_is_shown_as_its_agent_describes_it(rig: Rig, planned: list[PlannedNode]) -> None:
    names = {node.name for node in planned}
    found = by([item for item in get(rig, "nodes") if item["node"] in names], "node")
    assert differences(found, expected.node_items(planned)) == []


def test_a_namespace_shows_its_own_pods_only(rig: Rig, planned: list[PlannedNode]) -> None:
    node = planned[0]
    found = settled_pods(rig, "-n", node.name)
    assert differences(found, expected.pod_items([node])) == []

"""The pods that bwtop makes for a test, before a real API server, scheduler and admission; what stays after a kill.

What netperf prints is a recording here: tests/netperf runs the real one.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster import pods
from cluster.plan import PlannedNode
from cluster.rest import MERGE_PATCH, Rest
from cluster.rig import Rig
from netperf.recorded import FOLDER
from sources import SOURCES

pytestmark = pytest.mark.cluster

NAMESPACE = "restricted"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
NODES = [PlannedNode(name=f"room-{number}", number=number, version="1.18.4", agent=False) for number in (1, 2)]
NETPERF = f"""#!/bin/sh
case "$*" in *" -l 600 "*) exec sleep 600 ;; esac
cat {FOLDER}/tcp_maerts_keyval.stdout
"""


@pytest.fixture(scope="module")
def crowded() -> Iterator[Rig]:
    """A cluster of its own, whose two nodes take pods, and a namespace for restricted ones."""
    with pods.cluster(NODES) as rig:
        script = rig.directory / "containers" / "default" / "netperf"
        script.write_text(NETPERF)
        script.chmod(0o755)
        with rig.rest() as rest:
            labels = {"pod-security.kubernetes.io/enforce": "restricted"}
            rest.call("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE, "labels": labels}})
        yield rig


@pytest.fixture
def rest(crowded: Rig) -> Iterator[Rest]:
    with crowded.rest() as opened:
        yield opened


def start(rig: Rig, state: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bwtop", "netperf", *words, "--kubeconfig", str(rig.kubeconfig), "-n", NAMESPACE]
    environment = os.environ | {"PYTHONPATH": SOURCES, "XDG_STATE_HOME": str(state)}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=environment)


def run(rig: Rig, state: Path, *words: str) -> tuple[int, str, str]:
    process = start(rig, state, *words)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def until_measuring(process: subprocess.Popen[str]) -> str:
    assert process.stderr
    said = ""
    for line in process.stderr:
        said += line
        if "sends " in line:
            return said
    pytest.fail(f"it ended before it measured: {said}")


def ended(process: subprocess.Popen[str], number: signal.Signals) -> int:
    process.send_signal(number)
    process.communicate(timeout=30)
    return process.returncode


def names(rest: Rest) -> list[str]:
    found: dict[str, Any] = rest.call("GET", PODS)
    return [pod["metadata"]["name"] for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]


def until_gone(rest: Rest) -> None:
    """Also those that are being deleted; within 20 s."""
    deadline = time.monotonic() + 20
    while rest.call("GET", PODS)["items"]:
        assert time.monotonic() < deadline, "pods are left"
        time.sleep(0.1)


def test_both_pods_pass_the_restricted_standard_and_land_on_two_nodes(crowded: Rig, rest: Rest, tmp_path: Path) -> None:
    status, out, err = run(crowded, tmp_path, "--new", "--duration", "1s", "-o", "json")
    assert status == 0, err
    result = json.loads(out)
    assert {result["server"]["node"], result["client"]["node"]} == {"room-1", "room-2"}
    assert result["measured"]["bitsPerSecond"] == 9_550_000
    until_gone(rest)


def test_a_client_for_a_pod_that_is_there_lands_on_the_other_node(crowded: Rig, rest: Rest, tmp_path: Path) -> None:
    process = start(crowded, tmp_path, "--new", "--duration", "600s")
    until_measuring(process)
    (server,) = [name for name in names(rest) if "server" in name]
    # one test at a time: the second one has a state of its own, as on another machine
    status, out, err = run(crowded, tmp_path / "other", server, "--from", "new", "--duration", "1s", "-o", "json")
    assert status == 0, err
    result = json.loads(out)
    assert result["server"]["node"] != result["client"]["node"]
    assert ended(process, signal.SIGTERM) == 130
    until_gone(rest)


def test_a_node_that_is_not_there_shows_the_schedulers_message(crowded: Rig, rest: Rest, tmp_path: Path) -> None:
    process = start(crowded, tmp_path, "--new", "--duration", "600s")
    until_measuring(process)
    (server,) = [name for name in names(rest) if "server" in name]
    status, _, err = run(crowded, tmp_path / "other", server, "--node", "nosuch", "--duration", "1s")
    assert status == 1
    assert "0/2 nodes are available" in err
    assert ended(process, signal.SIGTERM) == 130
    until_gone(rest)


def test_what_admission_refuses_is_told_and_nothing_is_left(crowded: Rig, rest: Rest, tmp_path: Path) -> None:
    quota = {"metadata": {"name": "full"}, "spec": {"hard": {"pods": "0"}}}
    path = f"/api/v1/namespaces/{NAMESPACE}/resourcequotas"
    rest.call("POST", path, quota)
    counted = {"status": {"hard": {"pods": "0"}, "used": {"pods": "0"}}}  # as the quota's controller would
    rest.call("PATCH", f"{path}/full/status", counted, content_type=MERGE_PATCH)
    try:
        status, _, err = run(crowded, tmp_path, "--new", "--duration", "1s")
    finally:
        rest.call("DELETE", f"{path}/full")
    assert status == 1
    assert "exceeded quota" in err
    assert f"the quota of {NAMESPACE} is used up" in err
    until_gone(rest)


def test_after_kill_9_nothing_remains_once_the_sweep_ran(crowded: Rig, rest: Rest, tmp_path: Path) -> None:
    process = start(crowded, tmp_path, "--new", "--duration", "600s")
    until_measuring(process)
    ended(process, signal.SIGKILL)
    assert len(names(rest)) == 2
    status, _, err = run(crowded, tmp_path, "--new", "--duration", "1s")
    assert status == 0, err
    assert err.count("which an earlier test had left") == 2
    until_gone(rest)

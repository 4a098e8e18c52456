"""What a command says when it cannot do its work: the cause and the next step on stderr, never a traceback."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
import yaml

from bwtop.demo.access import Rule
from bwtop.demo.spec import AgentFault
from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.connection import Connection
from cli.conftest import Bwtop, Demo, Outcome

SERVER_NODE = "ip-192-168-29-49.ec2.internal"


def failed(found: Outcome, *words: str) -> bool:
    """Exit 2, nothing on stdout, one line that names all these words."""
    lines = found.err.splitlines()
    assert (found.status, found.out) == (2, "")
    assert "Traceback" not in found.err
    assert [word for word in words if word not in lines[-1]] == []
    return True


def edited(demo: Demo, folder: Path, *, server: str | None = None, token: str | None = None) -> str:
    config = yaml.safe_load(demo.kubeconfig.read_text())
    if server is not None:
        config["clusters"][0]["cluster"]["server"] = server
    if token is not None:
        config["users"][0]["user"]["token"] = token
    path = folder / "edited"
    path.write_text(yaml.safe_dump(config))
    path.chmod(0o600)
    return str(path)


def test_an_unreachable_server(bwtop: Bwtop, demo: Demo, tmp_path: Path) -> None:
    path = edited(demo, tmp_path, server="https://127.0.0.1:9")
    assert failed(bwtop("get", "pods", "--kubeconfig", path), "bwtop: ", "127.0.0.1:9", "kubectl")


def test_a_notice_of_the_connection_stands_beside_what_was_asked_for(
    bwtop: Bwtop, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def noticed(request: ConfigRequest) -> Connection:
        connection = await connect(request)
        connection.notices.append("the kubeconfig cannot be written")
        return connection

    monkeypatch.setattr("bwtop.cli.session.connect", noticed)
    found = bwtop("get", "nodes", "--kubeconfig", str(demo.kubeconfig))
    assert (found.status, found.err) == (0, "bwtop: the kubeconfig cannot be written\n")
    assert SERVER_NODE in found.out


def test_a_file_that_cannot_be_written(bwtop: Bwtop, demo: Demo, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "night.bwtop"
    found = bwtop("record", str(path), "--headless", "--kubeconfig", str(demo.kubeconfig))
    assert (found.status, found.err) == (2, f"bwtop: {path}: No such file or directory\n")


def test_a_wrong_token(bwtop: Bwtop, demo: Demo, tmp_path: Path) -> None:
    path = edited(demo, tmp_path, token="sesame-closed")
    found = bwtop("get", "pods", "--kubeconfig", path)
    assert failed(found, "Unauthorized", "kubectl")
    assert "sesame-closed" not in found.err


def test_what_the_user_may_not_list(get: Bwtop, demo: Demo) -> None:
    demo.call(demo.server.access.denied.append, Rule(verbs=("list",), resources=("pods",)))
    assert failed(get("pods"), "cannot list pods", "forbidden", "kubectl")


def test_agents_that_the_user_may_not_exec_into_leave_the_rest(get: Bwtop) -> None:
    found = get("pods", "netperf-server", "--as", "demo-viewer")
    assert found.status == 0
    assert "unknown" in found.lines[1]
    assert "pods/exec" in found.err


def test_a_cluster_without_cilium(get: Bwtop, demo: Demo) -> None:
    demo.call(demo.server.faults.fail, "/apis/cilium.io/*", status=404, times=-1)
    assert failed(get("endpoints"), "ciliumendpoints")


def test_without_ciliums_kinds_pods_are_still_listed(get: Bwtop, demo: Demo) -> None:
    demo.call(demo.server.faults.fail, "/apis/cilium.io/*", status=404, times=-1)
    found = get("pods", "netperf-server")
    assert found.status == 0
    assert found.lines[1].startswith("netperf-server")
    assert "ciliumendpoints" in found.err


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (AgentFault.DOWN, "cilium"),
        (AgentFault.FORBIDDEN, "forbidden"),
        (AgentFault.SILENT, "no answer"),
        (AgentFault.GARBAGE, "expected"),
        (AgentFault.CUT, "connection"),
    ],
)
def test_a_broken_agent_is_a_warning_and_its_pods_are_unknown(
    get: Bwtop, demo: Demo, fault: AgentFault, said: str
) -> None:
    demo.call(demo.server.faults.agent, SERVER_NODE, fault)
    found = get("pods", "-A", "-o", "csv")
    assert found.status == 0
    assert said in found.err
    states = {line.split(",")[2]: line.split(",")[-2] for line in found.lines if "kube-proxy" not in line}
    assert states["ip-192-168-50-201.ec2.internal"] != "Unknown"
    assert any(line.startswith("default,netperf-server") and ",Unknown," in line for line in found.lines)


def test_a_noisy_agent_is_read_all_the_same(get: Bwtop, demo: Demo) -> None:
    demo.call(demo.server.faults.agent, SERVER_NODE, AgentFault.NOISY)
    found = get("pods", "netperf-server")
    assert found.lines[1].endswith("in sync")
    assert found.err == ""


def test_a_kubeconfig_that_is_not_there(bwtop: Bwtop) -> None:
    assert failed(bwtop("get", "pods", "--kubeconfig", "/nowhere/config"), "/nowhere/config")


def test_no_kubeconfig_at_all(bwtop: Bwtop) -> None:
    assert failed(bwtop("get", "pods"), "kubeconfig")


def test_an_unknown_context_names_those_there_are(bwtop: Bwtop, demo: Demo) -> None:
    found = bwtop("get", "pods", "--kubeconfig", str(demo.kubeconfig), "--context", "prod")
    assert failed(found, "prod", "demo-eks-chaining")


def test_an_unknown_table_names_those_there_are(bwtop: Bwtop) -> None:
    found = bwtop("get", "services")
    assert found.status == 2
    assert "choose pods, nodes, endpoints or limits" in found.err


def test_a_pod_that_is_not_there(get: Bwtop) -> None:
    found = get("pods", "netperf-server", "gone")
    assert found.status == 2
    assert found.lines[1].startswith("netperf-server")
    assert found.err == "bwtop: pods not found: gone\n"


def test_an_unknown_demo_cluster_names_those_there_are(bwtop: Bwtop) -> None:
    assert failed(bwtop("get", "pods", "--demo=prod"), "prod", "eks-chaining", "incident", "large")


@pytest.mark.parametrize("timeout", ["soon", "5x"])
def test_a_time_that_is_none(bwtop: Bwtop, timeout: str) -> None:
    found = bwtop("get", "pods", "--request-timeout", timeout)
    assert found.status == 2
    assert "30s" in found.err


def test_no_screen_without_a_terminal(bwtop: Bwtop) -> None:
    assert failed(bwtop("--demo"), "terminal", "bwtop get pods")


def test_debug_adds_the_traceback(bwtop: Bwtop) -> None:
    found = bwtop("get", "pods", "--kubeconfig", "/nowhere/config", "--debug")
    assert found.status == 2
    assert "Traceback (most recent call last)" in found.err
    assert found.err.splitlines()[-1].startswith("bwtop: ")


@pytest.mark.skipif(os.name != "posix", reason="signals")
async def test_ctrl_c_ends_a_watch_with_130_and_no_traceback(environment: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bwtop", "get", "pods", "--watch", stdout=PIPE, stderr=PIPE, env=environment
    )
    async with asyncio.timeout(20):
        assert process.stdout is not None
        assert b"POD" in await process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
    assert (process.returncode, err) == (130, b"")

"""`bwtop limit` on a protected cluster: `--yes` is not enough."""

import subprocess
from pathlib import Path

import pytest

from edit.commands import items, run, type_to


@pytest.fixture
def protected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "config" / "bwtop" / "profiles" / "ours.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("protected: [demo-*]\n")


SERVER_TO_20M = ("pod/netperf-server", "20M", "--wait=0")


@pytest.mark.usefixtures("protected")
def test_yes_is_not_enough_on_a_protected_context(kubeconfig):
    refused = run(*SERVER_TO_20M, "--yes", kubeconfig=kubeconfig)
    assert refused.exit_code == 2
    assert "profile ours protects context demo-eks-chaining; say --confirm=netperf-server" in refused.stderr
    wrong = run(*SERVER_TO_20M, "--yes", "--confirm=netperf-client", kubeconfig=kubeconfig)
    assert (wrong.exit_code, "--confirm is not the name of the pod" in wrong.stderr) == (2, True)
    done = run(*SERVER_TO_20M, "--yes", "--confirm=netperf-server", "-o", "json", kubeconfig=kubeconfig)
    assert done.exit_code == 0
    assert [(item["old"]["annotation"], item["result"]) for item in items(done)] == [("10M", "Changed")]


def test_a_server_is_protected_under_whatever_name_its_context_has(kubeconfig, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "config" / "bwtop" / "profiles" / "ours.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("protected_servers: [127.0.0.1]\n")
    rename = ["kubectl", "config", "rename-context", "demo-eks-chaining", "harmless", "--kubeconfig", kubeconfig]
    subprocess.run(rename, check=True, capture_output=True)
    refused = run(*SERVER_TO_20M, "--yes", kubeconfig=kubeconfig)
    assert refused.exit_code == 2
    assert "profile ours protects server 127.0.0.1; say --confirm=netperf-server" in refused.stderr
    assert run(*SERVER_TO_20M, "--yes", "--confirm=netperf-server", kubeconfig=kubeconfig).exit_code == 0


@pytest.mark.usefixtures("protected")
def test_for_several_pods_it_takes_the_name_of_the_context(kubeconfig):
    words = ("pod/netperf-server", "pod/netperf-client", "5M", "--wait=0", "--yes")
    assert "the name of the context" in run(*words, kubeconfig=kubeconfig).stderr
    assert run(*words, "--confirm=demo-eks-chaining", kubeconfig=kubeconfig).exit_code == 0


@pytest.mark.usefixtures("protected")
@pytest.mark.parametrize(("answers", "status"), [("y\nnetperf-server\n", 0), ("y\ny\n", 1), ("y\n\n", 1)])
def test_on_a_terminal_the_name_has_to_be_typed(kubeconfig, answers, status):
    code, stdout, asked = type_to(kubeconfig, *SERVER_TO_20M, answers=answers)
    assert code == status, asked
    assert "Type the name of the pod" in asked
    assert ("changed" in stdout) is (status == 0)


@pytest.mark.usefixtures("protected")
def test_a_dry_run_on_a_protected_context_takes_no_name(kubeconfig):
    assert run("pod/netperf-server", "20M", "--dry-run=server", kubeconfig=kubeconfig).exit_code == 0

"""What the shells and kubectl complete, asked as they ask; and that nothing holds them up."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from textual.app import App

from bwtop.cli.candidates import PATIENCE
from bwtop.cli.completion import VARIABLE, lines_for_kubectl
from bwtop.cli.main import program
from bwtop.cli.shells import SHELLS
from cli.conftest import Bwtop, Demo


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    """What is completed is one question, and how quickly another; this machine may be busy."""
    monkeypatch.setenv(PATIENCE, "15")
    environment[PATIENCE] = "15"


def completed(*words: str) -> list[str]:
    """The last word is unfinished."""
    found = ShellComplete(program(), {}, "bwtop", VARIABLE).get_completions(list(words[:-1]), words[-1])
    return [item.value for item in found]


@pytest.fixture
def on(demo: Demo) -> list[str]:
    return ["--kubeconfig", str(demo.kubeconfig)]


def test_commands_tables_and_flags(on: list[str]) -> None:
    assert {"get", "limit", "record", "replay", "completion"} <= set(completed(""))
    assert completed("get", "") == ["pods", "nodes", "endpoints", "limits"]
    assert completed("get", "pods", "--all") == ["--all-namespaces"]
    assert completed("--demo", "inc") == ["incident"]
    assert completed("completion", "") == ["bash", "zsh", "fish"]


def test_contexts_come_from_the_kubeconfig(on: list[str]) -> None:
    assert completed(*on, "--context", "") == ["demo-eks-chaining"]
    assert completed("get", "pods", *on, "--context", "demo") == ["demo-eks-chaining"]


def test_profiles_are_ones_own_and_those_that_ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    own = tmp_path / "bwtop" / "profiles"
    assert completed("profile", "show", "") == completed("--profile", "") == ["default", "incident", "slow-link"]
    own.mkdir(parents=True)
    (own / "night.yaml").write_text("{ not yaml")
    assert completed("get", "pods", "--profile", "n") == ["night"]
    assert completed("profile", "show", "n") == ["night"]
    own.rename(tmp_path / "elsewhere")
    own.write_text("no folder")
    assert completed("--profile", "") == []


def test_themes_are_those_that_the_screen_takes() -> None:
    assert completed("--theme", "ansi") == ["ansi-dark", "ansi-light"]
    assert set(completed("replay", "FILE", "--theme", "")) == {*App().available_themes}


def test_no_other_completion_waits_for_textual(environment: dict[str, str]) -> None:
    flags = {"PYTHONPROFILEIMPORTTIME": "1"}
    assert " textual" not in run(environment, _BWTOP_LINE="bwtop --profile ", **flags).stderr
    assert " textual" in run(environment, _BWTOP_LINE="bwtop --theme ", **flags).stderr


def test_demo_serve_knows_its_clusters() -> None:
    assert completed("demo", "serve", "inc") == ["incident"]


def test_namespaces_and_pods_come_from_the_cluster(on: list[str]) -> None:
    assert {"default", "kube-system", "shop"} <= set(completed(*on, "get", "pods", "-n", ""))
    assert completed("get", "pods", *on, "-n", "sh") == ["shop"]
    assert completed("get", "pods", *on, "netperf-") == ["netperf-client", "netperf-server"]
    assert completed("get", "pods", *on, "-n", "shop", "postgres") == ["postgres-0"]
    assert "cart" in " ".join(completed("get", "pods", *on, "-A", "cart"))
    assert completed("limit", *on, "pod/netperf-s") == ["pod/netperf-server"]
    assert completed("explain", *on, "pod/netperf-s") == ["pod/netperf-server"]
    assert completed("netperf", *on, "netperf-s") == ["netperf-server"]
    assert "ip-192-168-29-49.ec2.internal" in completed("get", "nodes", *on, "")


def test_flags_before_the_command_count(on: list[str]) -> None:
    assert completed(*on, "-n", "shop", "get", "pods", "postgres") == ["postgres-0"]


def test_what_goes_wrong_completes_nothing(demo: Demo, tmp_path: Path, on: list[str]) -> None:
    broken = tmp_path / "broken"
    broken.write_text("{:")
    assert completed("--kubeconfig", str(broken), "--context", "") == []
    assert completed("--kubeconfig", "/nowhere", "get", "pods", "") == []
    assert completed("--kubeconfig", "/nowhere", "--context", "") == []
    demo.call(demo.server.faults.fail, "/api/v1/*", times=-1)
    assert completed("get", "pods", *on, "") == []
    assert completed("get", "pods", *on, "-n", "") == []


@pytest.mark.parametrize("words", [(), ("--demo",), ("--demo=incident",)], ids=" ".join)
def test_demo_completes_from_the_embedded_cluster(words: tuple[str, ...]) -> None:
    """Whatever the kubeconfig says."""
    demo = (*words, "get", "pods") if words else ("get", "pods", "--demo", "eks-chaining")
    incident = "--demo=incident" in words
    assert completed(*demo, "-n", "sho") == ["shop"]
    assert completed(*demo, "-n", "shop", "newc") == (["newcomer"] if incident else [])
    assert completed(*demo, "netperf-s") == ([] if incident else ["netperf-server"])
    assert completed(*demo, "--context", "") == ["demo-incident" if incident else "demo-eks-chaining"]
    assert completed("--demo=nowhere", "get", "pods", "") == []


UNHURRIED = 90
"""Seconds that a busy machine may take, and far less than what does not answer here."""


def run(environ: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    asks = {"_BWTOP_LINE": "bwtop get pods net", "_BWTOP_COMPLETE": "bash_complete"}
    return subprocess.run(
        [sys.executable, "-m", "bwtop"],
        env=environ | asks | more,
        capture_output=True,
        text=True,
        timeout=UNHURRIED,
        check=False,
    )


def test_a_cluster_that_does_not_answer_holds_nobody_up(demo: Demo, environment: dict[str, str]) -> None:
    demo.call(demo.server.faults.delay, "*", seconds=10.0 * UNHURRIED)
    done = run(environment)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_a_credential_plugin_that_hangs_holds_nobody_up(environment: dict[str, str], tmp_path: Path) -> None:
    config = tmp_path / "hanging"
    config.write_text(
        """{apiVersion: v1, kind: Config, current-context: x, contexts: [{name: x, context: {cluster: x, user: x}}],
        clusters: [{name: x, cluster: {server: "http://127.0.0.1:9"}}], users: [{name: x, user: {exec: {
        apiVersion: client.authentication.k8s.io/v1, command: sleep, args: ["900"], interactiveMode: Never}}}]}"""
    )
    done = run(environment, KUBECONFIG=str(config))
    assert (done.stdout.strip(), done.stderr) == ("", "")


@pytest.mark.parametrize("shell", [shell.name for shell in SHELLS])
def test_the_script_of_a_shell_is_one_that_it_reads(bwtop: Bwtop, shell: str, tmp_path: Path) -> None:
    script = bwtop("completion", shell)
    assert script.status == 0
    assert VARIABLE in script.out
    if shutil.which(shell):
        path = tmp_path / "script"
        path.write_text(script.out)
        subprocess.run([shell, "-n", str(path)], check=True, timeout=20)


def test_kubectl_is_answered_as_it_asks(on: list[str]) -> None:
    lines = list(lines_for_kubectl(program(), ["get", "pods", *on, "netperf-s"]))
    assert lines == ["netperf-server", ":4"]
    assert list(lines_for_kubectl(program(), ["comp"])) == ["completion\tPrint the completion script of a shell.", ":4"]
    assert list(lines_for_kubectl(program(), ["replay", ""])) == [":0"]


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
@pytest.mark.skipif(not (Path(sys.executable).parent / "kubectl_complete-bwtop").exists(), reason="not installed")
def test_kubectl_completes_its_plugin(environment: dict[str, str]) -> None:
    words = ["kubectl", "__complete", "bwtop", "get", "pods", "netperf-"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=UNHURRIED, check=True)
    assert done.stdout.splitlines() == ["netperf-client", "netperf-server", ":4"]


@pytest.mark.parametrize(("name", "usage"), [("kubectl-bwtop", "kubectl bwtop"), ("bwtop", "bwtop")])
def test_help_says_how_it_was_called(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, usage: str
) -> None:
    from bwtop.cli.main import main

    for words in ([], ["get"], ["limit"]):
        monkeypatch.setattr(sys, "argv", [os.path.join("/usr/bin", name), *words, "--help"])
        with pytest.raises(SystemExit):
            main()
        assert capsys.readouterr().out.startswith(f"Usage: {' '.join([usage, *words])} ")

"""`bwtop limit` and `bwtop history` as a shell sees them: words, consent, output, exit status."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bwtop.cli.history import history
from bwtop.cli.limit import limit
from bwtop.cli.session import demo_cluster

ANNOTATION = "kubernetes.io/egress-bandwidth"
SOURCES = os.pathsep.join(str(Path(__file__).parents[2] / root) for root in ("tui", "widgets", "profiles"))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def kubeconfig() -> Iterator[str]:
    with demo_cluster("eks-chaining") as path:
        yield str(path)


def run(*arguments: str, kubeconfig: str = "/nowhere") -> Result:
    """Without a terminal, as in a script."""
    return CliRunner().invoke(limit, ["--kubeconfig", kubeconfig, *arguments], catch_exceptions=False)


def items(result: Result) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(result.stdout)["items"]
    return found


def type_to(kubeconfig: str, *arguments: str, answers: str) -> tuple[int, str, str]:
    """Runs it on a terminal of its own; exit status, stdout and what was asked."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bwtop", "limit", *arguments, "--kubeconfig", kubeconfig]
    os.write(ours, answers.encode())
    done = subprocess.run(
        command, stdin=theirs, capture_output=True, text=True, timeout=30, env=os.environ | {"PYTHONPATH": SOURCES}
    )
    os.close(ours)
    os.close(theirs)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "VALUE is missing"),
        (["pod/a"], "VALUE is missing"),
        (["10M"], "which pods?"),
        (["--remove"], "which pods?"),
        (["a", "10M"], "no pod"),
        (["deploy/a", "10M"], "no pod"),
        (["pod/a/b", "10M"], "no pod"),
        (["pod/a", "10M", "-l", "app=a"], "not both"),
        (["pod/a", "10M", "-A"], "use -n"),
        (["pod/a", "10M", "--wait", "soon"], "no time"),
        (["pod/a", "10MB", "--yes"], "write 10M"),
        (["pod/a", "10K", "--yes", "--allow-dangerous"], "lower-case k"),
        (["pod/a", "", "--yes"], "empty"),
        (["pod/a", "10M"], "--yes"),
        (["pod/a", "10m", "--yes"], "--allow-dangerous"),
        (["pod/a", "1Ei", "--yes"], "--allow-dangerous"),
        (["pod/a", "--yes", "--", "-5M"], "--allow-dangerous"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_a_cluster_is_even_looked_for(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_script_sets_a_limit_and_reads_that_it_landed(kubeconfig):
    result = run("pod/netperf-server", "20M", "--yes", "-o", "json", kubeconfig=kubeconfig)
    assert result.exit_code == 0
    [item] = items(result)
    assert (item["namespace"], item["pod"], item["result"]) == ("default", "netperf-server", "Changed")
    assert item["old"] == {"annotation": "10M", "bitsPerSecond": 10_000_000}
    assert item["new"] == {"annotation": "20M", "bitsPerSecond": 20_000_000}
    assert 0 < item["landing"]["seconds"] < 10


def test_the_preview_shows_both_sides_in_both_units_and_the_kubectl_line(kubeconfig):
    result = run("pod/netperf-server", "20M", "--dry-run=client", kubeconfig=kubeconfig)
    lines = result.stderr.splitlines()
    assert lines[1].split() == [
        *("pod", "default/netperf-server", "10M", "10,000,000", "1,250,000"),
        *("20M", "20,000,000", "2,500,000"),
    ]
    assert any(line.endswith(f"annotate pod netperf-server {ANNOTATION}=20M --overwrite") for line in lines)
    assert any("nothing owns the pod" in line.lower() for line in lines)


@pytest.mark.parametrize("dry_run", ["client", "server"])
def test_a_dry_run_asks_nothing_and_leaves_the_limit(kubeconfig, dry_run):
    assert run("pod/netperf-server", "20M", f"--dry-run={dry_run}", kubeconfig=kubeconfig).exit_code == 0
    again = run("pod/netperf-server", "10M", "--yes", "--wait=0", "-o", "json", kubeconfig=kubeconfig)
    assert [item["result"] for item in items(again)] == ["Unchanged"]


def test_a_limit_is_removed(kubeconfig):
    result = run("pod/netperf-server", "--remove", "--yes", kubeconfig=kubeconfig)
    assert result.exit_code == 0
    assert "limit removed on ip-192-168-29-49" in result.stdout


def test_several_pods_are_edited_and_each_lands(kubeconfig):
    result = run("pod/netperf-server", "pod/netperf-client", "5M", "--yes", "-o", "json", kubeconfig=kubeconfig)
    assert result.exit_code == 0
    assert [(item["pod"], item["result"]) for item in items(result)] == [
        ("netperf-client", "Changed"),
        ("netperf-server", "Changed"),
    ]
    assert all(item["landing"]["seconds"] is not None for item in items(result))


def test_one_pod_that_cannot_be_edited_stops_the_edit_of_all(kubeconfig):
    result = run("pod/netperf-server", "pod/nix", "5M", "--yes", kubeconfig=kubeconfig)
    assert result.exit_code == 2
    assert 'pods "nix" not found' in result.stderr
    again = run("pod/netperf-server", "10M", "--yes", "--wait=0", "-o", "json", kubeconfig=kubeconfig)
    assert [item["result"] for item in items(again)] == ["Unchanged"]


def test_a_selector_leaves_out_what_cannot_be_limited(kubeconfig):
    result = run("-l", "k8s-app in (cilium,kube-dns)", "-A", "50M", "--dry-run=server", "-o", "json",
                 kubeconfig=kubeconfig)  # fmt: skip
    assert result.exit_code == 0
    assert {item["pod"].split("-")[0] for item in items(result)} == {"coredns"}
    assert "left out: pod kube-system/cilium-" in result.stderr


def test_a_selector_that_names_only_such_pods_is_refused(kubeconfig):
    result = run("-l", "k8s-app=cilium", "-A", "50M", "--yes", kubeconfig=kubeconfig)
    assert result.exit_code == 2
    assert "no pod that can be limited" in result.stderr


def test_a_limit_that_does_not_land_in_time_is_exit_status_1(kubeconfig):
    result = run("pod/netperf-server", "20M", "--yes", "--wait=100ms", kubeconfig=kubeconfig)
    assert result.exit_code == 1
    assert "not programmed" in result.stderr


def test_a_dangerous_value_is_written_when_both_words_are_given(kubeconfig):
    result = run("pod/netperf-server", "10m", "--yes", "--allow-dangerous", "-o", "json", kubeconfig=kubeconfig)
    assert result.exit_code == 0
    assert items(result)[0]["new"] == {"annotation": "10m", "bitsPerSecond": 0}
    assert "Dangerous: 10m is milli" in result.stderr


@pytest.mark.parametrize(
    ("value", "answers", "status"),
    [("20M", "y\n", 0), ("20M", "n\n", 1), ("20M", "\n", 1), ("20M", "\x04", 130), ("10m", "y\ny\n", 1),
     ("10m", "y\n10m\n", 0)],
)  # fmt: skip
def test_on_a_terminal_it_asks_and_a_dangerous_value_must_be_typed_again(kubeconfig, value, answers, status):
    code, stdout, asked = type_to(kubeconfig, "pod/netperf-server", value, "--wait=0", answers=answers)
    assert code == status, asked
    assert "Change the limit of 1 pod?" in asked
    assert ("changed" in stdout) is (status == 0)


@pytest.mark.parametrize(("second", "value"), [(b"y\n", "20M"), (b"n\n", "50M")])
def test_who_was_slower_is_shown_who_won_and_asked_again(kubeconfig, second, value):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bwtop", "limit", "pod/netperf-server", "20M", "--wait=0"]
    environment = os.environ | {"PYTHONPATH": SOURCES, "KUBECONFIG": kubeconfig}
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as running:
        assert "10M" in _until(running, "[y/N]")
        kubectl = ["kubectl", "annotate", "pod", "netperf-server", f"{ANNOTATION}=50M", "--overwrite"]
        subprocess.run(kubectl, check=True, env=environment, capture_output=True)
        os.write(ours, b"y\n")
        told = _until(running, "[y/N]")
        os.write(ours, second)
        running.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert "kubectl-annotate changed it meanwhile from 10M to 50M" in told
    assert "50,000,000" in told
    assert running.returncode == (0 if value == "20M" else 1)
    again = run("pod/netperf-server", value, "--yes", "--wait=0", "-o", "json", kubeconfig=kubeconfig)
    assert [item["result"] for item in items(again)] == ["Unchanged"]


def _until(running: "subprocess.Popen[bytes]", words: str) -> str:
    """What it says on stderr up to these words."""
    text = ""
    while words not in text:
        more = os.read(running.stderr.fileno(), 4096).decode()
        assert more, text
        text += more
    return text


def test_history_tells_who_changed_what(kubeconfig):
    run("pod/netperf-server", "20M", "--yes", "--wait=0", kubeconfig=kubeconfig)
    run("pod/netperf-server", "--remove", "--yes", "--wait=0", kubeconfig=kubeconfig)
    found = json.loads(CliRunner().invoke(history, ["-o", "json"]).stdout)
    assert found["kind"] == "EditHistoryList"
    assert [(item["old"], item["new"], item["result"]) for item in found["items"]] == [
        ("10M", "20M", "Changed"),
        ("20M", None, "Changed"),
    ]
    table = CliRunner().invoke(history, []).stdout.splitlines()
    assert table[0].split() == ["AT", "USER", "CONTEXT", "NAMESPACE", "OBJECT", "OLD", "NEW", "RESULT", "REASON"]
    assert "demo-eks-chaining" in table[1]


def test_without_history_there_is_nothing_on_stdout():
    result = CliRunner().invoke(history, [])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no edits yet" in result.stderr


def test_a_log_that_cannot_be_written_stops_the_edit(kubeconfig, state):
    (state / "bwtop" / "audit.jsonl").mkdir(parents=True)
    result = run("pod/netperf-server", "20M", "--yes", kubeconfig=kubeconfig)
    assert result.exit_code == 2
    assert "audit.jsonl" in result.stderr


# -- the owner's template -----------------------------------------------------------------------------------------
def test_the_template_is_edited_instead_of_the_pods_and_says_that_it_rolls_them(kubeconfig):
    words = ("-l", "app=checkout", "-n", "shop", "33M", "--template", "--yes", "-o", "json")
    result = run(*words, kubeconfig=kubeconfig)
    assert result.exit_code == 0
    [item] = items(result)
    assert (item["kind"], item["name"], item["pod"], item["result"]) == ("Deployment", "checkout", None, "Changed")
    assert (item["old"]["annotation"], item["new"]["annotation"], item["landing"]) == ("20M", "33M", None)
    rollout = item["rollout"]
    assert (rollout["wanted"], rollout["updated"], rollout["available"], rollout["reason"]) == (3, 3, 3, "")
    assert all(pod["seconds"] is not None for pod in rollout["pods"])
    assert "Deployment shop/checkout: 3 of 3 pods updated" in result.stderr
    assert "Deployment shop/checkout: its 3 pods will be rolled" in result.stderr
    assert "patch deployment checkout -p" in result.stderr


def test_a_rollout_that_takes_longer_than_the_wait_is_exit_status_1(kubeconfig):
    words = ("-l", "app=checkout", "-n", "shop", "33M", "--template", "--yes", "--wait=300ms")
    result = run(*words, kubeconfig=kubeconfig)
    assert result.exit_code == 1
    assert "changed; not rolled out: not within 0.3 s" in result.stderr
    assert "rollout status deployment checkout" in result.stderr


def test_who_interrupts_the_wait_is_told_that_the_edit_is_made(kubeconfig):
    """With a value that containerd refuses the rollout never ends."""
    words = ("-l", "app=checkout", "-n", "shop", "10m", "--template", "--yes", "--allow-dangerous")
    command = [sys.executable, "-m", "bwtop", "limit", *words]
    environment = os.environ | {"PYTHONPATH": SOURCES, "KUBECONFIG": kubeconfig}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as running:
        _until(running, "1 of 3 pods updated")
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "bwtop: Deployment shop/checkout: changed; 1 of 3 pods updated" in told.decode()
    assert "not watched to its end" in told.decode()


def test_a_pod_without_an_owner_has_no_template(kubeconfig):
    result = run("pod/netperf-server", "33M", "--template", "--yes", kubeconfig=kubeconfig)
    assert result.exit_code == 2
    assert "nothing owns pod default/netperf-server" in result.stderr


def test_a_dry_run_of_a_template_leaves_it(kubeconfig):
    words = ("-l", "app=checkout", "-n", "shop", "33M", "--template", "--dry-run=server", "-o", "json")
    for _ in range(2):
        [item] = items(run(*words, kubeconfig=kubeconfig))
        assert (item["result"], item["old"]["annotation"]) == ("DryRun", "20M")


# -- protected contexts -------------------------------------------------------------------------------------------
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

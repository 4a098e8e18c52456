"""`bwtop limit` and `bwtop history` as a shell sees them: words, consent, output, exit status."""

import json
import os
import pty
import subprocess
import sys

import pytest
from click.testing import CliRunner

from bwtop.cli.history import history
from edit.commands import ANNOTATION, items, run, type_to, until
from sources import SOURCES


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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pod/netperf-server", "10M"], "unchanged: it is 10M already; programmed on ip-192-168-29-49.ec2.internal as"),
        (["pod/netperf-server", "10000k"], "changed; programmed on ip-192-168-29-49.ec2.internal as before"),
        (["pod/netperf-client", "--remove"], "unchanged: it has no limit already; no limit on ip-192-168-50-201"),
    ],
)
def test_what_the_map_had_already_did_not_land_after_some_seconds(kubeconfig, words, said):
    result = run(*words, "--yes", kubeconfig=kubeconfig)
    assert result.exit_code == 0
    assert said in result.stdout
    assert "as before" in result.stdout
    assert "after" not in result.stdout


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
        assert "10M" in until(running, "[y/N]")
        kubectl = ["kubectl", "annotate", "pod", "netperf-server", f"{ANNOTATION}=50M", "--overwrite"]
        subprocess.run(kubectl, check=True, env=environment, capture_output=True)
        os.write(ours, b"y\n")
        told = until(running, "[y/N]")
        os.write(ours, second)
        running.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert "kubectl-annotate changed it meanwhile from 10M to 50M" in told
    assert "50,000,000" in told
    assert running.returncode == (0 if value == "20M" else 1)
    again = run("pod/netperf-server", value, "--yes", "--wait=0", "-o", "json", kubeconfig=kubeconfig)
    assert [item["result"] for item in items(again)] == ["Unchanged"]


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

"""`bwtop limit --template`: the limit in what owns the pods, and the rollout that follows."""

import os
import signal
import subprocess
import sys

from edit.commands import items, run, until
from sources import SOURCES


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
        until(running, "1 of 3 pods updated")
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

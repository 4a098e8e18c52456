"""Each rule about a cluster, both ways."""

from typing import Any

import pytest

from bwtop.model import cluster_checks as rules
from bwtop.model.checks import Finding, Unread
from bwtop.model.cluster_facts import Cost, Granted, Identity, Right, Workload
from bwtop.model.remedies import Remedies

OK, WARNING, FAILURE, UNKNOWN = Finding.OK, Finding.WARNING, Finding.FAILURE, Finding.UNKNOWN
REMEDIES = Remedies(kubectl="kubectl --context prod")
EXEC = Right(verbs=("get", "create"), resource="pods/exec", namespace="kube-system", loses="limits", essential=True)
PATCH = Right(verbs=("patch",), resource="pods", namespace="shop", loses="editing limits")
ENDPOINTS = Right(verbs=("list", "watch"), resource="ciliumendpoints", group="cilium.io", loses="the endpoints view")


def workload(desired: int, ready: int, updated: int | None = None, **fields: Any) -> Workload:
    updated = desired if updated is None else updated
    return Workload(name="cilium", desired=desired, ready=ready, updated=updated, **fields)


def test_the_api_server() -> None:
    assert rules.api_server("https://x", "v1.29.1").evidence == "Kubernetes v1.29.1 at https://x"
    assert rules.api_server("https://x", Unread("forbidden")).finding is UNKNOWN
    assert rules.no_way("https://x", "connection refused").finding is FAILURE


@pytest.mark.parametrize(
    ("identity", "finding", "said"),
    [
        (Identity(user="ann", told=True, context="prod"), OK, "the server takes you for ann (context prod)"),
        (Identity(user="ann", told=False), OK, "the kubeconfig says ann"),
        (Identity(user="ann", told=False, refused="401: log in again"), FAILURE, "log in again"),
        (Unread("a proxy answered"), UNKNOWN, "a proxy answered"),
    ],
)
def test_credentials(identity: Identity | Unread, finding: Finding, said: str) -> None:
    check = rules.credentials(identity)
    assert (check.finding, said in check.evidence) == (finding, True)


@pytest.mark.parametrize(
    ("granted", "finding"),
    [
        (Granted(right=EXEC, denied=()), OK),
        (Granted(right=EXEC, denied=("create",)), FAILURE),
        (Granted(right=PATCH, denied=("patch",)), WARNING),
        (Granted(right=ENDPOINTS, denied=(), only_in="shop"), WARNING),
        (Granted(right=EXEC, denied=Unread("405")), UNKNOWN),
    ],
)
def test_a_right(granted: Granted, finding: Finding) -> None:
    check = rules.permission(granted, REMEDIES)
    assert check.finding is finding
    assert check.objects == (str(granted.right),)


def test_a_denied_right_says_what_is_lost_and_how_to_check() -> None:
    check = rules.permission(Granted(right=ENDPOINTS, denied=("list", "watch")), REMEDIES)
    assert "lost without it: the endpoints view" in check.evidence
    assert check.advice[0].endswith("kubectl --context prod auth can-i list ciliumendpoints.cilium.io -A")


@pytest.mark.parametrize(
    ("found", "finding"),
    [
        ((workload(9, 9),), OK),
        ((workload(9, 8),), FAILURE),
        ((workload(9, 9, 4),), WARNING),
        ((), FAILURE),
        (Unread("forbidden"), UNKNOWN),
    ],
)
def test_agents_desired_and_ready(found: tuple[Workload, ...] | Unread, finding: Finding) -> None:
    assert rules.agents(found, REMEDIES).finding is finding


def test_agents_that_no_daemon_set_keeps_are_not_called_missing() -> None:
    assert rules.agents((), REMEDIES, seen=3).finding is WARNING


@pytest.mark.parametrize(
    ("found", "finding"),
    [
        ((workload(1, 1),), OK),
        ((workload(2, 1),), WARNING),
        ((workload(0, 0),), WARNING),
        ((), WARNING),
        (Unread("forbidden"), UNKNOWN),
    ],
)
def test_the_operator(found: tuple[Workload, ...] | Unread, finding: Finding) -> None:
    assert rules.operator(found, REMEDIES).finding is finding


@pytest.mark.parametrize(
    ("image", "finding"),
    [
        ("602401143452.dkr.ecr.us-east-1.amazonaws.com/amazon-k8s-cni:v1.11.2", OK),
        ("registry:5000/amazon-k8s-cni:v1.12.6-eksbuild.2", OK),
        ("amazon-k8s-cni:v1.19.0@sha256:abc", OK),
        ("amazon-k8s-cni:v1.11.1-eksbuild.9", FAILURE),
        ("amazon-k8s-cni:v1.9.3", FAILURE),
        ("amazon-k8s-cni:latest", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_the_version_of_aws_node(image: str, finding: Finding) -> None:
    assert rules.aws_node(workload(2, 2, image=image), REMEDIES).finding is finding


def test_aws_node_that_may_not_be_read() -> None:
    assert rules.aws_node(Unread("forbidden"), REMEDIES).finding is UNKNOWN


def test_the_bandwidth_plugin_beside_cilium() -> None:
    assert rules.bandwidth_plugin(workload(1, 1), REMEDIES) is None
    check = rules.bandwidth_plugin(workload(1, 1, environment=("ENABLE_BANDWIDTH_PLUGIN=true",)), REMEDIES)
    assert check is not None
    assert check.finding is WARNING


def test_the_cost_is_told() -> None:
    assert rules.own_cost(Cost(requests=7, received=12345, seconds=0.5)).evidence.startswith("7 requests, 12,345 bytes")

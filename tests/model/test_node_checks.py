"""Each rule about a node, both ways."""

import pytest

from bwtop.model import node_checks as rules
from bwtop.model.checks import Check, Finding, Unread
from bwtop.model.limits import EgressProgram
from bwtop.model.node_facts import NodeFacts, Wanted
from bwtop.model.remedies import Remedies
from model.pods import node_facts

OK, WARNING, FAILURE, UNKNOWN = Finding.OK, Finding.WARNING, Finding.FAILURE, Finding.UNKNOWN
REMEDIES = Remedies(kubectl="kubectl --context prod", helm="helm --kube-context prod", version="1.18.4")
ON = Wanted(manager=True, sources=("ConfigMap cilium-config",))
OFF = Wanted(manager=False, sources=("ConfigMap cilium-config",))


node = node_facts


def found(rule: rules.Rule, **fields: object) -> Check:
    check = rule(node(**fields), REMEDIES)
    assert check is not None
    assert check.objects == ("n1",)
    assert check.source is not None
    assert check.source.link.startswith("https://docs.cilium.io/")
    return check


def test_a_node_where_all_is_well_has_ok_checks_only() -> None:
    checks = list(rules.node_checks(node(), REMEDIES))
    assert {check.finding for check in checks} == {OK}
    assert [check.name for check in checks] == [
        "agent", "bandwidth manager", "congestion control", "egress program", "devices", "CNI chaining",
        "host routing", "encryption",
    ]  # fmt: skip


def test_an_agent_that_cannot_be_read_is_told_once() -> None:
    unread = NodeFacts(node="n1", unread="exec forbidden", wanted=ON, kernel="6.1")
    [check] = rules.node_checks(unread, REMEDIES)
    assert (check.name, check.finding, check.evidence) == ("agent", UNKNOWN, "could not check: exec forbidden")


def test_bbr_on_an_old_kernel_is_told_though_the_agent_does_not_start() -> None:
    bbr = Wanted(manager=True, bbr=True)
    unread = NodeFacts(node="n1", unread="agent down", wanted=bbr, kernel="5.10.184")
    agent, control = rules.node_checks(unread, REMEDIES)
    assert (agent.finding, control.finding) == (UNKNOWN, FAILURE)
    assert "BBR needs kernel 5.18, the node has 5.10" in control.evidence


@pytest.mark.parametrize(("state", "finding"), [("Ok", OK), (None, OK), ("Warning", WARNING), ("Failure", FAILURE)])
def test_the_agents_own_state(state: str | None, finding: Finding) -> None:
    check = found(rules.agent, state=state, message="kvstore down")
    assert check.finding is finding
    assert ("kvstore down" in check.evidence) is (finding is not OK)


@pytest.mark.parametrize(
    ("wanted", "reported", "finding", "said"),
    [
        (ON, True, OK, "as ConfigMap cilium-config wants it"),
        (ON, False, FAILURE, "reported off although ConfigMap cilium-config wants it on"),
        (OFF, True, WARNING, "wants it off"),
        (OFF, False, FAILURE, "off, as ConfigMap cilium-config wants it"),
        (Unread("forbidden"), True, OK, "could not be checked: forbidden"),
        (Unread("forbidden"), False, FAILURE, "could not be checked: forbidden"),
        (ON, None, UNKNOWN, "the agent does not say"),
    ],
)
def test_wanted_and_reported(wanted: Wanted | Unread, reported: bool | None, finding: Finding, said: str) -> None:
    check = found(rules.manager, wanted=wanted, manager=reported)
    assert check.finding is finding
    assert said in check.evidence


def test_a_manager_that_is_off_is_switched_on_by_helm_and_a_restart() -> None:
    assert found(rules.manager, wanted=OFF, manager=False).advice == (
        "helm --kube-context prod upgrade cilium cilium/cilium -n kube-system --version 1.18.4 --reuse-values"
        " --set bandwidthManager.enabled=true",
        "kubectl --context prod -n kube-system rollout restart ds/cilium",
    )
    old = Remedies(version="1.11.20").manager_on()
    assert old[0].endswith("--set bandwidthManager=true")


def test_a_node_configuration_that_wants_it_off_is_named_and_edited() -> None:
    wanted = Wanted(manager=False, sources=("ConfigMap cilium-config", "CiliumNodeConfig pilot"))
    check = found(rules.manager, wanted=wanted, manager=False)
    assert "CiliumNodeConfig pilot" in check.evidence
    assert "edit ciliumnodeconfig pilot" in check.advice[0]


@pytest.mark.parametrize(
    ("kernel", "control", "finding"),
    [
        ("5.10.184-175.749.amzn2.x86_64", "cubic", OK),
        ("5.1.0", "cubic", OK),
        ("4.19.0", "cubic", FAILURE),
        ("5.18.0", "bbr", OK),
        ("5.15.0", "bbr", FAILURE),
        (None, "cubic", UNKNOWN),
    ],
)
def test_the_kernel_that_congestion_control_needs(kernel: str | None, control: str, finding: Finding) -> None:
    assert found(rules.kernel, kernel=kernel, congestion_control=control).finding is finding


def test_congestion_control_is_nothing_without_the_manager() -> None:
    assert rules.kernel(node(manager=False, wanted=OFF), REMEDIES) is None


@pytest.mark.parametrize(
    ("mode", "finding"), [("none", OK), ("aws-cni", OK), ("portmap", OK), ("generic-veth", WARNING)]
)
def test_chaining(mode: str, finding: Finding) -> None:
    assert found(rules.chaining, cni_chaining=mode).finding is finding


@pytest.mark.parametrize(
    ("routing", "control", "host_only", "finding"),
    [
        ("BPF", "bbr", False, OK),
        ("Legacy", "cubic", False, OK),
        ("Legacy", "bbr", False, FAILURE),
        ("Legacy", "bbr", True, OK),
    ],
)
def test_bbr_for_pods_needs_bpf_host_routing(routing: str, control: str, host_only: bool, finding: Finding) -> None:
    wanted = Wanted(manager=True, bbr=control == "bbr", bbr_host_only=host_only)
    check = found(rules.host_routing, host_routing=routing, congestion_control=control, wanted=wanted)
    assert check.finding is finding


@pytest.mark.parametrize(
    ("mode", "finding"), [("Disabled", OK), ("IPsec", FAILURE), ("Wireguard", WARNING), ("Ztunnel", UNKNOWN)]
)
def test_encryption(mode: str, finding: Finding) -> None:
    assert found(rules.encryption, encryption=mode).finding is finding


def test_devices_beside_the_managers_are_named() -> None:
    assert found(rules.devices).finding is OK
    check = found(rules.devices, other_devices=("eth1",))
    assert check.finding is WARNING
    assert check.evidence.startswith("eth1 carried traffic")
    assert check.advice[-1].endswith("--set devices='{eth0,eth1}'")
    assert found(rules.devices, devices=()).finding is FAILURE
    assert found(rules.devices, other_devices=("eth1",), routing="tunnel").finding is OK
    assert rules.devices(node(manager=False, other_devices=("eth1",)), REMEDIES) is None


def test_the_egress_program() -> None:
    assert found(rules.egress_program).finding is OK
    missing = found(rules.egress_program, egress_program=EgressProgram.MISSING)
    assert missing.finding is FAILURE
    assert "--set hostFirewall.enabled=true" in missing.advice[0]
    assert "rollout restart ds/cilium" in missing.advice[-1]
    bare = found(rules.egress_program, bare_devices=("eth1",))
    assert (bare.finding, "not to eth1" in bare.evidence) == (WARNING, True)
    assert rules.egress_program(node(manager=False, egress_program=EgressProgram.MISSING), REMEDIES) is None


@pytest.mark.parametrize(
    ("fields", "finding"),
    [
        ({}, WARNING),
        ({"version": "1.14.19"}, UNKNOWN),
        ({"routing": "tunnel"}, UNKNOWN),
        ({"kube_proxy_replacement": "True"}, UNKNOWN),
        ({"host_firewall": "Enabled"}, UNKNOWN),
        ({"encryption": "Wireguard"}, UNKNOWN),
        ({"host_firewall": None}, UNKNOWN),
    ],
)
def test_an_unseen_program_is_predicted_by_the_settings(fields: dict[str, object], finding: Finding) -> None:
    unseen: dict[str, object] = {"egress_program": EgressProgram.UNKNOWN, "kube_proxy_replacement": "False"}
    assert found(rules.egress_program, **{**unseen, **fields}).finding is finding


def test_kind() -> None:
    assert rules.kind_cluster(node(), REMEDIES) is None
    assert found(rules.kind_cluster, provider="kind").finding is WARNING


def test_several_versions_at_once_are_a_warning() -> None:
    assert rules.versions([node(), node(version=None)], REMEDIES) is None
    check = rules.versions([node(), node(version="1.17.16"), node()], REMEDIES)
    assert check is not None
    assert (check.finding, "1.17.16 on 1, 1.18.4 on 2" in check.evidence) == (WARNING, True)

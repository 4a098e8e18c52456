"""Each rule about a pod, both ways, and what they come to."""

from typing import Any

import pytest

from bwtop.model.checks import Check, Finding, Unread
from bwtop.model.explanation import Explanation, explanation
from bwtop.model.limits import EgressProgram, Programmed
from bwtop.model.pair_checks import pair_checks
from bwtop.model.pod_checks import pod_checks
from bwtop.model.pod_facts import L7Policy, PodFacts
from bwtop.model.quantity import asked_of
from bwtop.model.remedies import Remedies
from bwtop.model.states import State
from model.pods import node_facts, pod_facts, pod_row

OK, WARNING, FAILURE, UNKNOWN = Finding.OK, Finding.WARNING, Finding.FAILURE, Finding.UNKNOWN
REMEDIES = Remedies(version="1.18.4")


def explained(pod: PodFacts, peer: PodFacts | None = None) -> Explanation:
    return explanation(pod, peer, REMEDIES)


def found(pod: PodFacts, name: str) -> Check:
    [check] = [check for check in pod_checks(pod, REMEDIES) if check.name == name]
    assert check.source is not None
    assert check.source.link.startswith("https://docs.cilium.io/")
    return check


def names(pod: PodFacts) -> list[str]:
    return [check.name for check in pod_checks(pod, REMEDIES)]


def test_a_limit_in_force_has_ok_checks_only() -> None:
    assert explained(pod_facts()).finding is OK
    assert explained(pod_facts()).conclusion == "the limit of shop/web is in force: 10M"
    assert names(pod_facts()) == [
        "annotation", "endpoint", "agent", "bandwidth manager", "congestion control", "bandwidth map",
        "egress program", "devices", "encryption", "L7 policy", "rate",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "finding", "said"),
    [
        ("10M", OK, "asks for 10,000,000 bit/s"),
        (None, OK, "no limit is asked"),
        ("10m", FAILURE, "10m is milli"),
        ("10MB", FAILURE, "write 10M; Cilium removes the limit"),
        ("0", FAILURE, "is zero"),
        ("-5M", FAILURE, "is negative"),
        ("500", WARNING, "below 1k"),
    ],
)
def test_the_annotation(limit: str | None, finding: Finding, said: str) -> None:
    check = found(pod_facts(pod_row(limit=limit)), "annotation")
    assert (check.finding, said in check.evidence) == (finding, True)
    assert (check.advice == ("bwtop limit pod/web VALUE -n shop",)) is (finding is not OK)


def test_what_becomes_of_the_old_limit_depends_on_the_version() -> None:
    row = pod_row(limit="10MB", programmed=20_000_000, state=State.INVALID)
    old = pod_facts(row, node=node_facts(version="1.13.18"))
    assert "keeps the limit that stood before" in found(old, "annotation").evidence
    check = found(old, "bandwidth map")
    assert (check.finding, check.evidence) == (WARNING, "the limit 20M that stood before is still in it")


def test_in_the_nodes_network_nothing_else_matters() -> None:
    pod = pod_facts(pod_row(endpoint_id=None), host_network=True)
    assert names(pod) == ["annotation", "host network"]
    assert found(pod, "host network").finding is FAILURE
    free = pod_facts(pod_row(limit=None, programmed=None), host_network=True)
    assert found(free, "host network").finding is OK


def test_a_pod_without_a_node() -> None:
    pod = pod_facts(pod_row(node="", programmed=None))
    assert names(pod) == ["annotation", "node"]
    assert explained(pod).finding is UNKNOWN


@pytest.mark.parametrize(
    ("fields", "state", "finding"),
    [
        ({}, "ready", OK),
        ({}, None, OK),
        ({}, "waiting-for-identity", WARNING),
        ({"endpoint_id": None}, None, FAILURE),
        ({"endpoint_id": None, "state": State.PENDING}, None, WARNING),
        ({"endpoint_id": None, "limit": None}, None, WARNING),
    ],
)
def test_the_endpoint(fields: dict[str, Any], state: str | None, finding: Finding) -> None:
    assert found(pod_facts(pod_row(**fields), endpoint_state=state), "endpoint").finding is finding


@pytest.mark.parametrize(
    ("fields", "finding", "said"),
    [
        ({}, OK, "endpoint 124 has 10M, as asked"),
        ({"programmed": None}, FAILURE, "10M is asked, no entry for this endpoint"),
        ({"programmed": 0}, FAILURE, "10M is asked, its entry sets no limit"),
        ({"programmed": 20_000_000}, FAILURE, "10M is asked, 20M is in it"),
        ({"limit": None}, FAILURE, "10M is in it, and is not asked"),
        ({"limit": None, "programmed": 0}, OK, "no limit in it"),
        (
            {"programmed": None, "state": State.PENDING, "reason": "changed 2 s ago"},
            WARNING,
            "pending: changed 2 s ago",
        ),
    ],
)
def test_the_map(fields: dict[str, Any], finding: Finding, said: str) -> None:
    check = found(pod_facts(pod_row(**fields)), "bandwidth map")
    assert (check.finding, said) == (finding, check.evidence)


def test_a_map_that_cannot_be_read() -> None:
    assert found(pod_facts(unread="silent for 9 s"), "bandwidth map").finding is UNKNOWN
    unread = pod_facts(unread="exec forbidden", node=node_facts(unread="exec forbidden"))
    assert explained(unread).conclusion == (
        "whether the limit of shop/web is in force cannot be told: agent: could not check: exec forbidden"
    )
    assert "egress program" not in names(unread)


@pytest.mark.parametrize(
    ("fields", "name", "finding"),
    [
        ({"manager": False}, "bandwidth manager", FAILURE),
        ({"egress_program": EgressProgram.MISSING}, "egress program", FAILURE),
        ({"encryption": "Wireguard"}, "encryption", WARNING),
        ({"encryption": "IPsec"}, "encryption", FAILURE),
        ({"other_devices": ("eth1",)}, "devices", WARNING),
        ({"provider": "kind"}, "kind", WARNING),
        ({"kernel": "4.19"}, "congestion control", FAILURE),
    ],
)
def test_what_is_wrong_with_the_node_is_wrong_for_the_pod(fields: dict[str, Any], name: str, finding: Finding) -> None:
    pod = pod_facts(node=node_facts(**fields))
    assert found(pod, name).finding is finding
    assert explained(pod).finding is finding
    assert name in explained(pod).conclusion


def test_a_node_where_no_limit_is_asked_is_not_held_against_the_pod() -> None:
    pod = pod_facts(pod_row(limit=None, programmed=None), node=node_facts(manager=False))
    assert explained(pod).conclusion == "no limit is asked of shop/web, and none is in force"


HTTP = L7Policy("CiliumNetworkPolicy shop/api", ("http",))
DNS = L7Policy("CiliumClusterwideNetworkPolicy names", ("dns",))


@pytest.mark.parametrize(
    ("policies", "finding"),
    [((), OK), ((HTTP,), FAILURE), ((DNS,), WARNING), ((DNS, HTTP), FAILURE), (Unread("forbidden"), UNKNOWN)],
)
def test_l7_policies(policies: tuple[L7Policy, ...] | Unread, finding: Finding) -> None:
    check = found(pod_facts(policies=policies), "L7 policy")
    assert check.finding is finding
    if policies == (HTTP,):
        assert check.advice == ("kubectl -n shop get ciliumnetworkpolicy api -o yaml",)
    if policies == (DNS,):
        assert check.advice == ("kubectl get ciliumclusterwidenetworkpolicy names -o yaml",)


@pytest.mark.parametrize(
    ("limit", "programmed", "node", "finding", "said"),
    [
        ("50M", 50_000_000, {}, OK, "50M is in the map"),
        ("50M", None, {}, WARNING, "the map has no entry"),
        ("50M", 20_000_000, {}, WARNING, "the map has 20M"),
        ("50M", None, {"version": "1.17.16"}, WARNING, "ignored by Cilium 1.17.16"),
        ("50M", 50_000_000, {"cni_chaining": "generic-veth"}, WARNING, "silently not enforced"),
        ("50M", 50_000_000, {"host_routing": "Legacy"}, WARNING, "needs BPF host routing"),
        ("50m", None, {}, WARNING, "50m is milli"),
        ("50M", None, {"version": None}, UNKNOWN, "version is not known"),
    ],
)
def test_the_ingress_limit(
    limit: str, programmed: int | None, node: dict[str, Any], finding: Finding, said: str
) -> None:
    rows = None if programmed is None else Programmed(programmed)
    pod = pod_facts(ingress=asked_of(limit), ingress_programmed=rows, node=node_facts(**node))
    check = found(pod, "ingress limit")
    assert (check.finding, said in check.evidence) == (finding, True)


@pytest.mark.parametrize(
    ("rate", "finding", "said"),
    [
        (3_000_000, OK, "offers 3M of 10M, 30 %"),
        (9_900_000, OK, "99 %: at its cap"),
        (59_000_000, WARNING, "590 %: UDP that the limit drops"),
    ],
)
def test_the_rate(rate: int, finding: Finding, said: str) -> None:
    check = found(pod_facts(pod_row(rate=rate)), "rate")
    assert (check.finding, said in check.evidence) == (finding, True)


@pytest.mark.parametrize("fields", [{"rate": None}, {"programmed": 0}, {"programmed": None}])
def test_no_rate_is_told_where_none_is_known_or_nothing_limits(fields: dict[str, Any]) -> None:
    assert "rate" not in names(pod_facts(pod_row(**fields)))


def test_two_pods_on_one_node() -> None:
    near, far = pod_facts(pod_row("client")), pod_facts(pod_row("far", node="n2"))
    assert [check.finding for check in pair_checks(pod_facts(), far)] == [OK, OK]
    assert [check.finding for check in pair_checks(pod_facts(), near)] == [FAILURE, OK]
    assert explained(pod_facts(), near).conclusion.startswith(
        "the limit of shop/web towards shop/client is not in force: same node: both are on n1"
    )
    waiting = pod_facts(pod_row("late", node=""))
    assert next(pair_checks(pod_facts(), waiting)).finding is UNKNOWN


def test_the_limit_of_the_other_one_limits_the_other_direction() -> None:
    free, limited = pod_facts(pod_row("free", limit=None, programmed=0, node="n2")), pod_facts()
    check = list(pair_checks(free, limited))[1]
    assert check.finding is WARNING
    assert check.evidence == "free to web: no limit asked; web to free: limit 10M; only what web sends is limited"
    invalid = pod_facts(pod_row("bad", limit="10MB", node="n2"))
    assert list(pair_checks(limited, invalid))[1].evidence.endswith("bad to web: no valid limit")


def test_an_orphan_is_told_as_what_it_is() -> None:
    orphan = pod_facts(pod_row(limit=None, state=State.ORPHAN))
    assert explained(orphan).conclusion == (
        "no limit is asked of shop/web, but: bandwidth map: 10M is in it, and is not asked"
    )
    unread = pod_facts(pod_row(limit=None), unread="silent", node=node_facts(unread="silent"))
    assert "whether one is in force cannot be told" in explained(unread).conclusion


def test_a_reservation() -> None:
    pod = pod_facts(node=node_facts(encryption="Wireguard"))
    assert "should be in force, with a reservation: encryption: WireGuard" in explained(pod).conclusion

"""The filter grammar: what it matches, and what it says when it cannot be read."""

import msgspec
import pytest

from bwtop.model.filter import FilterError, read_filter
from bwtop.model.filter_completion import SHORT_HELP, completions, help_line
from bwtop.model.filter_fields import ENDPOINT_FIELDS, LIMIT_FIELDS, POD_FIELDS, node_fields
from bwtop.model.limits import Asked, Direction, EgressProgram, Programmed
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.model.states import Pressure, State

CART = PodRow(
    namespace="shop", pod="cart-7d9f-x1", node="ip-10-0-1-1.ec2.internal", owner="ReplicaSet/cart-7d9f",
    labels=("app=cart", "tier=web"), endpoint_id=124, identity_id=11371, ipv4="10.0.0.7", ipv6="fd00::7",
    asked=Asked("10M", 10_000_000), programmed=Programmed(10_000_000), rate=9_900_000, sampled_at=1.0,
    state=State.IN_SYNC, reason="asked equals programmed", pressure=Pressure.AT_CAP, pressure_since=1.0,
)  # fmt: skip
QUIET = PodRow(
    namespace="batch", pod="export-0", node="ip-10-0-1-10.ec2.internal", owner="", labels=(), endpoint_id=None,
    identity_id=None, ipv4=None, ipv6=None, asked=Asked("10m", 0, "10m is milli"), programmed=None, rate=None,
    sampled_at=None, state=State.NOT_PROGRAMMED, reason="no entry", pressure=None, pressure_since=None,
)  # fmt: skip
NODE = NodeRow(
    node="node-1", cilium_internal_ip="10.0.0.1", internal_ip="192.168.0.1", created_at="2026-01-18T10:00:00Z",
    agent_pod="kube-system/cilium-a", agent_version="1.13.4", agent_ready=True, manager_enabled=True,
    congestion_control="cubic", devices=("eth0",), egress_program=EgressProgram.MISSING, cni_chaining="aws-cni",
    routing="Native", host_routing="BPF", encryption=None, kernel="5.10.0", endpoints=12, limited_pods=3,
    limit=30_000_000, rate=1, sampled_at=1_768_730_000.0, reason="",
)  # fmt: skip


def pods(text: str) -> str:
    """Initials of the pods that pass."""
    test = read_filter(text, POD_FIELDS)
    return "".join(row.pod[0] for row in (CART, QUIET) if test is None or test(row))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "ce"),
        ("   ", "ce"),
        ("cart", "c"),
        ("CART", "c"),
        ("shop/cart 10.0.0.7", "c"),
        ("cart nosuch", ""),
        ("!cart", "e"),
        ('"in sync"', "c"),
        ("ReplicaSet", "c"),
        ("namespace:SHOP", "c"),
        ("!namespace:shop", "e"),
        ("node:ip-10-0-1-1", "ce"),
        ("node=ip-10-0-1-1.ec2.internal", "c"),
        ("node!=ip-10-0-1-1.ec2.internal", "e"),
        ("!node!=ip-10-0-1-1.ec2.internal", "c"),
        ('owner:""', "e"),
        ('!owner:""', "c"),
        ("pod:cart state:in-sync", "c"),
        ("state:drift", "e"),
        ("!state:drift", "c"),
        ("state:NotProgrammed", "e"),
        ('state:"not programmed"', "e"),
        ("state:not", "e"),
        ("state:at-cap", "c"),
        ("state=insync", "c"),
        ("label:app=cart", "c"),
        ("label:app", "c"),
        ("label:ap", ""),
        ("label:app=car", ""),
        ("!label:app=cart", "e"),
        ("endpoint:124", "c"),
        ("endpoint=12", ""),
        ("endpoint:unknown", "e"),
        ("!endpoint:unknown", "c"),
        ("rate>5M", "c"),
        ("rate>9900k", ""),
        ("rate>=9900k", "c"),
        ("rate<1G", "c"),
        ("!rate>5M", ""),
        ("rate!=5M", "c"),
        ("asked:10M", "c"),
        ("asked=10000000", "c"),
        ("asked<8", "e"),
        ("programmed:none", "e"),
        ("share>90", "c"),
        ("share:99%", "c"),
        ("of-limit>=98.5%", "c"),
        ("fd00::7", "c"),
        ("identity>11370 identity<11372 cart", "c"),
    ],
)  # fmt: skip
def test_a_filter_finds(text: str, found: str) -> None:
    assert pods(text) == found


def test_what_is_not_known_fits_no_comparison_turned_round_or_not() -> None:
    for comparison in ("rate>1", "rate<1", "rate!=1", "rate:1"):
        assert "e" not in pods(comparison)
        assert "e" not in pods(f"!{comparison}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cart rate>5Q", "at 11: 5Q is no Kubernetes quantity, such as 10M"),
        ("rate>5MB", "at 6: 5MB is no Kubernetes quantity; write 5M"),
        ("rate>5m", "at 6: 5m is milli: 0.005 bit/s"),
        ("rate>", "at 1: rate> takes bits a second such as 5M"),
        ("!", "at 1: ! turns a word or a column round: write one after it"),
        ("  colour:red", 'at 3: there is no column colour; to find the text, quote it: "colour:red"'),
        ("naemspace:shop", "at 1: there is no column naemspace; namespace?"),
        ("zz=web", "at 1: there is no column zz; a label is label:zz=web"),
        ("node>5", "at 1: node is no number: write node:5"),
        ("state>drift", "at 1: state is no number: write state:drift"),
        ("endpoint:abc", "at 10: endpoint takes a number such as 124, not abc"),
        ('pod:"a b', 'at 5: the quote is not closed: add "'),
        ('"\\"', 'at 1: the quote is not closed: add "'),
        ("share>9x", "at 7: share takes a percentage such as 90, not 9x"),
    ],
)
def test_an_error_says_what_and_where(text: str, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        read_filter(text, POD_FIELDS)
    assert str(caught.value) == message


def test_an_unknown_state_names_those_there_are() -> None:
    with pytest.raises(FilterError, match="there is no state bad; there are drift, HostNetwork, "):
        read_filter("state:bad", POD_FIELDS)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("age>2h", True),
        ("age>3h", False),
        ("read>30s", True),
        ("program:missing", True),
        ("limit:30M limited:3", True),
        ('manager:"EDT with BPF"', True),
        ("state:ok", True),
        ("encryption:unknown", False),
        ('encryption:""', True),
    ],
)
def test_nodes_are_found_by_ages_and_by_what_their_columns_are_called(text: str, passes: bool) -> None:
    test = read_filter(text, node_fields(lambda: 1_768_730_400.0 + 2.5 * 3600))
    assert test is not None
    assert test(NODE) is passes


def test_a_time_that_is_none_is_told() -> None:
    with pytest.raises(FilterError, match="at 5: age takes a time such as 30s, 5m, 2h or 3d, not soon"):
        read_filter("age>soon", node_fields(lambda: 0.0))


def test_the_labels_of_an_endpoint_are_found_without_their_source() -> None:
    row = EndpointRow(
        namespace="shop", name="cart-0", endpoint_id=1, identity_id=2, labels=("k8s:app=cart", "k8s:io.x/y=z"),
        ingress_enforcement=None, egress_enforcement=None, state="ready", ipv4=None, ipv6=None, node=None,
    )  # fmt: skip
    for text, passes in (("label:app=cart", True), ("label:k8s:app=cart", True), ("label:io.x/y", True),
                         ("labels:app=web", False), ("state:ready", True)):  # fmt: skip
        test = read_filter(text, ENDPOINT_FIELDS)
        assert test is not None
        assert test(row) is passes, text


def test_limits_are_found_by_state_direction_and_bandwidth() -> None:
    row = LimitRow(
        node="node-1", endpoint_id=7, direction=Direction.EGRESS, programmed=Programmed(0), kind="host",
        namespace=None, pod=None, identity_id=1, labels=(), state=None, reason="",
    )  # fmt: skip
    judged = msgspec.structs.replace(row, state=State.ORPHAN, namespace="a", pod="b")
    for text, found in (("state:drift", [judged]), ("state:orphan", [judged]), ("bandwidth:0 kind:host", [row, judged]),
                        ("direction:ingress", []), ("pod:a/b", [judged]), ('pod:""', [row])):  # fmt: skip
        test = read_filter(text, LIMIT_FIELDS)
        assert test is not None
        assert [one for one in (row, judged) if test(one)] == found, text


def test_tab_completes_columns_and_then_their_values() -> None:
    rows = [CART, QUIET]
    assert completions("st", POD_FIELDS, rows) == ["state:"]
    assert completions("cart !ra", POD_FIELDS, rows) == ["cart !rate>"]
    assert completions("namespace:", POD_FIELDS, rows) == ["namespace:batch", "namespace:shop"]
    assert completions("!node:IP-10-0-1-10", POD_FIELDS, rows) == ["!node:ip-10-0-1-10.ec2.internal"]
    assert completions("label:t", POD_FIELDS, rows) == ["label:tier=web"]
    assert completions("state:n", POD_FIELDS, rows) == ["state:NotProgrammed", "state:NotEnforced"]
    assert completions("pod:c", POD_FIELDS, rows) == []
    assert completions("", POD_FIELDS, rows) == []
    for text in completions("state:", POD_FIELDS, rows) + completions("label:", POD_FIELDS, rows):
        assert read_filter(text, POD_FIELDS)


def test_one_line_says_what_may_follow() -> None:
    assert help_line("", POD_FIELDS) == SHORT_HELP
    assert help_line("cart ", POD_FIELDS) == SHORT_HELP
    assert help_line("r", POD_FIELDS) == "rate>  reason:"
    assert help_line("cart rate>", POD_FIELDS) == "rate is bits a second such as 5M, or unknown"
    assert help_line("state:", POD_FIELDS).startswith("state: drift HostNetwork")
    assert help_line("node:", POD_FIELDS) == "node is a text"

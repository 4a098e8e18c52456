"""`bwtop get`: what it prints, in every format."""

import csv
import io
import json
from typing import Any

import pytest
import yaml

from bwtop.model.states import State
from cli.conftest import Bwtop, Demo

SERVER_NODE = "ip-192-168-29-49.ec2.internal"
INT, TEXT, BOOL, NONE = int, str, bool, type(None)

CONTRACT: dict[str, tuple[str, dict[str, Any]]] = {
    "pods": (
        "PodBandwidthList",
        {
            "namespace": TEXT,
            "pod": TEXT,
            "node": (TEXT, NONE),
            "endpointId": (INT, NONE),
            "identityId": (INT, NONE),
            "ipv4": (TEXT, NONE),
            "ipv6": (TEXT, NONE),
            "asked": {"annotation": TEXT, "bitsPerSecond": (INT, NONE)},
            "programmed": {"bitsPerSecond": INT, "priority": (INT, NONE)},
            "rate": {"egressBitsPerSecond": INT, "sampledAt": TEXT},
            "share": (float, INT, NONE),
            "state": TEXT,
            "reason": TEXT,
        },
    ),
    "nodes": (
        "NodeBandwidthList",
        {
            "node": TEXT,
            "ciliumInternalIp": (TEXT, NONE),
            "internalIp": (TEXT, NONE),
            "createdAt": (TEXT, NONE),
            "agent": {"pod": TEXT, "version": (TEXT, NONE), "ready": (BOOL, NONE)},
            "bandwidthManager": {"enabled": (BOOL, NONE), "congestionControl": (TEXT, NONE), "devices": list},
            "egressProgram": TEXT,
            "cniChaining": (TEXT, NONE),
            "routing": (TEXT, NONE),
            "hostRouting": (TEXT, NONE),
            "encryption": (TEXT, NONE),
            "kernel": (TEXT, NONE),
            "endpoints": INT,
            "limitedPods": (INT, NONE),
            "limitBitsPerSecond": (INT, NONE),
            "egressBitsPerSecond": (INT, NONE),
            "reason": TEXT,
        },
    ),
    "endpoints": (
        "EndpointList",
        {
            "namespace": TEXT,
            "name": TEXT,
            "endpointId": (INT, NONE),
            "identityId": (INT, NONE),
            "labels": list,
            "ingressEnforcement": (TEXT, NONE),
            "egressEnforcement": (TEXT, NONE),
            "state": (TEXT, NONE),
            "ipv4": (TEXT, NONE),
            "ipv6": (TEXT, NONE),
            "node": (TEXT, NONE),
        },
    ),
    "limits": (
        "LimitList",
        {
            "node": TEXT,
            "endpointId": INT,
            "direction": TEXT,
            "bitsPerSecond": INT,
            "priority": (INT, NONE),
            "dscp": (TEXT, NONE),
            "kind": TEXT,
            "namespace": (TEXT, NONE),
            "pod": (TEXT, NONE),
            "identityId": (INT, NONE),
        },
    ),
}


def conforms(item: dict[str, Any], shape: dict[str, Any]) -> bool:
    """Exactly these keys in this order, each of its type; a nested object may be null."""
    if list(item) != list(shape):
        return False
    for name, wanted in shape.items():
        value = item[name]
        if isinstance(wanted, dict):
            if value is not None and not conforms(value, wanted):
                return False
        elif not isinstance(value, wanted) or (isinstance(value, bool) and wanted in (INT, (INT, NONE))):
            return False
    return True


def test_agents_that_are_elsewhere_are_missed_aloud(get: Bwtop) -> None:
    found = get("pods", "--cilium-namespace", "nowhere")
    assert "unknown" in found.out
    assert found.err.startswith("bwtop: no Cilium agent in namespace nowhere: say where with --cilium-namespace, or ")
    assert "no Cilium agent" not in get("pods").err


@pytest.mark.parametrize("table", CONTRACT)
def test_json_keeps_the_contract(get: Bwtop, table: str) -> None:
    kind, shape = CONTRACT[table]
    found = get(table, "-A", "-o", "json")
    assert (found.status, found.err) == (0, "")
    document = json.loads(found.out)
    assert list(document) == ["apiVersion", "kind", "items"]
    assert (document["apiVersion"], document["kind"]) == ("bwtop/v1", kind)
    assert document["items"]
    assert [item for item in document["items"] if not conforms(item, shape)] == []


def test_what_nobody_can_know_is_null(get: Bwtop) -> None:
    items = json.loads(get("pods", "-A", "-o", "json").out)["items"]
    agent = next(item for item in items if item["pod"].startswith("cilium-") and item["state"] == "HostNetwork")
    unknown = ("endpointId", "identityId", "asked", "programmed", "rate", "share")
    assert [agent[name] for name in unknown] == [None] * len(unknown)


def test_netperf_server_is_in_sync_at_ten_megabits(get: Bwtop) -> None:
    (item,) = json.loads(get("pods", "netperf-server", "-o", "json").out)["items"]
    assert item["asked"] == {"annotation": "10M", "bitsPerSecond": 10_000_000}
    assert item["programmed"] == {"bitsPerSecond": 10_000_000, "priority": None}
    assert (item["endpointId"], item["identityId"], item["node"]) == (124, 11371, SERVER_NODE)
    assert (item["state"], item["reason"]) == ("InSync", "asked equals programmed")


@pytest.mark.parametrize("table", ["endpoints", "limits"])
def test_yaml_says_what_json_says(get: Bwtop, table: str) -> None:
    as_json, as_yaml = (get(table, "-A", "-o", form).out for form in ("json", "yaml"))
    assert yaml.safe_load(as_yaml) == json.loads(as_json)


def test_csv_has_a_column_for_every_value(get: Bwtop) -> None:
    (row,) = csv.DictReader(io.StringIO(get("pods", "netperf-server", "-o", "csv").out))
    assert row["asked.annotation"] == "10M"
    assert row["programmed.bitsPerSecond"] == "10000000"
    assert row["state"] == "InSync"


def test_csv_has_the_same_columns_whatever_is_unknown(get: Bwtop) -> None:
    server = csv.DictReader(io.StringIO(get("pods", "netperf-server", "-o", "csv").out)).fieldnames
    client = csv.DictReader(io.StringIO(get("pods", "netperf-client", "-o", "csv").out)).fieldnames
    assert client == server


def test_names_are_kubectls(get: Bwtop) -> None:
    assert get("pods", "netperf-server", "-o", "name").out == "pod/netperf-server\n"
    assert f"node/{SERVER_NODE}" in get("nodes", "-o", "name").lines


def test_the_table_shows_what_matters_in_a_line(get: Bwtop) -> None:
    heading, row = get("pods", "netperf-server").lines
    assert heading.split() == ["POD", "NODE", "ENDPOINT", "ASKED", "PROGRAMMED", "RATE", "SHARE", "STATE"]
    assert row.split()[:5] == ["netperf-server", SERVER_NODE, "124", "10M", "10M"]
    assert row.endswith("in sync")


def test_wide_adds_columns(get: Bwtop) -> None:
    heading, row = get("pods", "netperf-server", "-o", "wide").lines
    assert {"IDENTITY", "IP", "OWNER", "REASON"} <= set(heading.split())
    assert "11371" in row
    assert "192.168.62.98" in row


def test_the_namespace_is_the_contexts_unless_told_otherwise(get: Bwtop) -> None:
    own, other, every = (get("endpoints", *flags) for flags in ((), ("-n", "shop"), ("-A",)))
    assert {line.split()[0] for line in own.lines[1:]} == {"netperf-client", "netperf-server"}
    assert any(line.startswith("cart-") for line in other.lines)
    assert every.lines[0].startswith("NAMESPACE")
    assert len(every.lines) > len(own.lines) + len(other.lines) - 2


def test_flags_may_stand_before_the_command(bwtop: Bwtop, demo: Demo) -> None:
    found = bwtop("--kubeconfig", str(demo.kubeconfig), "-n", "shop", "get", "endpoints", "-o", "name")
    assert found.status == 0
    assert any(line.startswith("ciliumendpoint/cart-") for line in found.lines)


def test_a_selector_picks_pods(get: Bwtop) -> None:
    found = get("pods", "-A", "-l", "app=cart", "-o", "json")
    assert {item["pod"].split("-")[0] for item in json.loads(found.out)["items"]} == {"cart"}


def test_an_empty_table_is_no_error(get: Bwtop) -> None:
    found = get("pods", "-n", "nowhere")
    assert (found.status, found.out, found.err) == (0, "", "No pods found in namespace nowhere.\n")
    assert json.loads(get("pods", "-n", "nowhere", "-o", "json").out)["items"] == []


@pytest.mark.parametrize("alias", ["pod", "po", "pods"])
def test_tables_have_the_names_that_kubectl_gives_them(get: Bwtop, alias: str) -> None:
    assert get(alias, "netperf-server", "-o", "name").out == "pod/netperf-server\n"


def test_the_incident_shows_every_state(bwtop: Bwtop) -> None:
    pods = json.loads(bwtop("get", "pods", "-A", "-o", "json", "--demo=incident").out)["items"]
    found = {item["state"] for item in pods}
    limits = bwtop("get", "limits", "--demo=incident").out
    assert found | ({"Orphan"} if "orphan" in limits else set()) == {state.value for state in State}


def test_a_filter_chooses_rows_as_on_the_screen(get: Bwtop) -> None:
    names = get("pods", "-A", "--filter", "asked:10M !namespace:shop", "-o", "name").out
    assert names == "pod/netperf-server\n"
    assert get("nodes", "--filter", "limited>0 program:attached", "-o", "name").out.count("node/") == 2
    nothing = get("pods", "--filter", "state:orphan")
    assert nothing.out == ""
    assert "No pods found that fit the filter, of" in nothing.err


def test_a_filter_that_cannot_be_read_says_where(get: Bwtop) -> None:
    wrong = get("pods", "--filter", "cart rate>5Q")
    assert wrong.status == 2
    assert "--filter 'cart rate>5Q' cannot be read, at 11: 5Q is no Kubernetes quantity" in wrong.err


@pytest.mark.parametrize("table", ["pods", "nodes"])
def test_names_alone_need_no_agent(demo: Demo, get: Bwtop, table: str) -> None:
    demo.call(demo.server.access.deny, resources=["pods/exec"])
    found = get(table, "-A", "-o", "name")
    assert (found.status, found.err) == (0, "")
    assert found.lines
    filtered = get(table, "-A", "-o", "name", "--filter", "state:drift" if table == "pods" else "manager:off")
    assert "limits hidden" in filtered.err

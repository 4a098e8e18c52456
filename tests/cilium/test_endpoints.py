import json
from typing import Any

import pytest

from bwtop.cilium.endpoints import read_endpoints
from bwtop.cilium.output import OutputError
from cilium.recorded import VERSIONS, expected, live, output, scenarios


@pytest.mark.parametrize(("version", "scenario"), scenarios("endpoint-list"))
def test_the_endpoints_of_every_version_mean_what_was_put_in(version: str, scenario: str) -> None:
    endpoints = read_endpoints(output(version, scenario))
    rows: list[dict[str, Any]] = [
        {
            "endpoint_id": number,
            "identity": e.identity_id,
            "state": e.state,
            "ipv4": e.ipv4,
            "namespace": e.namespace,
            "pod": e.pod,
            "interface": e.interface,
        }
        for number, e in endpoints.items()
    ]
    meant = [{k: v for k, v in row.items() if k != "policy_enabled"} for row in expected(version, scenario)]
    assert sorted(rows, key=lambda row: row["endpoint_id"]) == sorted(meant, key=lambda row: row["endpoint_id"])
    assert (endpoints[3571].kind, endpoints[88].kind, endpoints[124].kind) == ("host", "health", "pod")
    assert "k8s:app.kubernetes.io/name=netperf-server" in endpoints[124].labels


def test_the_host_endpoint_of_a_live_agent_belongs_to_no_pod() -> None:
    host = read_endpoints(live("endpoint_list_-o_json.stdout"))[3961]
    assert (host.kind, host.namespace, host.pod, host.interface) == ("host", None, None, "cilium_host")


def test_an_agent_that_names_pods_the_old_way_is_understood() -> None:
    text = json.dumps([{"id": 7, "status": {"external-identifiers": {"pod-name": "shop/cart"}}}])
    assert (read_endpoints(text)[7].namespace, read_endpoints(text)[7].pod) == ("shop", "cart")


def test_gaps_are_none_and_endpoints_without_a_possible_id_are_left_out() -> None:
    text = '[{"id": 7, "status": null}, {"id": 70000}, {}, {"id": 8, "status": {"networking": {"addressing": [null]}}}]'
    endpoints = read_endpoints(text)
    assert set(endpoints) == {7, 8}
    assert (endpoints[7].kind, endpoints[7].interface, endpoints[7].labels) == ("unknown", None, ())


@pytest.mark.parametrize("version", VERSIONS)
def test_an_unreachable_agent_is_an_error(version: str) -> None:
    with pytest.raises(OutputError, match="Is the agent running"):
        read_endpoints(output(version, "endpoint-list-unreachable"))


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"id": "7"}]'])
def test_what_is_no_list_of_endpoints_is_an_error(text: str) -> None:
    with pytest.raises(OutputError, match="expected the JSON of `endpoint list`"):
        read_endpoints(text)

"""Which policies send a pod's egress through the proxy."""

from typing import Any

import msgspec
import pytest

from bwtop.cilium.policies import Policy, l7_policies

LABELS = ("k8s:app=web", "k8s:tier=front", "k8s:io.kubernetes.pod.namespace=shop")
HTTP = {"rules": {"http": [{"method": "GET"}]}}


def read(body: dict[str, Any]) -> Policy:
    return msgspec.json.decode(msgspec.json.encode(body), type=Policy)


def policy(*ports: dict[str, Any], selector: object = None, namespace: str = "shop") -> Policy:
    spec = {
        "endpointSelector": {"matchLabels": {"app": "web"}} if selector is None else selector,
        "egress": [{"toPorts": list(ports)}],
    }
    return read({"metadata": {"name": "p", "namespace": namespace}, "spec": spec})


def protocols(*policies: Policy, labels: tuple[str, ...] = LABELS) -> list[tuple[str, ...]]:
    return [found.protocols for found in l7_policies(policies, namespace="shop", labels=labels)]


@pytest.mark.parametrize(
    ("ports", "found"),
    [
        (HTTP, [("http",)]),
        ({"rules": {"dns": [{"matchPattern": "*"}]}}, [("dns",)]),
        ({"rules": {"kafka": [{"topic": "a"}]}}, [("kafka",)]),
        ({"rules": {"l7proto": "cassandra", "l7": [{}]}}, [("cassandra",)]),
        ({"listener": {"name": "l"}}, [("envoy",)]),
        ({"terminatingTLS": {"secret": {}}}, [("tls",)]),
        ({"ports": [{"port": "80"}]}, []),
        ({"rules": {"http": []}}, []),
        ({"rules": {}}, []),
    ],
)
def test_what_makes_a_policy_look_into_layer_7(ports: dict[str, Any], found: list[tuple[str, ...]]) -> None:
    assert protocols(policy(ports)) == found


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ({}, True),
        ({"matchLabels": {"k8s:app": "web"}}, True),
        ({"matchLabels": {"any:tier": "front"}}, True),
        ({"matchLabels": {"app": "cart"}}, False),
        ({"matchLabels": {"k8s:io.kubernetes.pod.namespace": "shop"}}, True),
        ({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["front"]}]}, False),
    ],
)
def test_only_policies_that_select_the_pod_count(selector: object, selected: bool) -> None:
    assert bool(protocols(policy(HTTP, selector=selector))) is selected


def test_a_policy_of_another_namespace_does_not_count_and_a_clusterwide_one_does() -> None:
    assert protocols(policy(HTTP, namespace="batch")) == []
    [found] = l7_policies([policy(HTTP, namespace="")], namespace="shop", labels=LABELS)
    assert found.name == "CiliumClusterwideNetworkPolicy p"
    [found] = l7_policies([policy(HTTP)], namespace="shop", labels=LABELS)
    assert found.name == "CiliumNetworkPolicy shop/p"


def test_the_labels_of_a_pod_without_endpoint_do_too() -> None:
    assert protocols(policy(HTTP), labels=("app=web",)) == [("http",)]


def test_l7_at_ingress_is_of_no_interest() -> None:
    body = {"metadata": {"name": "p", "namespace": "shop"}}
    spec = {"endpointSelector": {}, "ingress": [{"toPorts": [HTTP]}]}
    assert protocols(read({**body, "spec": spec})) == []


def test_several_rules_in_one_policy_and_rules_about_nodes() -> None:
    rule = {"endpointSelector": {}, "egress": [{"toPorts": [HTTP, {"rules": {"dns": [{}]}}]}, {}]}
    nodes = {"nodeSelector": {}, "egress": [{"toPorts": [{"listener": {}}]}]}
    body = {"metadata": {"name": "p", "namespace": "shop"}, "specs": [rule, nodes]}
    assert protocols(read(body)) == [("http", "dns")]

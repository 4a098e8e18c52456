import tracemalloc
from typing import Any

import msgspec
import pytest
import yaml

from bwtop.cilium import resources as r
from cilium.recorded import live

POD: dict[str, Any] = {
    "metadata": {
        "name": "checkout-7d9f-x2k4p",
        "namespace": "shop",
        "uid": "c49ca22f",
        "resourceVersion": "615",
        "creationTimestamp": "2026-01-18T10:00:00Z",
        "labels": {"tier": "web", "app": "checkout"},
        "annotations": {"kubernetes.io/egress-bandwidth": "10M", "other": "x"},
        "ownerReferences": [
            {"kind": "Ghost", "name": "no-controller"},
            {"kind": "ReplicaSet", "name": "checkout-7d9f", "uid": "u", "controller": True},
        ],
        "managedFields": [{"manager": "kubectl"}],
    },
    "spec": {"nodeName": "n1", "containers": [{"name": "app"}, {"name": "proxy"}]},
    "status": {
        "phase": "Running",
        "podIP": "10.0.0.7",
        "hostIP": "192.168.1.1",
        "conditions": [{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "True"}],
    },
}


def pod(obj: object) -> r.Pod:
    return r.pod(msgspec.convert(obj, r.POD_WIRE))


def endpoint(obj: object) -> r.CiliumEndpoint:
    return r.endpoint(msgspec.convert(obj, r.ENDPOINT_WIRE))


def test_a_pod_is_flat() -> None:
    assert pod(POD) == r.Pod(
        namespace="shop",
        name="checkout-7d9f-x2k4p",
        uid="c49ca22f",
        resource_version="615",
        node="n1",
        phase="Running",
        host_network=False,
        ip="10.0.0.7",
        host_ip="192.168.1.1",
        annotation="10M",
        labels=("app=checkout", "tier=web"),
        owner="ReplicaSet/checkout-7d9f",
        created_at="2026-01-18T10:00:00Z",
        deleting=False,
        ready=True,
        containers=("app", "proxy"),
    )
    assert pod(POD).key == "shop/checkout-7d9f-x2k4p"


def test_pods_of_one_replica_set_share_their_labels() -> None:
    assert pod(POD).labels is pod(POD).labels


def test_an_empty_annotation_is_kept_apart_from_none() -> None:
    empty = {"metadata": {"annotations": {"kubernetes.io/egress-bandwidth": ""}}}
    assert pod(empty).annotation == ""
    assert pod({"metadata": {"annotations": {}}}).annotation is None


def test_a_deleted_host_network_pod_says_both() -> None:
    gone = pod({"metadata": {"deletionTimestamp": "2026-01-18T10:00:00Z"}, "spec": {"hostNetwork": True}})
    assert (gone.deleting, gone.host_network) == (True, True)


def nulled(value: Any) -> Any:
    """The same object with null for every leaf and list."""
    return {k: nulled(v) for k, v in value.items()} if isinstance(value, dict) else None


@pytest.mark.parametrize("obj", [{}, {"metadata": None, "spec": None, "status": None}, nulled(POD)])
def test_gaps_and_nulls_never_lose_an_object(obj: object) -> None:
    assert pod(obj).node == ""
    assert endpoint(obj).endpoint_id is None
    assert r.node(msgspec.convert(obj, r.NODE_WIRE)).internal_ip is None
    assert r.cilium_node(msgspec.convert(obj, r.CILIUM_NODE_WIRE)).addresses == ()


def test_the_endpoint_of_a_live_agent_is_flat() -> None:
    cep = endpoint(yaml.load(live("ciliumendpoint.yaml"), yaml.BaseLoader) | {"status": live_status()})
    assert cep.key == "default/netperf-server"
    assert (cep.endpoint_id, cep.identity_id, cep.ipv4, cep.ipv6) == (2369, 20307, "10.244.1.25", None)
    assert (cep.node_ip, cep.state, cep.egress_enforcement) == ("172.30.0.1", "ready", None)
    assert cep.owner_uid == "c49ca22f-1dfa-4f9b-9de7-fef2ba6a6fca"
    assert "k8s:app.kubernetes.io/name=netperf-server" in cep.identity_labels


def live_status() -> Any:
    return yaml.safe_load(live("ciliumendpoint.yaml"))["status"]


@pytest.mark.parametrize(
    ("number", "endpoint_id"),
    [(1, 1), (65535, 65535), (65536, None), (0, None), (-1, None), (None, None), (2**80, None)],
)
def test_an_endpoint_has_an_id_that_the_datapath_can_hold_or_none(number: int | None, endpoint_id: int | None) -> None:
    assert endpoint({"status": {"id": number}}).endpoint_id == endpoint_id


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        ({"state": "<status disabled>", "enforcing": False}, "<status disabled>"),
        ({"enforcing": True}, "enforcing"),
        ({"enforcing": False}, "disabled"),
        ({}, None),
        (None, None),
    ],
)
def test_enforcement_is_what_kubectl_shows(policy: object, shown: str | None) -> None:
    cep = endpoint({"status": {"policy": {"ingress": policy, "egress": policy}}})
    assert (cep.ingress_enforcement, cep.egress_enforcement) == (shown, shown)


def test_a_dual_stack_endpoint_has_both_addresses() -> None:
    pairs = [{"ipv4": "", "ipv6": "fd00::7"}, None, {"ipv4": "10.0.0.7"}]
    cep = endpoint({"status": {"networking": {"addressing": pairs, "node": "192.168.1.1"}}})
    assert (cep.ipv4, cep.ipv6, cep.node_ip) == ("10.0.0.7", "fd00::7", "192.168.1.1")


def test_the_cilium_node_of_a_live_agent_has_its_two_addresses() -> None:
    node = r.cilium_node(msgspec.convert(yaml.load(live("ciliumnode.yaml"), yaml.BaseLoader), r.CILIUM_NODE_WIRE))
    assert (node.name, node.internal_ip, node.cilium_internal_ip) == ("vmnode1", "172.30.0.1", "10.244.1.187")
    assert node.addresses == ("172.30.0.1", "10.244.1.187")


def test_a_node_lists_its_addresses_without_its_host_name() -> None:
    status = {
        "addresses": [
            {"type": "Hostname", "address": "n1"},
            {"type": "ExternalIP", "address": "127.0.0.1"},
            {"type": "InternalIP", "address": "192.168.1.1"},
        ],
        "conditions": [{"type": "Ready", "status": "Unknown"}],
        "nodeInfo": {"kernelVersion": "6.1.0"},
    }
    node = r.node(msgspec.convert({"metadata": {"name": "n1"}, "status": status}, r.NODE_WIRE))
    assert (node.internal_ip, node.addresses) == ("192.168.1.1", ("127.0.0.1", "192.168.1.1"))
    assert (node.kernel, node.ready) == ("6.1.0", False)


def test_ten_thousand_pods_and_endpoints_stay_small() -> None:
    def one(i: int) -> bytes:
        name = f"checkout-service-{i // 5}-7d9f8b6c5-x{i:05d}"
        meta = POD["metadata"] | {
            "name": name,
            "uid": f"{i:08d}-1dfa-4f9b-9de7-fef2ba6a6fca",
            "resourceVersion": str(10**8 + i),
        }
        status = POD["status"] | {"podIP": f"10.1.{i // 256}.{i % 256}"} | {"id": i + 1}
        return msgspec.json.encode(POD | {"metadata": meta, "status": status})

    page = b"[" + b",".join(one(i) for i in range(10_000)) + b"]"
    for type_, flatten, budget in ((r.POD_WIRE, r.pod, 1024), (r.ENDPOINT_WIRE, r.endpoint, 614)):
        wires = msgspec.json.decode(page, type=list[type_])  # type: ignore[valid-type]
        tracemalloc.start()
        kept = [flatten(wire) for wire in wires]
        del wires
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size / len(kept) < budget

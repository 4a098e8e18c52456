"""The objects of a demo cluster that Cilium's agents, operator and Helm chart would have written."""

from collections.abc import Mapping, Sequence

from bwtop.demo.manifests import Body, metadata
from bwtop.demo.node import Endpoint, Node
from bwtop.demo.spec import CiliumSpec

STATUS_DISABLED = "<status disabled>"


def cilium_node(node: Node, *, uid: str, owner_uid: str, created: str) -> Body:
    owner = {"apiVersion": "v1", "kind": "Node", "name": node.name, "uid": owner_uid}
    chained = node.cilium.chaining != "none"
    ipam: Body = {} if chained else {"podCIDRs": [node.spec.cilium_internal_ip.rsplit(".", 1)[0] + ".0/24"]}
    return {
        "metadata": metadata(
            node.name,
            uid=uid,
            created=created,
            ownerReferences=[owner],
            generation=1,
            labels={"kubernetes.io/hostname": node.name, "kubernetes.io/os": "linux"},
        ),
        "spec": {
            "addresses": [
                {"ip": node.ip, "type": "InternalIP"},
                {"ip": node.spec.cilium_internal_ip, "type": "CiliumInternalIP"},
            ],
            "alibaba-cloud": {},
            "azure": {},
            "encryption": {},
            "eni": {},
            "health": {},
            "ingress": {},
            "ipam": ipam,
        },
        "status": {"alibaba-cloud": {}, "azure": {}, "eni": {}, "ipam": {"operator-status": {}}},
    }


def cilium_identity(identity: int, *, labels: Sequence[str], uid: str, created: str) -> Body:
    pairs = dict(label.partition("=")[::2] for label in labels)
    name = pairs.get("k8s:io.kubernetes.pod.namespace", "")
    return {
        "metadata": metadata(
            str(identity), uid=uid, created=created, generation=1, labels={"io.kubernetes.pod.namespace": name}
        ),
        "security-labels": pairs,
    }


def cilium_endpoint(
    endpoint: Endpoint, *, node: Node, pod_uid: str, uid: str, created: str, labels: Mapping[str, str]
) -> Body:
    state = "enforcing" if endpoint.policy else STATUS_DISABLED
    enforcement = {"enforcing": endpoint.policy, "state": state}
    address = {"ipv4": endpoint.ipv4, "ipv6": endpoint.ipv6}
    container = uid.replace("-", "") * 2
    status: Body = {
        "encryption": {},
        "external-identifiers": {
            "container-id": container,
            "k8s-namespace": endpoint.namespace,
            "k8s-pod-name": endpoint.pod,
            "pod-name": f"{endpoint.namespace}/{endpoint.pod}",
        },
        "id": endpoint.id,
        "identity": {"id": endpoint.identity, "labels": list(endpoint.labels)},
        "networking": {"addressing": [{key: text for key, text in address.items() if text}], "node": node.ip},
        "state": endpoint.state,
    }
    if not node.agent.era.row_for_every_pod:
        status["visibility-policy-status"] = STATUS_DISABLED
    if endpoint.policy or not node.agent.era.row_for_every_pod:
        status["policy"] = {"egress": enforcement, "ingress": enforcement}
    if endpoint.state in ("waiting-for-identity", "creating"):
        del status["identity"]
    owner = {"apiVersion": "v1", "kind": "Pod", "name": endpoint.pod, "uid": pod_uid}
    return {
        "metadata": metadata(
            endpoint.pod,
            namespace=endpoint.namespace,
            uid=uid,
            created=created,
            generation=1,
            labels=labels,
            ownerReferences=[owner],
        ),
        "status": status,
    }


def cilium_config(cilium: CiliumSpec, *, uid: str, created: str) -> Body:
    data = {
        "cluster-name": "default",
        "cni-chaining-mode": cilium.chaining,
        "debug": "false",
        "enable-bandwidth-manager": str(cilium.manager).lower(),
        "enable-bbr": str(cilium.congestion_control == "bbr").lower(),
        "enable-ipv4": "true",
        "enable-ipv6": "false",
        "kube-proxy-replacement": str(cilium.kube_proxy_replacement).lower(),
        "routing-mode": "native" if cilium.routing == "native" else "tunnel",
    }
    by_helm = {"meta.helm.sh/release-name": "cilium", "meta.helm.sh/release-namespace": "kube-system"}
    return {
        "metadata": metadata(
            "cilium-config",
            namespace="kube-system",
            uid=uid,
            created=created,
            annotations=by_helm,
            labels={"app.kubernetes.io/managed-by": "Helm"},
        ),
        "data": data,
    }

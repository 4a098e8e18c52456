"""Writes the planned cluster through the API, as kubelets, agents and the scheduler would have."""

from typing import Any

from cluster.plan import PlannedNode, PlannedPod
from cluster.rest import MERGE_PATCH, Rest
from cluster.rig import Rig

Object = dict[str, Any]


def seed(rig: Rig, nodes: list[PlannedNode]) -> None:
    """Every node with its CiliumNode, agent and pods, and the containers of the agents."""
    with rig.rest() as rest:
        for node in nodes:
            _create(rest, "/api/v1/namespaces", {"metadata": {"name": node.name}})
            _create(rest, "/api/v1/nodes", node_object(node, port=rig.kubelet_port))
            _create(rest, "/apis/cilium.io/v2/ciliumnodes", cilium_node_object(node))
            if node.agent:
                rig.container("kube-system", node.agent_pod, scene=scene(node), commands=node.commands)
                run_pod(rest, agent_object(node), ip=node.internal_ip, host_ip=node.internal_ip)
            for pod in node.pods:
                uid = run_pod(rest, pod_object(pod), ip=pod.ipv4, host_ip=node.internal_ip)
                if pod.endpoint_id:
                    path = f"/apis/cilium.io/v2/namespaces/{pod.namespace}/ciliumendpoints"
                    _create(rest, path, endpoint_object(pod, uid=uid, node_ip=node.internal_ip))


def run_pod(rest: Rest, pod: Object, *, ip: str, host_ip: str) -> str:
    """Creates the pod and says that it runs (a created pod loses its status); returns its uid."""
    path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods"
    uid: str = _create(rest, path, pod)["metadata"]["uid"]
    containers = [
        {"name": each["name"], "image": each["image"], "imageID": "", "ready": True, "started": True, "restartCount": 0,
         "state": {"running": {"startedAt": "2026-01-18T10:00:00Z"}}, "containerID": f"containerd://{uid}"}
        for each in pod["spec"]["containers"]
    ]  # fmt: skip
    status = {
        "phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}], "hostIP": host_ip, "containerStatuses": containers,
        "conditions": [{"type": "Ready", "status": "True"}],
    }  # fmt: skip
    rest.call("PATCH", f"{path}/{pod['metadata']['name']}/status", {"status": status}, content_type=MERGE_PATCH)
    return uid


def node_object(node: PlannedNode, *, port: int) -> Object:
    """The ExternalIP is where the kubelet answers, the InternalIP what endpoints are joined on."""
    addresses = [("InternalIP", node.internal_ip), ("ExternalIP", "127.0.0.1"), ("Hostname", node.name)]
    info = dict.fromkeys(
        ("architecture", "bootID", "containerRuntimeVersion", "kubeProxyVersion", "kubeletVersion", "machineID",
         "operatingSystem", "osImage", "systemUUID"), "",
    )  # fmt: skip
    return {
        "metadata": {"name": node.name, "labels": {"kubernetes.io/hostname": node.name}},
        "status": {
            "addresses": [{"type": kind, "address": address} for kind, address in addresses],
            "conditions": [{"type": "Ready", "status": "True"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
            "nodeInfo": info | {"kernelVersion": "6.1.141"},
        },
    }


def cilium_node_object(node: PlannedNode) -> Object:
    return {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNode",
        "metadata": {"name": node.name},
        "spec": {
            "addresses": [
                {"type": "InternalIP", "ip": node.internal_ip},
                {"type": "CiliumInternalIP", "ip": node.cilium_internal_ip},
            ]
        },
    }


def agent_object(node: PlannedNode) -> Object:
    return {
        "metadata": {"name": node.agent_pod, "namespace": "kube-system", "labels": {"k8s-app": "cilium"}},
        "spec": {
            "nodeName": node.name,
            "hostNetwork": True,
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "cilium-agent", "image": f"quay.io/cilium/cilium:v{node.version}"}],
        },
    }


def pod_object(pod: PlannedPod) -> Object:
    annotations = {} if pod.annotation is None else {"kubernetes.io/egress-bandwidth": pod.annotation}
    labels = {"app": pod.name.split("-")[0]}
    return {
        "metadata": {"name": pod.name, "namespace": pod.namespace, "labels": labels, "annotations": annotations},
        "spec": {
            "nodeName": pod.node,
            "hostNetwork": pod.host_network,
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "app", "image": "registry.example/app:1"}],
        },
    }


def endpoint_object(pod: PlannedPod, *, uid: str, node_ip: str) -> Object:
    owner = {"apiVersion": "v1", "kind": "Pod", "name": pod.name, "uid": uid}
    return {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumEndpoint",
        "metadata": {"name": pod.name, "namespace": pod.namespace, "ownerReferences": [owner]},
        "status": {
            "id": pod.endpoint_id,
            "identity": {"id": pod.identity_id, "labels": pod.identity_labels},
            "networking": {"addressing": [{"ipv4": pod.ipv4}], "node": node_ip},
            "state": "ready",
            "policy": {
                "ingress": {"enforcing": True, "state": "enforcing"},
                "egress": {"enforcing": False, "state": "<status disabled>"},
            },
        },
    }


def scene(node: PlannedNode) -> Object:
    """What the stand-in agent of the node is told."""
    reserved = [
        {"id": endpoint_id, "reserved": kind, "identity": {"host": 1, "health": 4}[kind], "interface": f"{kind}0"}
        for endpoint_id, kind in node.reserved.items()
    ]
    pods = [
        {"id": pod.endpoint_id, "identity": pod.identity_id, "namespace": pod.namespace, "pod": pod.name,
         "interface": f"lxc{pod.identity_id}", "ipv4": pod.ipv4, "rate": pod.rate // 8}
        for pod in node.pods if pod.endpoint_id
    ]  # fmt: skip
    return {
        "version": node.version,
        "map": node.map,
        "status": f"{node.status}-json",
        "egress_program": node.egress_program,
        "endpoints": [*reserved, *pods],
    }


def _create(rest: Rest, path: str, body: Object) -> Any:
    return rest.call("POST", path, body)

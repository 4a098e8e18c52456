"""Pod objects through their life: made, scheduled, running."""

from collections.abc import Mapping
from typing import Any

from bwtop.demo.manifests import Body, metadata
from bwtop.demo.node import Node


def pod(
    name: str,
    *,
    namespace: str,
    uid: str,
    created: str,
    spec: Body,
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    owner: Body | None,
) -> Body:
    """A pod that has no node yet."""
    generate = {"generateName": name.rsplit("-", 1)[0] + "-"} if owner and owner["kind"] != "StatefulSet" else {}
    return {
        "metadata": metadata(
            name,
            namespace=namespace,
            uid=uid,
            created=created,
            labels=labels,
            annotations=dict(annotations),
            ownerReferences=[owner] if owner else [],
            **generate,
        ),
        "spec": {**spec, "tolerations": _TOLERATIONS},
        "status": {"phase": "Pending", "qosClass": "BestEffort"},
    }


_TOLERATIONS = [
    {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for key in ("not-ready", "unreachable")
]


def unschedulable(body: Body, *, now: str, nodes: int) -> Body:
    body["status"]["conditions"] = [
        {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "lastTransitionTime": now,
            "message": f"0/{nodes} nodes are available: {nodes} Insufficient cpu.",
        }
    ]
    return body


def scheduled(body: Body, node: Node) -> Body:
    body["spec"]["nodeName"] = node.name
    return body


def running(
    body: Body, node: Node, *, ip: str, ipv6: str = "", now: str, restarts: int = 0, ready: bool = True
) -> Body:
    """Fills in what the kubelet reports; not ready: the containers wait in CrashLoopBackOff."""
    host = body["spec"].get("hostNetwork", False)
    ips = [{"ip": address} for address in (node.ip if host else ip, ipv6) if address]
    body["status"] = {
        "phase": "Running",
        "conditions": [
            {
                "type": kind,
                "status": "True" if ready or kind in ("Initialized", "PodScheduled") else "False",
                "lastProbeTime": None,
                "lastTransitionTime": now,
            }
            for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")
        ],
        "containerStatuses": [
            _container_status(container, uid=body["metadata"]["uid"], now=now, restarts=restarts, ready=ready)
            for container in body["spec"]["containers"]
        ],
        "hostIP": node.ip,
        "podIP": ips[0]["ip"],
        "podIPs": ips,
        "qosClass": "BestEffort",
        "startTime": now,
    }
    return body


def without_image(body: Body, node: Node, *, now: str) -> Body:
    """A pod whose image cannot be pulled."""
    body = running(body, node, ip=node.ip, now=now, ready=False)
    body["status"] |= {"phase": "Pending", "podIP": "", "podIPs": []}
    for status in body["status"]["containerStatuses"]:
        said = f'Back-off pulling image "{status["image"]}"'
        status["state"] = {"waiting": {"reason": "ImagePullBackOff", "message": said}}
    return body


def without_sandbox(body: Body, node: Node, *, now: str) -> Body:
    """A pod whose containers wait for a network that its runtime does not give them."""
    body = running(body, node, ip=node.ip, now=now, ready=False)
    body["status"] |= {"phase": "Pending", "podIP": "", "podIPs": []}
    for status in body["status"]["containerStatuses"]:
        status["state"] = {"waiting": {"reason": "ContainerCreating"}}
    return body


def with_agent_image(body: Body, node: Node) -> None:
    """An agent is of its node's version, whatever the template says."""
    if body["metadata"].get("labels", {}).get("k8s-app") == "cilium":
        for container in body["spec"]["containers"]:
            container["image"] = f"quay.io/cilium/cilium:v{node.cilium.version}"


def is_ready(body: Body) -> bool:
    conditions = body["status"].get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def attached(body: Body, *, now: str) -> Body:
    """The ephemeral containers run."""
    body["status"]["ephemeralContainerStatuses"] = [
        _container_status(container, uid=body["metadata"]["uid"], now=now, restarts=0, ready=True)
        for container in body["spec"]["ephemeralContainers"]
    ]
    return body


def _container_status(container: Mapping[str, Any], *, uid: str, now: str, restarts: int, ready: bool) -> Body:
    runs = {"running": {"startedAt": now}}
    waits = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}
    return {
        "containerID": f"containerd://{uid.replace('-', '') * 2}",
        "image": container["image"],
        "imageID": f"{container['image'].rpartition(':')[0]}@sha256:{uid.replace('-', '') * 2}",
        "name": container["name"],
        "ready": ready,
        "restartCount": restarts,
        "started": ready,
        "state": runs if ready else waits,
        "lastState": {},
    }


def ended(body: Body, *, reason: str, message: str) -> Body:
    """A pod whose deadline has passed."""
    body["status"] |= {"phase": "Failed", "reason": reason, "message": message}
    for condition in body["status"].get("conditions", []):
        if condition["type"] in ("Ready", "ContainersReady"):
            condition["status"] = "False"
    for container in body["status"].get("containerStatuses", []):
        container |= {"ready": False, "started": False, "state": {"terminated": {"exitCode": 137, "reason": "Error"}}}
    return body

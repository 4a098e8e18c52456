"""The objects of a demo cluster that are Kubernetes' own, as kubelet and controllers would have written them."""

from collections.abc import Mapping
from typing import Any

from bwtop.demo.node import Node
from bwtop.demo.spec import WorkloadSpec

Body = dict[str, Any]


def metadata(name: str, *, uid: str, created: str, namespace: str = "", **fields: Any) -> Body:  # noqa: ANN401
    found = {"name": name, "namespace": namespace, "uid": uid, "creationTimestamp": created, **fields}
    return {key: value for key, value in found.items() if value}


def namespace(name: str, *, uid: str, created: str) -> Body:
    labels = {"kubernetes.io/metadata.name": name}
    return {
        "metadata": metadata(name, uid=uid, created=created, labels=labels),
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    }


def node(node: Node, *, uid: str, created: str, kubelet: str, now: str) -> Body:
    spec = node.spec
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": spec.name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": spec.instance_type,
        "topology.kubernetes.io/region": spec.zone[:-1],
        "topology.kubernetes.io/zone": spec.zone,
    }
    resources = {"cpu": "2", "ephemeral-storage": "83873772Ki", "memory": "3943372Ki", "pods": "110"}
    return {
        "metadata": metadata(spec.name, uid=uid, created=created, labels=labels),
        "spec": {"providerID": f"aws:///{spec.zone}/i-0{uid.replace('-', '')[:16]}"},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": spec.ip},
                {"type": "InternalDNS", "address": spec.name},
                {"type": "Hostname", "address": spec.name},
            ],
            "allocatable": resources,
            "capacity": resources,
            "conditions": [
                {
                    "type": kind,
                    "status": "True" if kind == "Ready" else "False",
                    "reason": reason,
                    "message": message,
                    "lastHeartbeatTime": now,
                    "lastTransitionTime": created,
                }
                for kind, reason, message in _NODE_CONDITIONS
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": uid,
                "machineID": uid.replace("-", ""),
                "systemUUID": uid,
                "containerRuntimeVersion": spec.runtime,
                "kernelVersion": spec.kernel,
                "kubeProxyVersion": kubelet,
                "kubeletVersion": kubelet,
                "operatingSystem": "linux",
                "osImage": spec.os_image,
            },
        },
    }


_NODE_CONDITIONS = (
    ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "KubeletReady", "kubelet is posting ready status"),
)


def owner_reference(kind: str, name: str, uid: str) -> Body:
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def template(workload: WorkloadSpec, *, labels: Mapping[str, str], annotations: Mapping[str, str]) -> Body:
    """The pod template of a workload."""
    found = {"labels": dict(labels), "annotations": dict(annotations)}
    return {"metadata": {key: value for key, value in found.items() if value}, "spec": pod_spec(workload)}


def pod_spec(workload: WorkloadSpec) -> Body:
    """What the author of a pod writes; the node and the defaults come with `pod`."""
    container: Body = {
        "name": workload.container or workload.name,
        "image": workload.image,
        "imagePullPolicy": "IfNotPresent",
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    }
    if workload.args:
        container["args"] = list(workload.args)
    spec: Body = {
        "containers": [container],
        "dnsPolicy": "ClusterFirst",
        "enableServiceLinks": True,
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "serviceAccountName": "default",
        "terminationGracePeriodSeconds": 30,
    }
    if workload.host_network:
        spec |= {
            "hostNetwork": True,
            "dnsPolicy": "ClusterFirstWithHostNet",
            "priorityClassName": "system-node-critical",
        }
    if workload.anti_affinity:
        term = {"labelSelector": {"matchLabels": dict(workload.anti_affinity)}, "topologyKey": "kubernetes.io/hostname"}
        spec["affinity"] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    return spec


def controller(
    *,
    kind: str,
    name: str,
    namespace: str,
    uid: str,
    created: str,
    replicas: int,
    labels: Mapping[str, str],
    template: Body,
    owner: Body | None = None,
) -> Body:
    """A Deployment, ReplicaSet, StatefulSet or DaemonSet whose pods all run."""
    spec: Body = {"selector": {"matchLabels": dict(labels)}, "template": template, **_STRATEGIES.get(kind, {})}
    if kind == "DaemonSet":
        status = {
            "currentNumberScheduled": replicas,
            "desiredNumberScheduled": replicas,
            "numberAvailable": replicas,
            "numberMisscheduled": 0,
            "numberReady": replicas,
            "updatedNumberScheduled": replicas,
        }
    else:
        spec["replicas"] = replicas
        status = {
            "replicas": replicas,
            "readyReplicas": replicas,
            "availableReplicas": replicas,
            "updatedReplicas": replicas,
        }
        if kind == "ReplicaSet":
            del status["updatedReplicas"]
    return {
        "metadata": metadata(
            name,
            namespace=namespace,
            uid=uid,
            created=created,
            labels=dict(labels),
            generation=1,
            ownerReferences=[owner] if owner else [],
        ),
        "spec": spec,
        "status": {**status, "observedGeneration": 1},
    }


_STRATEGIES: dict[str, Body] = {
    "Deployment": {
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
    },
    "StatefulSet": {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}},
    "DaemonSet": {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}},
}
"""What the API server fills in."""


def event(about: Body, *, uid: str, now: str, reason: str, message: str) -> Body:
    """A warning; `about` has kind and apiVersion."""
    there = about["metadata"]
    involved = {"kind": about["kind"], "apiVersion": about["apiVersion"], "name": there["name"], "uid": there["uid"]}
    namespace = there.get("namespace", "default")
    return {
        "metadata": metadata(f"{there['name']}.{uid[:8]}", uid=uid, created=now, namespace=namespace),
        "involvedObject": {**involved, "namespace": namespace},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "count": 1,
        "firstTimestamp": now,
        "lastTimestamp": now,
    }

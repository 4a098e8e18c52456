"""The pods that bwtop makes for a test, and the container that it adds to one; they pass the restricted standard.

Source of the rules: Pod Security Standards, profile restricted; LimitRange and ResourceQuota want requests and limits.
"""

import random
import string
from typing import Any, Final

from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.model.netperf import Sender

DEFAULT_IMAGE: Final = "cilium/netperf"
"""What Cilium's documentation of the bandwidth manager tests with; netserver and netperf are both in it."""
MANAGED_BY: Final = "app.kubernetes.io/managed-by"
MANAGER: Final = "bwtop"
COMPONENT: Final = "app.kubernetes.io/component"
TEST: Final = "netperf-test"
RUN: Final = "bwtop/run"
"""Label: the pods of one test share it."""
ROLE: Final = "bwtop/role"
SELECTOR: Final = f"{MANAGED_BY}={MANAGER},{COMPONENT}={TEST}"
HOSTNAME: Final = "kubernetes.io/hostname"
CONTAINER: Final = "netperf"
_USER: Final = 65532
_SECURITY: Final = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "runAsUser": _USER,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
_RESOURCES: Final = {
    "requests": {"cpu": "100m", "memory": "32Mi"},
    "limits": {"cpu": "1", "memory": "128Mi"},
}

Manifest = dict[str, Any]


def run_name() -> str:
    """Five letters and digits that tell one test from another."""
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=5))


def pod_for_test(
    role: Sender,
    *,
    run: str,
    namespace: str,
    image: str,
    deadline: int,
    limit: str | None = None,
    node: str | None = None,
    not_node: str | None = None,
) -> Manifest:
    """A pod that waits as a client or serves as a netserver, and is ended by its kubelet after `deadline` seconds.

    It keeps off the nodes of the other pods of its run; `node`: on this one; `not_node`: on any but this one.
    """
    labels = {
        "app.kubernetes.io/name": f"netperf-{role.value}",
        MANAGED_BY: MANAGER,
        COMPONENT: TEST,
        RUN: run,
        ROLE: role.value,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"bwtop-netperf-{role.value}-{run}",
            "namespace": namespace,
            "labels": labels,
            "annotations": {EGRESS_BANDWIDTH: limit} if limit else {},
        },
        "spec": {
            "restartPolicy": "Never",
            "activeDeadlineSeconds": deadline,
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "affinity": _affinity(run, role, node=node, not_node=not_node),
            "containers": [
                {
                    "name": CONTAINER,
                    "image": image,
                    "imagePullPolicy": "IfNotPresent",
                    "command": _command(role, deadline),
                    "securityContext": _SECURITY,
                    "resources": _RESOURCES,
                }
            ],
        },
    }


def ephemeral_netserver(*, run: str, image: str, deadline: int) -> Manifest:
    """A container for a running pod; it ends by itself, and its entry stays in the pod (Kubernetes removes none)."""
    return {
        "name": f"bwtop-netserver-{run}",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["timeout", str(deadline), "netserver", "-D"],
        "securityContext": _SECURITY,
    }


def _command(role: Sender, deadline: int) -> list[str]:
    return ["netserver", "-D"] if role is Sender.SERVER else ["sleep", str(deadline)]


def _affinity(run: str, role: Sender, *, node: str | None, not_node: str | None) -> Manifest:
    other = Sender.CLIENT if role is Sender.SERVER else Sender.SERVER
    apart = {"labelSelector": {"matchLabels": {RUN: run, ROLE: other.value}}, "topologyKey": HOSTNAME}
    affinity: Manifest = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}}
    wanted = [
        {"key": "metadata.name", "operator": operator, "values": [name]}
        for operator, name in (("In", node), ("NotIn", not_node))
        if name
    ]
    if wanted:
        terms = {"nodeSelectorTerms": [{"matchFields": wanted}]}
        affinity["nodeAffinity"] = {"requiredDuringSchedulingIgnoredDuringExecution": terms}
    return affinity

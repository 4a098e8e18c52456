"""Keeps the cluster moving while it is soaked: pods and endpoints are made, changed and deleted, around all faults."""

import http.client
import random
import threading
from collections import Counter
from dataclasses import dataclass, field

from cluster.plan import PlannedPod
from cluster.rest import MERGE_PATCH, RefusedError, Rest
from cluster.rig import Rig
from cluster.seed import endpoint_object, pod_object, run_pod

NAMESPACE = "churn"
ANNOTATION = "kubernetes.io/egress-bandwidth"
MOST = 60
"""Pods at once."""
PODS, ENDPOINTS = f"/api/v1/namespaces/{NAMESPACE}/pods", f"/apis/cilium.io/v2/namespaces/{NAMESPACE}/ciliumendpoints"


@dataclass
class Churn:
    """Runs in a thread; what fails while the API server is away is let go."""

    rig: Rig
    node: str
    node_ip: str
    random: random.Random
    rate: float = 5.0
    """Changes a second."""
    done: Counter[str] = field(default_factory=Counter)
    _ended: threading.Event = field(default_factory=threading.Event)
    _made: dict[str, PlannedPod] = field(default_factory=dict)
    _number: int = 0
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="churn", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        with self.rig.rest() as rest:
            while not self._ended.wait(1 / self.rate):
                try:
                    self._change(rest)
                except (OSError, http.client.HTTPException, RefusedError):
                    self.done["failed"] += 1
                    rest.connection.close()  # the next request opens it again

    def _change(self, rest: Rest) -> None:
        what = self.random.choices(("make", "annotate", "delete"), (4 if len(self._made) < MOST else 1, 6, 2))[0]
        if what == "make" or not self._made:
            self._make(rest)
            return
        name = self.random.choice(list(self._made))
        if what == "annotate":
            limit = self.random.choice((None, "10M", "25M", "1G"))
            change = {"metadata": {"annotations": {ANNOTATION: limit}}}
            rest.call("PATCH", f"{PODS}/{name}", change, content_type=MERGE_PATCH)
            self.done["changed"] += 1
            return
        del self._made[name]
        rest.call("DELETE", f"{ENDPOINTS}/{name}")
        rest.call("DELETE", f"{PODS}/{name}?gracePeriodSeconds=0")
        self.done["deleted"] += 1

    def _make(self, rest: Rest) -> None:
        self._number += 1
        number = self._number
        pod = PlannedPod(
            namespace=NAMESPACE, name=f"churn-{number}", node=self.node, state="", identity_id=30_000,
            ipv4=f"10.250.{number // 250 % 250}.{number % 250 + 1}", endpoint_id=10_000 + number % 50_000,
        )  # fmt: skip
        uid = run_pod(rest, pod_object(pod), ip=pod.ipv4, host_ip=self.node_ip)
        self._made[pod.name] = pod
        rest.call("POST", ENDPOINTS, endpoint_object(pod, uid=uid, node_ip=self.node_ip))
        self.done["made"] += 1

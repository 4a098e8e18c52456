"""Scheduler, controller manager and KWOK beside the test cluster: pods get a node, run, and are gone when deleted.

KWOK stands for the kubelets; what is run in a pod still goes to fakelet.
"""

import contextlib
from collections.abc import Iterator, Sequence

from cluster import processes
from cluster import rig as rigs
from cluster.needs import need
from cluster.plan import PlannedNode
from cluster.rig import Rig, binaries
from cluster.seed import node_object

SERVERS = ("kube-scheduler", "kube-controller-manager", "kwok")
ROOM = {"cpu": "4", "memory": "8Gi", "pods": "110"}
CONTROLLERS = (
    "namespace-controller,garbage-collector-controller,serviceaccount-controller,"
    "deployment-controller,replicaset-controller,statefulset-controller,daemonset-controller"
)


def missing() -> str:
    """Why no pods can be run here and what to do about it; empty when they can."""
    absent = [name for name in (*SERVERS, "kwok.yaml") if not (binaries() / name).exists()]
    wanted = " ".join(SERVERS)
    return f'{", ".join(absent)} not in {binaries()}: run WITH="{wanted}" tests/cluster/build' if absent else ""


@contextlib.contextmanager
def cluster(nodes: Sequence[PlannedNode]) -> Iterator[Rig]:
    """One of its own, whose nodes take pods; the test is skipped where that was not built."""
    need(rigs.missing() or missing())
    with rigs.running() as rig, running(rig, nodes):
        yield rig


@contextlib.contextmanager
def running(rig: Rig, nodes: Sequence[PlannedNode]) -> Iterator[None]:
    """With these nodes, which have room for pods."""
    kubeconfig = f"--kubeconfig={rig.kubeconfig}"
    common = (kubeconfig, "--bind-address=127.0.0.1", "--secure-port=0", "--leader-elect=false")
    flags = {
        "kube-scheduler": common,
        "kube-controller-manager": (
            *common, f"--controllers={CONTROLLERS}", "--use-service-account-credentials=false",
            "--service-account-private-key-file=sa.key", "--root-ca-file=ca.crt",
        ),
        "kwok": (kubeconfig, "--manage-all-nodes", f"--config={binaries() / 'kwok.yaml'}"),
    }  # fmt: skip
    with rig.rest() as rest:
        for node in nodes:
            body = node_object(node, port=rig.kubelet_port)
            body["status"] |= {"capacity": ROOM, "allocatable": ROOM}
            rest.call("POST", "/api/v1/nodes", body)
    try:
        for name in SERVERS:
            processes.start(name, [str(binaries() / name), *flags[name]], directory=rig.directory, keep=False)
        yield
    finally:
        for name in reversed(SERVERS):
            processes.stop(name, rig.directory)

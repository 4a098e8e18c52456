"""Clusters of a size on a real API server, quiet or busy."""

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

from cluster import rig as rigs
from cluster.rest import MERGE_PATCH, Rest
from cluster.rig import Rig

PODS_OF_A_NODE = {1_000: 10, 10_000: 20, 50_000: 25}
WATCHED_POD = ("team-0", "app-000-00000000-000000")
"""Churn leaves this pod alone."""
ANNOTATION = "kubernetes.io/egress-bandwidth"
LISTABLE_SECONDS = 180.0


@dataclass(frozen=True, kw_only=True)
class LoadedCluster:
    """`pods` applications over `nodes` nodes, each with an agent that answers."""

    rig: Rig
    nodes: int
    pods: int

    @property
    def all_pods(self) -> int:
        """With the agents' own."""
        return self.pods + self.nodes

    def quiet(self, still: bool) -> None:
        """Whether the pods send nothing or each at its own steady rate."""
        path = self.rig.directory / "containers" / "default" / "scene.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({"fleet": {"nodes": self.nodes, "pods": self.pods, "quiet": still}}))
        fresh.rename(path)

    @contextlib.contextmanager
    def churn(self, *, per_second: int, kinds: str = "cep,pod") -> Iterator[None]:
        """Updates of random objects, written to etcd so that the API server's CPU is not what is measured."""
        command = [*self.rig.load(nodes=self.nodes, pods=self.pods), "-churn", str(per_second), "-kinds", kinds]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield
            finally:
                process.terminate()
                report = json.loads(process.communicate(timeout=20)[0])
        if report["per_second"] < per_second * 0.9 or report["failed"]:
            print(f"note: the churn was {report}", flush=True)


@contextlib.contextmanager
def loaded(pods: int, *, priority: int = 0) -> Iterator[LoadedCluster]:
    """A cluster with that many application pods, listable."""
    nodes = max(1, pods // PODS_OF_A_NODE.get(pods, 20))
    with rigs.running(priority=priority) as rig:
        cluster = LoadedCluster(rig=rig, nodes=nodes, pods=pods)
        subprocess.run(rig.load(nodes=nodes, pods=pods), check=True, stdout=subprocess.DEVNULL)
        await_listable(cluster)
        yield cluster


def await_listable(cluster: LoadedCluster) -> None:
    """An API server under which etcd was filled answers 429 until its watch caches have caught up."""
    wanted = {"/api/v1/pods": cluster.all_pods, "/apis/cilium.io/v2/ciliumendpoints": cluster.pods}
    deadline = time.monotonic() + LISTABLE_SECONDS
    with cluster.rig.rest() as rest:
        while wanted:
            wanted = {path: count for path, count in wanted.items() if _count(rest, path) != count}
            if time.monotonic() > deadline:
                raise TimeoutError(f"not listable after {LISTABLE_SECONDS:.0f} s: {', '.join(wanted)}")
            time.sleep(0.5)


def _count(rest: Rest, path: str) -> int:
    """How many objects the API server would list; -1 while it cannot tell."""
    cached, _ = rest.send("GET", f"{path}?resourceVersion=0&fieldSelector=metadata.name=none")
    status, page = rest.send("GET", f"{path}?limit=1")
    return len(page["items"]) + page["metadata"].get("remainingItemCount", 0) if cached == status == 200 else -1


@dataclass(frozen=True)
class AnnotatedPod:
    """Changes the limit that is asked for one pod, over a connection of its own."""

    rest: Rest

    def ask(self, limit: str) -> float:
        """Returns the time of the server's answer."""
        namespace, name = WATCHED_POD
        body = {"metadata": {"annotations": {ANNOTATION: limit}}}
        self.rest.call("PATCH", f"/api/v1/namespaces/{namespace}/pods/{name}", body, content_type=MERGE_PATCH)
        return time.perf_counter()

"""What watching costs the API server: its CPU with nobody, with one `kubectl get pods -A -w`, with bwtop's screen."""

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from bench.loaded import LoadedCluster
from bench.measure import CHURN
from bench.program import TICKS, Program

STARTING, SETTLE, REST, BUSY = 60.0, 5.0, 60.0, 20.0
"""Seconds: everything is listed and each agent read in the first, the sweep goes on in the others."""
HEAD = ("API server's CPU", "the first minute, s", "at rest, %", f"at {CHURN} events/s, %")

Watching = Callable[[], AbstractContextManager[Callable[[float], None]]]
"""Starts who watches; what it yields lets so many seconds go by."""


def measure(
    cluster: LoadedCluster, command: Sequence[str], *, env: Mapping[str, str], priority: int
) -> list[list[str]]:
    """A row for nobody, for kubectl and for bwtop: the program's name and a figure for each column of HEAD."""

    @contextlib.contextmanager
    def nobody() -> Iterator[Callable[[float], None]]:
        yield time.sleep

    @contextlib.contextmanager
    def kubectl() -> Iterator[Callable[[float], None]]:
        watch = ["kubectl", "--kubeconfig", str(cluster.rig.kubeconfig), "get", "pods", "-A", "-w"]
        with subprocess.Popen(watch, stdout=subprocess.DEVNULL) as process:
            try:
                yield time.sleep
            finally:
                process.terminate()

    @contextlib.contextmanager
    def bwtop() -> Iterator[Callable[[float], None]]:
        with Program(command, env=env, priority=priority) as program:
            yield program.watch

    watchers: dict[str, Watching] = {"nobody": nobody, "kubectl get pods -A -w": kubectl, "bwtop": bwtop}
    return [[name, *_figures(cluster, watching)] for name, watching in watchers.items()]


def _figures(cluster: LoadedCluster, watching: Watching) -> Iterator[str]:
    cluster.quiet(True)
    before = _seconds(cluster)
    with watching() as passes:
        passes(STARTING)
        yield f"{_seconds(cluster) - before:.1f}"
        passes(SETTLE)
        yield f"{_cpu(cluster, passes, REST):.1f}"
        with cluster.churn(per_second=CHURN):
            passes(2.0)
            yield f"{_cpu(cluster, passes, BUSY):.1f}"


def _cpu(cluster: LoadedCluster, passes: Callable[[float], None], seconds: float) -> float:
    """% of a core in a window."""
    used, began = _seconds(cluster), time.perf_counter()
    passes(seconds)
    return 100 * (_seconds(cluster) - used) / (time.perf_counter() - began)


def _seconds(cluster: LoadedCluster) -> float:
    """CPU seconds of the kube-apiserver so far."""
    pid = int((cluster.rig.directory / "kube-apiserver.pid").read_text())
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / TICKS


def table(rows: Sequence[Sequence[str]]) -> str:
    """Markdown."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (HEAD, ["---"] * len(HEAD), *rows))

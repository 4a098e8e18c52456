"""bwtop's screen on a loaded cluster, measured through all phases."""

import json
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.budgets import Median
from bench.loaded import WATCHED_POD, AnnotatedPod, LoadedCluster
from bench.program import Program, now

KEYS = "jjjkjjkj"
KEY_GAP = 0.4
FIRST_ROW = r"(team-\d|kube-system) .*(app-\d{3}-|cilium-\d{5})"
VIEW_KEYS = "2j3j4j1j" + "j" * 20
SETTLE, REST, BUSY = 5.0, 20.0, 15.0
"""Seconds."""
CHURN = 200
UPDATES = 6
LOADS = 3
"""Figures of loading are the median of so many runs: the first list of an API server that was just filled is slow."""
LOAD_FIGURES = ("first row", "all rows", "everything loaded", "CPU until all rows", "RSS with all rows")
LOAD_TIMEOUT, READ_TIMEOUT, UPDATE_TIMEOUT = 180.0, 150.0, 30.0


@dataclass
class Measurement:
    """Figures by the names of budgets.BUDGETS."""

    program: Program
    cluster: LoadedCluster
    figures: dict[str, float | None] = field(default_factory=dict)
    _asked: int = 101

    def load(self) -> None:
        """From exec to the first row and to the count of all rows."""
        first = self.program.until(self.program.sees(FIRST_ROW), timeout=LOAD_TIMEOUT)
        full = self.program.until(self.program.sees(whole_count(self.cluster.all_pods)), timeout=LOAD_TIMEOUT)
        self.figures["first row"] = first and first - self.program.began
        self.figures["all rows"] = full and full - self.program.began
        self.figures["CPU until all rows"] = self.program.cpu()
        self.figures["RSS with all rows"] = self.program.rss()
        live = self.program.until(self.program.sees(r" live "), timeout=LOAD_TIMEOUT)
        self.figures["everything loaded"] = live and live - self.program.began

    def settle(self) -> None:
        """Until all agents have been read, which goes on after the rows are there, and a little longer."""
        nodes = self.cluster.nodes
        read = self.program.until(self.program.sees(rf"\b{nodes}/{nodes} nodes"), timeout=READ_TIMEOUT)
        self.figures["all agents read"] = read and read - self.program.began
        self.program.watch(SETTLE)
        self.figures["RSS settled"] = self.program.rss()

    def rest(self) -> None:
        """Nothing changes in the cluster."""
        cpu, written = self._window(REST)
        self.figures["CPU at rest"] = cpu
        self.figures["terminal at rest"] = written
        self.figures["key to paint at rest"] = self._keys()
        self.figures["update to paint at rest"] = self._updates()

    def busy(self) -> None:
        """Pods send, and objects change."""
        self.cluster.quiet(False)
        with self.cluster.churn(per_second=CHURN):
            self.program.watch(3.0)
            cpu, written = self._window(BUSY)
            self.figures[f"CPU at {CHURN} events/s"] = cpu
            self.figures[f"terminal at {CHURN} events/s"] = written
            self.figures[f"key to paint at {CHURN} events/s"] = self._keys()
            self.figures[f"update to paint at {CHURN} events/s"] = self._updates()
        self.figures["RSS after it"] = self.program.rss()

    def _window(self, seconds: float) -> tuple[float, float]:
        """CPU in % of a core and bytes/s to the terminal."""
        used, written, began = self.program.cpu(), self.program.bytes, now()
        self.program.watch(seconds)
        span = now() - began
        return 100 * (self.program.cpu() - used) / span, (self.program.bytes - written) / span

    def _keys(self) -> float | None:
        """The median, ms."""
        times = []
        for key in KEYS:
            self.program.watch(KEY_GAP)
            times.append(self.program.press(key))
        return Median.of(times)

    def _updates(self) -> float | None:
        """From the API server's answer to the new limit on the screen, with the filter on that pod; the median, ms."""
        self._filter(WATCHED_POD[1])
        with self.cluster.rig.rest() as rest:
            pod = AnnotatedPod(rest)
            times = [self._update(pod, place) for place in range(UPDATES)]
        self.program.type("\x1b")
        self.program.watch(KEY_GAP)
        return Median.of(times)

    def _filter(self, text: str) -> None:
        """Keys that come before the field has the focus are not the field's."""
        for keys in ("/", text, "\r"):
            self.program.type(keys)
            self.program.watch(KEY_GAP)

    def _update(self, pod: AnnotatedPod, place: int) -> float | None:
        self.program.watch(0.137 + place * 0.31)  # not in step with a timer
        self._asked += 1
        answered: list[float] = []
        patch = threading.Thread(target=lambda limit=f"{self._asked}M": answered.append(pod.ask(limit)))
        patch.start()
        seen = self.program.until(self.program.sees(rf"\b{self._asked}M\b"), timeout=UPDATE_TIMEOUT)
        patch.join()
        return None if seen is None or not answered else max(0.0, seen - answered[0]) * 1000


def measure(
    cluster: LoadedCluster, command: Sequence[str], *, priority: int, dump: Path | None = None
) -> dict[str, float | None]:
    """Runs `command` through all phases; `dump` gets the last screen."""
    cluster.quiet(True)
    loads = [_load(cluster, command, priority=priority) for _ in range(LOADS - 1)]
    with (
        tempfile.TemporaryDirectory(prefix="bwtop-bench-") as folder,
        Program(command, env=_environment(cluster, folder), priority=priority) as program,
    ):
        measurement = Measurement(program, cluster)
        try:
            measurement.load()
            measurement.settle()
            measurement.rest()
            measurement.busy()
        finally:
            if dump:
                dump.write_text(program.screen.text())
    loads.append(measurement.figures)
    loaded = {name: Median.of([figures.get(name) for figures in loads]) for name in LOAD_FIGURES}
    return measurement.figures | loaded | _loop(cluster, command, priority=priority)


def _load(cluster: LoadedCluster, command: Sequence[str], *, priority: int) -> dict[str, float | None]:
    """Until everything is listed, and no further."""
    with (
        tempfile.TemporaryDirectory(prefix="bwtop-bench-") as folder,
        Program(command, env=_environment(cluster, folder), priority=priority) as program,
    ):
        measurement = Measurement(program, cluster)
        measurement.load()
    return measurement.figures


def _loop(cluster: LoadedCluster, command: Sequence[str], *, priority: int) -> dict[str, float | None]:
    """What bwtop says of its own event loop, in a run of its own: to watch it costs a third of a per cent of CPU."""
    with tempfile.TemporaryDirectory(prefix="bwtop-bench-") as folder:
        report = Path(folder) / "loop.json"
        env = _environment(cluster, folder) | {"BWTOP_LOOP_WATCH": str(report)}
        with cluster.churn(per_second=CHURN), Program(command, env=env, priority=priority) as program:
            Measurement(program, cluster).load()
            program.watch(REST)
            for key in VIEW_KEYS:
                program.type(key)
                program.watch(KEY_GAP)
            found = json.loads(report.read_text())
    return {
        "longest block of the event loop": found["longest_block_ms"],
        "the same with waiting for a CPU": found["longest_turn_ms"],
        "most CPU in a turn of the loop": found["longest_cpu_ms"],
    }


def _environment(cluster: LoadedCluster, folder: str) -> dict[str, str]:
    return {"KUBECONFIG": str(cluster.rig.kubeconfig), "XDG_STATE_HOME": folder}


def whole_count(count: int) -> str:
    """The count on the tab, which carries an ellipsis while rows are still coming."""
    return rf"\bPods +({count:,}|{count})(?![\d,…])(?! *…)"

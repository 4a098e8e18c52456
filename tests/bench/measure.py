"""bwtop's screen on a loaded cluster, measured through all phases."""

import json
import statistics
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.loaded import WATCHED_POD, AnnotatedPod, LoadedCluster
from bench.program import Program, now

KEYS = "jjjkjjkj"
KEY_GAP = 0.4
FIRST_ROW = r"(team-\d|kube-system) .*(app-\d{3}-|cilium-\d{5})"
SETTLE, REST, BUSY = 5.0, 20.0, 20.0
"""Seconds."""
CHURN = 200
UPDATES = 6
LOAD_TIMEOUT, UPDATE_TIMEOUT = 180.0, 30.0


@dataclass
class Measurement:
    """Figures by the names of budgets.BUDGETS."""

    program: Program
    cluster: LoadedCluster
    loop_watch: Path
    figures: dict[str, float | None] = field(default_factory=dict)
    _asked: int = 101

    def load(self) -> None:
        """From exec to the first row and to the count of all rows."""
        first = self.program.until(self.program.sees(FIRST_ROW), timeout=LOAD_TIMEOUT)
        full = self.program.until(self.program.sees(_whole_count(self.cluster.all_pods)), timeout=LOAD_TIMEOUT)
        self.figures["first row"] = first and first - self.program.began
        self.figures["all rows"] = full and full - self.program.began
        self.figures["CPU until all rows"] = self.program.cpu()
        self.figures["RSS with all rows"] = self.program.rss()

    def settle(self, *, read_seconds: float) -> None:
        """Until the agents have been read, which goes on after the rows are there."""
        self.program.watch(SETTLE + read_seconds)
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

    def loop(self) -> None:
        """What bwtop says of its own event loop."""
        if self.loop_watch.exists():
            block: float = json.loads(self.loop_watch.read_text())["longest_block_ms"]
            self.figures["longest block of the event loop"] = block

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
        return _median(times)

    def _updates(self) -> float | None:
        """From the API server's answer to the new limit on the screen, with the filter on that pod; the median, ms."""
        self._filter(WATCHED_POD[1])
        with self.cluster.rig.rest() as rest:
            pod = AnnotatedPod(rest)
            times = [self._update(pod, place) for place in range(UPDATES)]
        self.program.type("\x1b")
        self.program.watch(KEY_GAP)
        return _median(times)

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


def measure(cluster: LoadedCluster, command: Sequence[str], *, dump: Path | None = None) -> dict[str, float | None]:
    """Runs `command` through all phases; `dump` gets the last screen."""
    cluster.quiet(True)
    with tempfile.TemporaryDirectory(prefix="bwtop-bench-") as folder:
        loop_watch = Path(folder) / "loop.json"
        env = {"KUBECONFIG": str(cluster.rig.kubeconfig), "BWTOP_LOOP_WATCH": str(loop_watch), "XDG_STATE_HOME": folder}
        with Program(command, env=env) as program:
            measurement = Measurement(program, cluster, loop_watch)
            try:
                measurement.load()
                measurement.settle(read_seconds=cluster.nodes / 50)
                measurement.rest()
                measurement.busy()
            finally:
                if dump:
                    dump.write_text(program.screen.text())
        measurement.loop()
    return measurement.figures


def _whole_count(count: int) -> str:
    """The count on the tab, which carries an ellipsis while rows are still coming."""
    return rf"\bPods +({count:,}|{count})(?![\d,…])(?! *…)"


def _median(times: Sequence[float | None]) -> float | None:
    """None when most did not happen."""
    seen = [each for each in times if each is not None]
    return statistics.median(seen) if len(seen) > len(times) / 2 else None

"""What a run came to, as text and as a verdict."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

MB = 1024 * 1024
GROWTH, GROWTH_SHORT = 8 * MB, 25 * MB
"""How much the memory may grow from the second quarter of the run to the last; a short run is still warming up."""
MOST_TASKS = 300
"""Seven for watches, sampler and screen, three for each of at most fifty execs, and room for what is ending."""
LONG = 60
"""Figures from which on a run is a long one."""
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


@dataclass
class Report:
    seed: int
    minutes: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    churn: Counter[str] = field(default_factory=Counter)
    plugin_runs: int = 0
    settled: float = 0.0
    wrong: list[str] = field(default_factory=list)
    """What was still not right after the faults had ended for long."""
    started: dict[str, Any] = field(default_factory=dict)
    figures: list[dict[str, Any]] = field(default_factory=list)
    """Every ten seconds of the faults, and once after them."""
    closed: dict[str, Any] = field(default_factory=dict)

    def failures(self) -> list[str]:
        """Empty: all is as it should be."""
        found = list(self.wrong)
        if not self.closed:
            return [*found, "the run did not come to its end"]
        found += [
            f"{self.closed[what]} {what} after closing, {self.started[what]} before it opened"
            for what in ("tasks", "children")
            if self.closed[what] > self.started[what]
        ]
        if self.grown > (GROWTH if len(self.figures) >= LONG else GROWTH_SHORT):
            found.append(f"the memory grew by {self.grown / MB:.1f} MB")
        if self.most_tasks > MOST_TASKS:
            found.append(f"{self.most_tasks} tasks at once")
        return found

    @property
    def quarters(self) -> list[float]:
        """Median memory in bytes of each quarter of the run."""
        sizes = [each["rss"] for each in self.figures]
        cuts = [len(sizes) * place // 4 for place in range(5)]
        return [median(sizes[begin:end] or sizes) for begin, end in pairwise(cuts)]

    @property
    def grown(self) -> float:
        """Bytes, from the second quarter to the last: the first one fills the caches."""
        return self.quarters[3] - self.quarters[1] if self.figures else 0.0

    @property
    def most_tasks(self) -> int:
        return max((each["peak"] for each in self.figures), default=0)

    def text(self) -> str:
        failures = self.failures()
        verdict = (
            ["", *(f"FAILED: {failure}" for failure in failures[:20])] if failures else ["", "All as it should be."]
        )
        return "\n".join([*self._lines(), *verdict])

    def write(self, path: Path) -> None:
        """Replaces what stands between the marks."""
        before, _, rest = path.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        path.write_text(f"{before}{BEGIN}\n{self.text()}\n{END}{after}")

    def _lines(self) -> Iterator[str]:
        yield f"Seed {self.seed}, {self.minutes:.1f} minutes, {sum(self.faults.values())} faults."
        yield ""
        yield "| | |"
        yield "|---|---|"
        for name, value in self._rows():
            yield f"| {name} | {value} |"
        yield ""
        yield "| fault | times |"
        yield "|---|---|"
        for name, times in self.faults.most_common():
            yield f"| {name} | {times} |"

    def _rows(self) -> Iterator[tuple[str, object]]:
        last, sizes = self.figures[-1] if self.figures else {}, [each["rss"] / MB for each in self.figures]
        yield "store against a fresh list", f"{len(self.wrong)} differences, {self.settled:.1f} s after the last fault"
        if sizes:
            yield "memory", f"{sizes[0]:.0f} MB at first, at most {max(sizes):.0f} MB, {sizes[-1]:.0f} MB at the end"
            yield "memory by quarters of the run", " · ".join(f"{each / MB:.1f}" for each in self.quarters) + " MB"
            yield "tasks", f"at most {self.most_tasks}, {last['tasks']} at the end"
            yield "received", f"{last['received'] / MB:.0f} MB"
        if self.closed:
            before, after = self.started, self.closed
            yield (
                "after closing",
                ", ".join(
                    f"{what} {after[what]} ({before[what]} before)"
                    for what in ("tasks", "children", "threads", "files")
                ),
            )
        yield "requests", ", ".join(f"{count} {kind}" for kind, count in sorted(self.requests.items()))
        yield "credential plugin", f"run {self.plugin_runs} times"
        yield "meanwhile in the cluster", ", ".join(f"{count} {what}" for what, count in sorted(self.churn.items()))

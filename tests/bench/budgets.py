"""What bwtop may cost, and the table that says whether it keeps to it."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

Figures = Mapping[str, float | None]
"""Measured values by the name of their budget; None: it did not happen in time."""


class Median(float):
    """Of several runs; knows the lowest and the highest, too."""

    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float | None]) -> Self | None:
        """None when it did not happen in most runs."""
        seen = [value for value in values if value is not None]
        if len(seen) * 2 <= len(values):
            return None
        median = cls(statistics.median(seen))
        median.lowest, median.highest = min(seen), max(seen)
        return median


@dataclass(frozen=True, kw_only=True)
class Budget:
    """One line of the table."""

    name: str
    unit: str
    limit: float | None = None
    """At every size, unless `at` says otherwise; None: only shown."""
    at: Mapping[int, float] = field(default_factory=dict)
    """The limit at one size (pods); other sizes have none then."""
    digits: int = 1

    def limit_at(self, size: int) -> float | None:
        return self.at.get(size) if self.at else self.limit

    def cell(self, size: int, value: float | None, *, judged: bool = True) -> str:
        """The figure with `ok` or `MISSED` where there is a limit."""
        limit = self.limit_at(size) if judged else None
        if value is None:
            return "not seen" if limit is None else "not seen **MISSED**"
        shown = self._shown(value)
        if isinstance(value, Median):
            shown += f" ({self._shown(value.lowest)}–{self._shown(value.highest)})"
        if limit is None:
            return shown
        return f"{shown} ok" if value <= limit else f"{shown} **MISSED**"

    def _shown(self, value: float) -> str:
        return f"{value:,.{self.digits}f}"

    def describe(self) -> str:
        """The limit, as the column of budgets shows it."""
        if self.at:
            return ", ".join(f"{limit:g} at {size // 1000}k" for size, limit in self.at.items())
        return "" if self.limit is None else f"{self.limit:g}"


BUDGETS: Sequence[Budget] = (
    Budget(name="first row", unit="s", at={10_000: 1}, digits=2),
    Budget(name="all rows", unit="s", at={10_000: 3, 50_000: 10}, digits=2),
    Budget(name="everything loaded", unit="s", digits=2),
    Budget(name="all agents read", unit="s"),
    Budget(name="CPU until all rows", unit="s", at={10_000: 2}, digits=2),
    Budget(name="RSS with all rows", unit="MiB", at={1_000: 90, 10_000: 150, 50_000: 350}),
    Budget(name="RSS settled", unit="MiB", at={1_000: 90, 10_000: 150, 50_000: 350}),
    Budget(name="longest block of the event loop", unit="ms", limit=50),
    Budget(name="the same with waiting for a CPU", unit="ms"),
    Budget(name="most CPU in a turn of the loop", unit="ms"),
    Budget(name="CPU at rest", unit="%", limit=1, digits=2),
    Budget(name="terminal at rest", unit="B/s", limit=100, digits=0),
    Budget(name="key to paint at rest", unit="ms", limit=20),
    Budget(name="update to paint at rest", unit="ms", limit=1000, digits=0),
    Budget(name="CPU at 200 events/s", unit="%"),
    Budget(name="terminal at 200 events/s", unit="B/s", limit=10_000, digits=0),
    Budget(name="key to paint at 200 events/s", unit="ms", limit=50),
    Budget(name="update to paint at 200 events/s", unit="ms", at={10_000: 1000}, digits=0),
    Budget(name="RSS after it", unit="MiB"),
    Budget(name="100 agents read", unit="s", limit=2, digits=2),
)
ENDPOINTS = Budget(name="100k endpoints listed, against reading their bytes", unit="times", limit=2.5)


def table(measured: Mapping[int, Figures], *, budgets: Sequence[Budget] = BUDGETS, judged: bool = True) -> str:
    """Markdown; one column a size."""
    head = ["", "unit", "budget", *(f"{size:,} pods" for size in measured)]
    lines = [head, ["---"] * len(head)]
    for budget in budgets:
        cells = [
            budget.cell(size, figures[budget.name], judged=judged) if budget.name in figures else ""
            for size, figures in measured.items()
        ]
        if any(cells):
            lines.append([budget.name, budget.unit, budget.describe(), *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def missed(measured: Mapping[int, Figures]) -> int:
    """How many figures are over their budgets."""
    return table(measured).count("MISSED")

"""Every view at every size of terminal on one cluster, at rest and while objects change; k9s beside it where it is."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.k9s import k9s
from bench.loaded import LoadedCluster
from bench.program import Program, now

SIZES = ((80, 24), (120, 40), (200, 60))
VIEWS = {"pods": "1", "nodes": "2", "endpoints": "3", "limits": "4"}
K9S_VIEWS = {"pods": "pods", "nodes": "nodes", "endpoints": "ciliumendpoints.cilium.io"}
READ_SECONDS, TURN_SECONDS, KEY_GAP = 20.0, 2.0, 0.3
REST_SECONDS, BUSY_SECONDS = 15.0, 6.0
"""CPU is counted in ticks of 10 ms: at rest, in six seconds, each would be a sixth of a per cent."""
CALM_SECONDS = 12.0
"""After a view was opened: the nodes that came on the screen are read one after the other, and their rates come."""
KEYS = "jjkjk"
HEAD = (
    "program",
    "view",
    "terminal",
    "B/s",
    "CPU %",
    "key ms",
    "B/s, 200/s",
    "CPU %, 200/s",
    "key ms, 200/s",
    "RSS MiB",
)
BUDGETS = ("", "", "", 100, 1, 20, 10_000, None, 50, 150)


@dataclass(frozen=True, kw_only=True)
class Figures:
    written: float
    """Bytes/s to the terminal."""
    cpu: float
    """% of a core."""
    key: float | None
    """Median, ms."""


def _figures(program: Program, *, seconds: float) -> Figures:
    used, written, began = program.cpu(), program.bytes, now()
    program.watch(seconds)
    span = now() - began
    cpu, written_rate = 100 * (program.cpu() - used) / span, (program.bytes - written) / span
    times = []
    for key in KEYS:
        program.watch(KEY_GAP)
        times.append(program.press(key, timeout=2.0))
    seen = [time for time in times if time is not None]
    return Figures(written=written_rate, cpu=cpu, key=statistics.median(seen) if seen else None)


def bwtop(cluster: LoadedCluster, command: Sequence[str], *, env: Mapping[str, str], priority: int) -> list[list[str]]:
    """A row of the table for each view and size."""
    rows = []
    for columns, lines in SIZES:
        cluster.quiet(True)
        with Program(command, columns=columns, lines=lines, env=env, priority=priority) as program:
            program.until(program.sees(rf"Pods +{cluster.all_pods:,}(?![\d,…])(?! *…)"), timeout=60)
            program.watch(READ_SECONDS)
            rest, rss = {}, {}
            for view, key in VIEWS.items():
                program.type(key)
                program.watch(CALM_SECONDS)
                rest[view] = _figures(program, seconds=REST_SECONDS)
            cluster.quiet(False)
            with cluster.churn(per_second=200):
                for view, key in VIEWS.items():
                    program.type(key)
                    program.watch(TURN_SECONDS)
                    busy = _figures(program, seconds=BUSY_SECONDS)
                    rss[view] = program.rss()
                    rows.append(_row("bwtop", view, f"{columns}x{lines}", rest[view], busy, rss[view]))
    return rows


def beside(cluster: LoadedCluster, *, priority: int) -> list[list[str]]:
    """The same of k9s, at 120x40; empty where it is not installed."""
    rows = []
    for view, resource in K9S_VIEWS.items():
        cluster.quiet(True)
        with k9s(cluster, resource, priority=priority) as program:
            if program is None:
                return []
            program.until(program.sees(r"\[[\d,]{3,}\]"), timeout=120)
            program.watch(5.0)
            rest = _figures(program, seconds=REST_SECONDS)
            with cluster.churn(per_second=200):
                program.watch(TURN_SECONDS)
                busy = _figures(program, seconds=BUSY_SECONDS)
            rows.append(_row("k9s", view, "120x40", rest, busy, program.rss()))
    return rows


def _row(program: str, view: str, size: str, rest: Figures, busy: Figures, rss: float) -> list[str]:
    figures = (rest.written, rest.cpu, rest.key, busy.written, busy.cpu, busy.key, rss)
    limits = BUDGETS[3:] if program == "bwtop" else (None,) * len(figures)
    return [program, view, size, *(_cell(figure, limit) for figure, limit in zip(figures, limits, strict=True))]


def _cell(figure: float | None, limit: object) -> str:
    if figure is None:
        return "not seen"
    missed = " **MISSED**" if isinstance(limit, int) and figure > limit else ""
    return (f"{figure:,.0f}" if figure >= 100 else f"{figure:.1f}") + missed


def table(rows: Sequence[Sequence[str]]) -> str:
    """Markdown, with the budgets in its second line."""
    budgets = ["budget", *("" if limit in (None, "") else f"{limit:,}" for limit in BUDGETS[1:])]
    lines = [HEAD, ["---"] * len(HEAD), budgets, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

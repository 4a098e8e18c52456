"""Prints one table of what bwtop costs, and whether that is within its budgets."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import endpoints, k9s, server, views
from bench.budgets import ENDPOINTS, Figures, missed, table
from bench.loaded import LoadedCluster, loaded
from bench.measure import LOADS, measure
from bench.program import raise_priority
from cluster.rig import missing

PROJECT = Path(__file__).parents[2]
NOTES = Path(__file__).parent / "notes.md"
"""Written by hand: what is missed and why; a part of the document."""
DOCUMENT = PROJECT / "docs" / "benchmarks.md"
SIZES = (1_000, 10_000, 50_000)
AGENTS = 100
VIEWS_AT = 10_000


def main(arguments: Sequence[str]) -> int:
    """0: all within the budgets, 1: something is over, 2: cannot be measured here."""
    options = _options(arguments)
    if reason := missing():
        print(reason, file=sys.stderr)
        return 2
    raise_priority(options.priority)
    results = Results(listing=None if options.no_endpoints else endpoints.measure())
    for size in options.sizes:
        _say(f"a cluster of {size:,} pods")
        with loaded(size, priority=options.priority) as cluster:
            _measure(cluster, size, results, options)
        if options.write:  # what is measured is kept, whatever becomes of the larger clusters
            DOCUMENT.write_text(_page(_report(results)))
    print(_report(results))
    return 1 if missed(results.bwtop) else 0


@dataclass
class Results:
    """Figures by size, rows of the other tables, seconds of listing and of reading the bytes, load averages."""

    listing: tuple[float, float] | None
    bwtop: dict[int, Figures] = field(default_factory=dict)
    k9s: dict[int, Figures] = field(default_factory=dict)
    views: list[list[str]] = field(default_factory=list)
    server: list[list[str]] = field(default_factory=list)
    load: list[float] = field(default_factory=list)


def _measure(cluster: LoadedCluster, size: int, results: Results, options: argparse.Namespace) -> None:
    command = [*options.command, "--kubeconfig", str(cluster.rig.kubeconfig)]
    results.load.append(os.getloadavg()[0])
    measured = measure(cluster, command, priority=options.priority, dump=options.dump)
    results.bwtop[size] = _agents(cluster) | measured
    if size <= VIEWS_AT and not options.no_k9s:  # beyond, k9s needs minutes and 5 GB
        results.k9s[size] = k9s.measure(cluster, priority=options.priority)
    results.load.append(os.getloadavg()[0])
    if size == VIEWS_AT:
        _look_closer(cluster, command, results, options)
        results.load.append(os.getloadavg()[0])


def _look_closer(cluster: LoadedCluster, command: Sequence[str], results: Results, options: argparse.Namespace) -> None:
    """What one size of cluster is enough for."""
    with tempfile.TemporaryDirectory(prefix="bwtop-bench-") as folder:
        env = {"XDG_STATE_HOME": folder}
        if not options.no_server:
            results.server = server.measure(cluster, command, env=env, priority=options.priority)
        if not options.no_views:
            results.views += views.bwtop(cluster, command, env=env, priority=options.priority)
    if not options.no_views and not options.no_k9s:
        results.views += views.beside(cluster, priority=options.priority)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="PODS")
    parser.add_argument("--no-endpoints", action="store_true", help="leave out the list of 100,000 endpoints")
    parser.add_argument("--k9s", action="store_true", help="build k9s first, to be measured on the same clusters")
    parser.add_argument("--no-k9s", action="store_true", help="leave out k9s")
    parser.add_argument("--no-server", action="store_true", help="leave out what the API server pays")
    parser.add_argument("--no-views", action="store_true", help="leave out the views at every size of terminal")
    parser.add_argument(
        "--priority", type=int, default=-20 if os.geteuid() == 0 else 0,
        help="nice value of bench, servers and program alike; negative needs root, which is then the default",
    )  # fmt: skip
    parser.add_argument("--dump", type=Path, metavar="FILE", help="write the last screen here")
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.relative_to(PROJECT)}")
    parser.add_argument("--command", nargs="+", default=[sys.executable, "-m", "bwtop"], help="what to measure")
    return parser.parse_args(arguments)


def _agents(cluster: LoadedCluster) -> dict[str, float | None]:
    """Only the cluster with just that many is asked."""
    if cluster.nodes != AGENTS:
        return {}
    command = [sys.executable, "-m", "bench.agents", str(cluster.rig.kubeconfig), str(AGENTS)]
    done = [subprocess.run(command, capture_output=True, text=True) for _ in range(3)]
    if failed := [run for run in done if run.returncode]:
        _say(failed[0].stderr)
        return {"100 agents read": None}
    return {"100 agents read": statistics.median(json.loads(run.stdout)["seconds"] for run in done)}


def _report(results: Results) -> str:
    parts = [table(dict(sorted(results.bwtop.items())))]
    if results.listing:
        listed, read = results.listing
        cell = ENDPOINTS.cell(endpoints.COUNT, listed / read)
        figures = f"{cell} (budget {ENDPOINTS.limit:g}; {listed:.2f} s against {read:.2f} s)"
        parts.append(f"{ENDPOINTS.name}: {figures}.")
    if any(results.k9s.values()):
        parts.append(
            f"k9s on the same clusters, in the same run:\n\n{table(dict(sorted(results.k9s.items())), judged=False)}"
        )
    if results.server:
        parts.append(
            f"## The API server\n\nWith {VIEWS_AT:,} pods, once everything is listed:\n\n{server.table(results.server)}"
        )
    if results.views:
        title = f"Every view with {VIEWS_AT:,} pods, at rest and with 200 updates a second of endpoints and pods"
        parts.append(f"## Views and sizes\n\n{title}:\n\n{views.table(results.views)}")
    load = f"{min(results.load):.1f} to {max(results.load):.1f}"
    parts.append(f"Load average of the machine meanwhile: {load}, that of the bench itself included.")
    return "\n\n".join(parts)


def _page(report: str) -> str:
    """docs/benchmarks.md."""
    return f"""# Benchmarks

Written by `tests/bench/run --write` on {platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python
{platform.python_version()}. A real kube-apiserver and etcd on the same machine serve the clusters, one agent a node
answers every exec; bwtop runs on a pseudo-terminal of 120x40. Budgets stand beside the figures.

{report}

{NOTES.read_text().strip()}

- *first row*, *all rows*: from exec of the program until the row, or the whole count of pods on the tab, is on the
  screen. *everything loaded*: pods, nodes, endpoints and agents are listed, too. *all agents read*: each once.
- Figures of loading are the median of {LOADS} loads one after the other, the first of them of an API server that was
  just filled; behind a median stand the lowest and the highest.
- *at rest*: every agent was read, nothing changes in the cluster and no pod sends; 20 seconds, the median of 8 keys, of
  6 updates. Agents go on being read: those on the screen every few seconds, the others in turn.
- *at 200 events/s*: CiliumEndpoints and pods are updated and pods send at steady rates.
- *key to paint*: from the key until the cursor bar has moved; *update to paint*: from the API server's answer to a
  changed annotation until the new limit is on the screen.
- Memory and CPU are those of the process and everything below it; `RSS after it` is at the end of all phases.
- *longest block of the event loop*: of all turns of the loop from start to end, while everything is listed, read and
  changed and views are changed, the longest, less what the kernel counts as waiting for a CPU in that turn
  (`/proc/.../schedstat`): hundreds of processes of the nodes that are read share these two cores. With that waiting
  it is the line below. Waiting for bwtop's own threads counts. Measured in a run of its own.
  *most CPU in a turn of the loop* is what bwtop itself computed in the turn that computed most.
- *100 agents read*: lists the agents and reads the bandwidth map and the status of each once; the median of 3.
- *100k endpoints*: the list in one answer of 265 MB (gzip), against reading and inflating the same answer.
- Where the bench runs as root it, the servers and the program have the highest priority; others' work still shows.
"""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

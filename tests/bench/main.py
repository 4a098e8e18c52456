"""Prints one table of what bwtop costs, and whether that is within its budgets."""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import endpoints, k9s
from bench.budgets import ENDPOINTS, Figures, missed, table
from bench.loaded import LoadedCluster, loaded
from bench.measure import measure
from cluster.rig import missing

PROJECT = Path(__file__).parents[2]
DOCUMENT = PROJECT / "docs" / "benchmarks.md"
SIZES = (1_000, 10_000, 50_000)
AGENTS = 100


def main(arguments: Sequence[str]) -> int:
    """0: all within the budgets, 1: something is over, 2: cannot be measured here."""
    options = _options(arguments)
    if reason := missing():
        print(reason, file=sys.stderr)
        return 2
    bwtop, others = {}, {}
    for size in options.sizes:
        _say(f"a cluster of {size:,} pods")
        with loaded(size, priority=options.priority) as cluster:
            command = [*options.command, "--kubeconfig", str(cluster.rig.kubeconfig)]
            bwtop[size] = _agents(cluster) | measure(cluster, command, dump=options.dump)
            others[size] = k9s.measure(cluster)
    report = _report(bwtop, others, listing=None if options.no_endpoints else endpoints.measure())
    print(report)
    if options.write:
        DOCUMENT.write_text(_page(report))
    return 1 if missed(bwtop) else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="PODS")
    parser.add_argument("--no-endpoints", action="store_true", help="leave out the list of 100,000 endpoints")
    parser.add_argument("--priority", type=int, default=0, help="nice value of the servers; negative needs root")
    parser.add_argument("--dump", type=Path, metavar="FILE", help="write the last screen here")
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.relative_to(PROJECT)}")
    parser.add_argument("--command", nargs="+", default=[sys.executable, "-m", "bwtop"], help="what to measure")
    return parser.parse_args(arguments)


def _agents(cluster: LoadedCluster) -> dict[str, float | None]:
    """Only the cluster with just that many is asked."""
    if cluster.nodes != AGENTS:
        return {}
    command = [sys.executable, "-m", "bench.agents", str(cluster.rig.kubeconfig), str(AGENTS)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        _say(done.stderr)
    return {"100 agents read": None if done.returncode else json.loads(done.stdout)["seconds"]}


def _report(
    bwtop: dict[int, dict[str, float | None]],
    others: dict[int, dict[str, float | None]],
    *,
    listing: tuple[float, float] | None,
) -> str:
    measured: dict[int, Figures] = dict(bwtop)
    parts = [table(measured)]
    if listing:
        listed, read = listing
        cell = ENDPOINTS.cell(endpoints.COUNT, listed / read)
        figures = f"{cell} (budget {ENDPOINTS.limit:g}; {listed:.2f} s against {read:.2f} s)"
        parts.append(f"{ENDPOINTS.name}: {figures}.")
    if any(others.values()):
        parts.append(f"k9s on the same clusters:\n\n{table(dict(others), judged=False)}")
    return "\n\n".join(parts)


def _page(report: str) -> str:
    """docs/benchmarks.md."""
    return f"""# Benchmarks

Written by `tests/bench/run --write` on {platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python
{platform.python_version()}. A real kube-apiserver and etcd on the same machine serve the clusters, one agent a node
answers every exec; bwtop runs on a pseudo-terminal of 120x40. Budgets stand beside the figures.

{report}

- *first row*, *all rows*: from exec of the program until the row, or the whole count on the tab, is on the screen.
- *at rest*: nothing changes in the cluster and no pod sends; 20 seconds, the median of 8 keys, of 6 updates.
- *at 200 events/s*: CiliumEndpoints and pods are updated and pods send at steady rates.
- *key to paint*: from the key until the cursor bar has moved; *update to paint*: from the API server's answer to a
  changed annotation until the new limit is on the screen.
- Memory and CPU are those of the process and everything below it; `RSS after it` is at the end of all phases.
- *longest block of the event loop*: as bwtop measures it from start to end.
- *100 agents read*: lists the agents and reads the bandwidth map and the status of each once.
"""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

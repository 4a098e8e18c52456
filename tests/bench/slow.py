"""bwtop's screen on a cluster of 5,000 nodes over a slow link: what is seen when.

python -m bench.slow, as tests/bench/run sets up its environment, prints one line of a table a way of starting it.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.link import slow_link
from bench.loaded import LoadedCluster, await_listable
from bench.measure import FIRST_ROW, whole_count
from bench.program import Program
from cluster import rig as rigs

NODES, PODS = 5_000, 50_000
MBIT_PER_SECOND, ROUND_TRIP_MS = 10.0, 50.0
SCREENFUL = 20
"""Rows whose limits were asked for and found in their nodes' maps."""
WAYS: Sequence[Sequence[str]] = ((), ("-n", "team-0"), ("--low-data",))
"""Pods with limits are in that namespace. The first list of an API server that was just filled is the slowest."""
NAMESPACES = 10
TIMEOUT = 240.0
HEAD = ("bwtop", "first row", f"{SCREENFUL} limits known", "all rows", "everything loaded", "bytes received, MB")


def main() -> int:
    with rigs.running() as rig:
        cluster = LoadedCluster(rig=rig, nodes=NODES, pods=PODS)
        subprocess.run(rig.load(nodes=NODES, pods=PODS), check=True, stdout=subprocess.DEVNULL)
        await_listable(cluster)
        cluster.quiet(True)
        print(f"{NODES:,} nodes, {PODS:,} pods, {MBIT_PER_SECOND:g} Mbit/s, {ROUND_TRIP_MS:g} ms; seconds:")
        for line in (HEAD, ["---"] * len(HEAD), *(_measured(cluster, way) for way in WAYS)):
            print(f"| {' | '.join(line)} |", flush=True)
    return 0


def _measured(cluster: LoadedCluster, way: Sequence[str]) -> Sequence[str]:
    port = int(cluster.rig.server.rpartition(":")[2])
    with (
        slow_link(port, mbit_per_second=MBIT_PER_SECOND, round_trip_ms=ROUND_TRIP_MS) as link,
        tempfile.TemporaryDirectory(prefix="bwtop-bench-") as folder,
    ):
        kubeconfig = _kubeconfig(cluster, Path(folder), port=link.port)
        command = [sys.executable, "-m", "bwtop", "--kubeconfig", str(kubeconfig), *way]
        rows = PODS // NAMESPACES if "-n" in way else cluster.all_pods
        with Program(command, env={"XDG_STATE_HOME": folder}) as program:
            seen: Sequence[Callable[[], bool]] = (
                program.sees(FIRST_ROW),
                lambda: program.screen.text().count("in sync") >= SCREENFUL,
                program.sees(whole_count(rows)),
                program.sees(r" live "),
            )
            times = [program.until(holds, timeout=TIMEOUT) for holds in seen]
            return (
                " ".join(("bwtop", *way)),
                *(f"{time - program.began:.1f}" if time else "not seen" for time in times),
                f"{link.carried() / 1e6:.1f}",
            )


def _kubeconfig(cluster: LoadedCluster, folder: Path, *, port: int) -> Path:
    """The admin's, by way of the link."""
    content = json.loads(cluster.rig.kubeconfig.read_text())
    content["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{port}"
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(json.dumps(content))
    return path


if __name__ == "__main__":
    sys.exit(main())

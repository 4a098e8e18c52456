"""k9s on the same cluster and terminal, where it is installed: to know what the figures are worth."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.budgets import Median
from bench.loaded import LoadedCluster
from bench.measure import LOADS
from bench.program import Program, now

CONFIG = "k9s:\n  skipLatestRevCheck: true\n  ui: {splashless: true, logoless: true}\n"
SETTLE, REST = 5.0, 20.0


@contextlib.contextmanager
def k9s(cluster: LoadedCluster, view: str, *, priority: int) -> Iterator[Program | None]:
    """It runs, on all namespaces; None where it is not installed."""
    if not shutil.which("k9s"):
        yield None
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder, "config.yaml").write_text(CONFIG)
        homes = {"K9S_CONFIG_DIR": folder, "XDG_STATE_HOME": f"{folder}/state", "XDG_DATA_HOME": f"{folder}/data"}
        env = homes | {"KUBECONFIG": str(cluster.rig.kubeconfig)}
        with Program(["k9s", "-c", view, "-A"], env=env, priority=priority) as program:
            yield program


def measure(cluster: LoadedCluster, *, priority: int) -> dict[str, float | None]:
    """Figures of the view of all pods, by the names of budgets.BUDGETS; empty where k9s is not installed."""
    loads: list[dict[str, float | None]] = []
    for _ in range(LOADS - 1):
        with k9s(cluster, "pods", priority=priority) as program:
            if program is None:
                return {}
            loads.append(_load(program, cluster))
    with k9s(cluster, "pods", priority=priority) as program:
        if program is None:
            return {}
        loads.append(_load(program, cluster))
        program.watch(SETTLE)
        used, settled, began = program.cpu(), program.rss(), now()
        program.watch(REST)
        at_rest = 100 * (program.cpu() - used) / (now() - began)
        key = program.press("j")
    loaded = {name: Median.of([figures[name] for figures in loads]) for name in loads[0]}
    return loaded | {"RSS settled": settled, "CPU at rest": at_rest, "key to paint at rest": key}


def _load(program: Program, cluster: LoadedCluster) -> dict[str, float | None]:
    """Until all rows are there."""
    first = program.until(program.sees(r"^│ *(kube-system|team-)"), timeout=180)
    full = program.until(program.sees(rf"\[{cluster.all_pods:,}\]|\[{cluster.all_pods}\]"), timeout=180)
    return {
        "first row": first and first - program.began,
        "all rows": full and full - program.began,
        "CPU until all rows": program.cpu(),
        "RSS with all rows": program.rss(),
    }

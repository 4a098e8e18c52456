"""Soaks bwtop in faults and judges it: `make soak`, `make soak ARGS="--minutes 1.2 --seed 7"`.

Prints the seed first, each fault as it happens, and the figures; exit status 1 where something is not as it should be.
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from cluster import rig as rigs
from cluster.plan import PlannedNode, nodes
from cluster.rig import Rig
from cluster.seed import seed
from soak import proxy as proxies
from soak.churn import NAMESPACE, Churn
from soak.faults import FAULTS, RESTART, World
from soak.program import Program, write_kubeconfig
from soak.report import Report

FLEET_NODES, FLEET_PODS = 5, 600
"""Besides the planned nodes, so that lists have several pages."""
WARM_SECONDS, SETTLE_SECONDS = 60.0, 150.0
"""A forgotten connection is noticed after 75 s; then comes a back-off of up to a minute."""
PAUSE = (2.0, 6.0)
"""Seconds between the end of a fault and the next."""
FIGURES_SECONDS = 10.0


@dataclass
class Soak:
    """One run: its parts, and what was noted on the way."""

    world: World
    program: Program
    churn: Churn
    planned: list[PlannedNode]
    report: Report
    began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.began:7.1f} s  {text}", flush=True)

    async def warm(self) -> None:
        """Until everything is shown as it is."""
        if wrong := await self._until_right(WARM_SECONDS):
            raise RuntimeError(f"not even without faults: {wrong[:5]}")
        self.say("all is read; faults begin")

    async def spoil(self, seconds: float) -> None:
        ends, random = time.monotonic() + seconds, self.world.random
        names, weights = list(FAULTS), [weight for _, weight in FAULTS.values()]
        over = asyncio.Event()
        measuring = asyncio.create_task(self._measure(over))
        self.churn.start()
        try:
            while time.monotonic() < ends:
                name = random.choices(names, weights)[0]
                if not self.report.faults[RESTART] and time.monotonic() > ends - seconds / 2:
                    name = RESTART
                self.say(name)
                self.report.faults[name] += 1
                await FAULTS[name][0](self.world)
                await asyncio.sleep(random.uniform(*PAUSE))
        finally:
            over.set()
            await measuring

    async def _measure(self, over: asyncio.Event) -> None:
        while not over.is_set():
            self.report.figures.append(await self.program.ask("figures"))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FIGURES_SECONDS):
                    await over.wait()

    async def settle(self) -> None:
        """Nothing is spoiled any more: soon the store must equal a fresh list, and every verdict the plan."""
        self.world.proxy.mend()
        await asyncio.to_thread(self.churn.stop)
        began = time.monotonic()
        self.report.wrong = await self._until_right(SETTLE_SECONDS)
        self.report.settled = time.monotonic() - began
        self.report.figures.append(await self.program.ask("figures"))
        self.say(f"settled after {self.report.settled:.1f} s")

    async def _until_right(self, seconds: float) -> list[str]:
        """What is still wrong at the end."""
        deadline = time.monotonic() + seconds
        while wrong := await self._wrong():
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(1)
        return wrong

    async def _wrong(self) -> list[str]:
        figures = await self.program.ask("figures")
        wrong = [f"the task {name} has ended" for name in figures["broken"]]
        wrong += [f"{name} is {state}" for name, state in figures["sources"].items() if state != "live"]
        if wrong:
            return wrong
        wrong += await self.program.ask("differences")
        states = await self.program.ask("states")
        planned = {f"{pod.namespace}/{pod.name}": pod.state for node in self.planned for pod in node.pods}
        verdicts = ((key, states.get(key), state) for key, state in planned.items())
        return wrong + [f"pod {key} is {found}, not {state}" for key, found, state in verdicts if found != state]

    async def close(self) -> None:
        self.report.closed = await self.program.ask("close")


def prepare(rig: Rig) -> list[PlannedNode]:
    planned = nodes()
    fleet = {"fleet": {"nodes": FLEET_NODES, "pods": FLEET_PODS}}
    (rig.directory / "containers" / "default" / "scene.json").write_text(json.dumps(fleet))
    subprocess.run(rig.load(nodes=FLEET_NODES, pods=FLEET_PODS), check=True, stdout=subprocess.DEVNULL)
    seed(rig, planned)
    with rig.rest() as rest:
        rest.call("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    return planned


@asynccontextmanager
async def soaking(rig: Rig, folder: Path, report: Report) -> AsyncIterator[Soak]:
    planned = prepare(rig)
    place = next(node for node in planned if not node.agent)
    churn = Churn(rig, node=place.name, node_ip=place.internal_ip, random=Random(report.seed))
    async with proxies.running(rig, str(folder / "token")) as proxy:
        program = await Program.start(write_kubeconfig(rig, proxy, folder), rig.kubeconfig)
        world = World(rig, proxy, [node for node in planned if node.agent], Random(report.seed))
        try:
            report.started = await program.ask("start")
            yield Soak(world, program, churn, planned, report)
        finally:
            churn.stop()
            report.churn, report.requests = churn.done, Counter(proxy.asked)
            report.plugin_runs = len((folder / "runs").read_text()) if (folder / "runs").exists() else 0
            await program.end()


async def run(seconds: float, report: Report) -> None:
    with rigs.running() as rig, tempfile.TemporaryDirectory(prefix="bwtop-soak-") as folder:
        async with soaking(rig, Path(folder), report) as soak:
            await soak.warm()
            await soak.spoil(seconds)
            await soak.settle()
            await soak.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=None, help="of the choice of faults; default: another each time")
    parser.add_argument("--write", type=Path, help="a Markdown file whose figures are replaced")
    arguments = parser.parse_args()
    if reason := rigs.missing():
        print(f"soak: {reason}", file=sys.stderr)
        return 2
    report = Report(seed=Random().randrange(10**6) if arguments.seed is None else arguments.seed)
    print(f"seed {report.seed}, {arguments.minutes:g} minutes", flush=True)
    began = time.monotonic()
    asyncio.run(run(arguments.minutes * 60, report))
    report.minutes = (time.monotonic() - began) / 60
    print(report.text())
    if arguments.write:
        report.write(arguments.write)
    return 1 if report.failures() else 0


if __name__ == "__main__":
    sys.exit(main())

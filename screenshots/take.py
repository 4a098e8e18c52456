"""Takes all pictures: `python -m screenshots.take` writes them beside this file.

A picture is taken when all that its steps wait for has come, no worker reads anything any more, and two pictures in a
row are the same. What the pictures show does not depend on how fast the machine is.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from textual.pilot import Pilot

from bwtop import screens
from bwtop.app import BwtopApp
from bwtop.live.cluster import Cluster
from bwtop.live.recording.reader import Recording
from bwtop.live.recording.replay import Replay
from bwtop.model.overview import Overview
from bwtop.model.place import Contexts, Place
from bwtop.panels.netperf_bench import Bench
from bwtop.panels.netperf_panel import NetperfPanel
from bwtop.panels.views import VIEWS
from bwtop.screens.main import MainScreen
from bwtop.screens.replay import ReplayScreen
from bwtop_widgets.live_table import LiveTable
from screenshots.answers import clear
from screenshots.shots import GALLERIES, Gallery, Step
from screenshots.still import StillCluster, record, still_cluster
from screenshots.svg import still_svg

FOLDER = Path(__file__).parent
SCREENS = Path(screens.__file__).parent
SIZES = ((80, 24), (120, 40))
JOBS = tuple(product(GALLERIES, SIZES))
PATIENCE = 30.0
"""Seconds that something awaited may take before it is a defect; quiet machines need none of them."""
LOOK = 0.01
"""Seconds between two looks at what is awaited."""
PEOPLE = ("cluster", "picker", "edit")
"""Groups of workers that end with the cluster, or when somebody has chosen."""
CONTEXTS = Contexts(
    names=("demo eks-chaining", "demo incident", "kind-dev", "prod-eu-west-1", "prod-us-east-1", "staging"),
    current="staging",
)


class _Still(MainScreen):
    """Tells nothing that depends on how long it runs, or on what this machine has kept."""

    CSS_PATH = [SCREENS / path for path in MainScreen.CSS_PATH]  # noqa: RUF012 - as Textual declares it

    def _measure(self, overview: Overview) -> None: ...

    async def _sweep(self, bench: Bench) -> None: ...


class _StillReplay(_Still, ReplayScreen): ...


class _StillApp(BwtopApp):
    MAIN = _Still


class _StillReplayApp(BwtopApp):
    MAIN = _StillReplay


async def take(gallery: Gallery, size: tuple[int, int]) -> dict[str, str]:
    """File name -> SVG."""
    width, height = size
    with _nothing_of_this_machine():
        async with _opened(gallery) as cluster, _running(cluster, size) as pilot:
            return {f"{name}-{width}x{height}.svg": await _shoot(pilot, steps) for name, steps in gallery.shots}


def names(gallery: Gallery, size: tuple[int, int]) -> Sequence[str]:
    """Of the files."""
    return [f"{name}-{size[0]}x{size[1]}.svg" for name, _ in gallery.shots]


@contextmanager
def _nothing_of_this_machine() -> Iterator[None]:
    """The terminal, and the files in which bwtop keeps things, are the same everywhere."""
    with TemporaryDirectory() as folder, patch.dict(os.environ, {"XDG_STATE_HOME": folder, "TERM": "xterm-256color"}):
        for name in ("TMUX", "STY"):
            os.environ.pop(name, None)
        yield


@asynccontextmanager
async def _opened(gallery: Gallery) -> AsyncIterator[Cluster]:
    if not gallery.recorded:
        async with still_cluster(gallery.cluster) as cluster:
            yield cluster
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{gallery.cluster}.bwtop"
        await record(gallery.cluster, path)
        replay = Replay(Recording(path), start=float("inf"))
        replay.pause(paused=True)
        yield replay


@asynccontextmanager
async def _running(cluster: Cluster, size: tuple[int, int]) -> AsyncIterator[Pilot[None]]:
    @asynccontextmanager
    async def opened(_: Place) -> AsyncIterator[Cluster]:
        yield cluster

    kind = _StillReplayApp if isinstance(cluster, Replay) else _StillApp
    place = Place(context=cluster.api.connection.context)
    app = kind(opened, place=place, contexts=lambda: CONTEXTS, theme="textual-dark")
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await _until(pilot, lambda _: app.main.cluster is not None and _is_there(cluster))
        for view in VIEWS:
            app.main.query_one(f"#{view.key}", LiveTable).load(view.rows(cluster.store))
        yield pilot


def _is_there(cluster: Cluster) -> bool:
    """All that is to be shown has been read."""
    if isinstance(cluster, Replay):
        return cluster.duration is not None and not cluster.seeking and cluster.at_end
    return isinstance(cluster, StillCluster) and cluster.shown.is_set()


async def _shoot(pilot: Pilot[None], steps: Sequence[Step]) -> str:
    for step in steps:
        await _take_step(pilot, step)
    picture = await _settled(pilot)
    await _go_home(pilot)
    return picture


async def _take_step(pilot: Pilot[None], step: Step) -> None:
    if isinstance(step, str):
        await pilot.press(step)
        return
    await _until(pilot, step)


async def _until(pilot: Pilot[None], step: Callable[[BwtopApp], bool | None]) -> None:
    app = pilot.app
    assert isinstance(app, BwtopApp)
    async with asyncio.timeout(PATIENCE):
        while step(app) is False:
            await pilot.pause(LOOK)


async def _settled(pilot: Pilot[None]) -> str:
    """The picture, once nothing is on the way."""
    before = ""
    while True:
        for worker in [worker for worker in pilot.app.workers if worker.group not in PEOPLE]:
            await worker.wait()
        await pilot.pause()
        now = still_svg(pilot.app.export_screenshot(title="bwtop"))
        if now == before:
            return now
        before = now


async def _go_home(pilot: Pilot[None]) -> None:
    """From wherever a picture was taken, back to the first row of the pods."""
    app = pilot.app
    assert isinstance(app, BwtopApp)
    while app.screen is not app.main:
        await pilot.press("escape")
    app.main.writable = False
    for panel in app.main.query(NetperfPanel):
        clear(panel.bench)
    await app.main.close_side()
    await pilot.press("escape", "escape", "1", "g")


def main() -> None:
    with ProcessPoolExecutor() as pool:
        for pictures in pool.map(_take, range(len(JOBS))):
            for name, svg in pictures.items():
                (FOLDER / name).write_text(svg)
                print(FOLDER / name)
    wanted = {name for job in JOBS for name in names(*job)}
    for path in FOLDER.glob("*.svg"):
        if path.name not in wanted:
            path.unlink()


def _take(number: int) -> dict[str, str]:
    """By number, for steps do not go from process to process."""
    return asyncio.run(take(*JOBS[number]))


if __name__ == "__main__":
    main()

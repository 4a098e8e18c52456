"""Takes all pictures: `python -m screenshots.take` writes them beside this file.

A picture is taken when all that its steps wait for has come and nothing is on its way any more (`stage.py`): what it
shows does not depend on how fast the machine is.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from bwtop.live.recording.reader import Recording
from bwtop.live.recording.replay import Replay
from bwtop.panels.netperf_panel import NetperfPanel
from screenshots.answers import clear
from screenshots.shots import GALLERIES, Gallery, Shot
from screenshots.stage import Stage, stage
from screenshots.still import record, still_cluster
from screenshots.svg import still_svg

FOLDER = Path(__file__).parent
SIZES = ((80, 24), (120, 40))
JOBS = tuple(product(GALLERIES, SIZES))


async def take(gallery: Gallery, size: tuple[int, int]) -> dict[str, str]:
    """File name -> SVG."""
    with _nothing_of_this_machine():
        async with _on_stage(gallery, size) as on:
            named = zip(names(gallery, size), gallery.shots, strict=True)
            return {name: await _shoot(on, shot) for name, shot in named}


def names(gallery: Gallery, size: tuple[int, int]) -> Sequence[str]:
    """Of the files."""
    return [f"{shot.name}-{size[0]}x{size[1]}.svg" for shot in gallery.shots]


@contextmanager
def _nothing_of_this_machine() -> Iterator[None]:
    """The terminal, and the files in which bwtop keeps things, are the same everywhere."""
    with TemporaryDirectory() as folder, patch.dict(os.environ, {"XDG_STATE_HOME": folder, "TERM": "xterm-256color"}):
        for name in ("TMUX", "STY"):
            os.environ.pop(name, None)
        yield


@asynccontextmanager
async def _on_stage(gallery: Gallery, size: tuple[int, int]) -> AsyncIterator[Stage]:
    if gallery.replay_at is None:
        async with still_cluster(gallery.cluster) as cluster, stage(cluster, size, ready=cluster.shown.is_set) as on:
            yield on
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{gallery.cluster}.bwtop"
        await record(gallery.cluster, path)
        replay = Replay(Recording(path), start=gallery.replay_at)
        replay.pause(paused=True)
        async with stage(replay, size, ready=lambda: replay.duration is not None and not replay.seeking) as on:
            yield on


async def _shoot(on: Stage, shot: Shot) -> str:
    for step in shot.steps:
        await (on.pilot.press(step) if isinstance(step, str) else on.until(step))
    await on.rest()
    assert shot.is_of(on.app), f"{shot.name} is no picture of {shot.of.__name__}: {on.app.screen}"
    picture = still_svg(on.app.export_screenshot(title="bwtop"))
    await _go_home(on)
    return picture


async def _go_home(on: Stage) -> None:
    """From wherever a picture was taken, back to the first row of the pods."""
    main = on.app.main
    while on.app.screen is not main:
        await on.pilot.press("escape")
    main.writable = False
    for panel in main.query(NetperfPanel):
        clear(panel.bench)
    await main.close_side()
    await on.pilot.press("escape", "escape", "1", "g")


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

"""Takes all pictures: `python -m screenshots.take` writes them beside this file."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bwtop.app import BwtopApp
from bwtop.model.place import Place
from bwtop.panels.views import VIEWS
from bwtop_widgets.live_table import LiveTable
from screenshots.still import StillCluster, still_cluster
from screenshots.svg import still_svg

FOLDER = Path(__file__).parent
SIZES = ((80, 24), (120, 40))

HOME = ("escape", "escape", "U", "1", "g")
"""From wherever a picture was taken, back to the first row of the pods."""

Shot = tuple[str, Sequence[str]]
"""Name of a picture, and the keys that lead to it from the first row of the pods."""
CLUSTERS: dict[str, Sequence[Shot]] = {
    "eks-chaining": (
        ("pods", ()),
        ("nodes", ("2",)),
        ("endpoints", ("3",)),
        ("limits", ("4",)),
        ("help", ("question_mark",)),
        ("detail", ("enter",)),
        ("detail-node", ("2", "enter")),
        ("detail-limit", ("4", "enter")),
        ("marked", ("space", "down", "V")),
        ("filter-empty", ("slash", *"state:drift", "enter")),
        ("sort", ("s",)),
    ),
    "incident": (("incident", ()), ("incident-nodes", ("2",)), ("incident-detail", ("enter",))),
}


async def take_all() -> dict[str, str]:
    """File name -> SVG."""
    pictures: dict[str, str] = {}
    for name, shots in CLUSTERS.items():
        async with still_cluster(name) as cluster:
            for width, height in SIZES:
                async for shot, svg in _shoot(cluster, shots, width=width, height=height):
                    pictures[f"{shot}-{width}x{height}.svg"] = svg
    return pictures


async def _shoot(
    cluster: StillCluster, shots: Sequence[Shot], *, width: int, height: int
) -> AsyncIterator[tuple[str, str]]:
    @asynccontextmanager
    async def opened(_: Place) -> AsyncIterator[StillCluster]:
        yield cluster

    cluster.shown.clear()
    app = BwtopApp(opened, place=Place(context=cluster.api.connection.context), theme="textual-dark")
    async with app.run_test(size=(width, height)) as pilot:
        await cluster.shown.wait()
        for view in VIEWS:
            app.main.query_one(f"#{view.key}", LiveTable).load(view.rows(cluster.store))
        for name, keys in shots:
            await pilot.press(*keys)
            for worker in [worker for worker in app.workers if worker.group == "events"]:
                await worker.wait()
            await pilot.pause()
            yield name, still_svg(app.export_screenshot(title="bwtop"))
            await pilot.press(*HOME)


def main() -> None:
    for name, svg in asyncio.run(take_all()).items():
        (FOLDER / name).write_text(svg)
        print(FOLDER / name)


if __name__ == "__main__":
    main()

"""The program on a stage: it shows one cluster, and nothing moves in it unless it is told to."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.timer import Timer

from bwtop import screens
from bwtop.app import BwtopApp
from bwtop.live.cluster import Cluster
from bwtop.live.recording.replay import Replay
from bwtop.model.overview import Overview
from bwtop.model.place import Contexts, Place
from bwtop.panels.netperf_bench import Bench
from bwtop.panels.views import VIEWS
from bwtop.screens.main import MainScreen
from bwtop.screens.replay import ReplayScreen
from bwtop_widgets.live_table import LiveTable

SCREENS = Path(screens.__file__).parent
CONTEXTS = Contexts(
    names=("demo eks-chaining", "demo incident", "kind-dev", "prod-eu-west-1", "prod-us-east-1", "staging"),
    current="staging",
)
PEOPLE = ("cluster", "picker", "edit")
"""Groups of workers that end with the cluster, or when somebody has chosen."""
LOOK = 0.01
"""Seconds between two looks at what is awaited."""
AGES = 1e6
"""Seconds that nobody waits for."""
_set_interval = MessagePump.set_interval


class Intervals:
    """What bwtop does every so many seconds: on the stage it is done when `pass_on` says so, at no other time."""

    def __init__(self) -> None:
        self._calls: list[tuple[MessagePump, Callable[[], Any]]] = []

    @contextmanager
    def held(self) -> Iterator[None]:
        def set_interval(
            node: MessagePump, interval: float, callback: Callable[[], Any] | None = None, *, pause: bool = False,
            name: str | None = None, repeat: int = 0,
        ) -> Timer:  # fmt: skip
            if callback is not None and callback.__module__.startswith("bwtop"):
                self._calls.append((node, callback))
                interval = AGES
            return _set_interval(node, interval, callback, name=name, repeat=repeat, pause=pause)

        with patch.object(MessagePump, "set_interval", set_interval):
            yield

    def pass_on(self) -> None:
        """Twice, for every second tick of a calm screen does nothing."""
        self._calls = [(node, call) for node, call in self._calls if node.is_running]
        for node, call in self._calls * 2:
            node.call_later(call)


class Stage:
    """The running program, its pilot, and its time."""

    def __init__(self, pilot: Pilot[None], intervals: Intervals) -> None:
        assert isinstance(pilot.app, BwtopApp)
        self.app, self.pilot = pilot.app, pilot
        self._intervals = intervals

    async def rest(self) -> None:
        """Until nothing is on its way: no worker reads, no message waits; what is looked at again has been."""
        await self._quiet()
        self._intervals.pass_on()
        await self._quiet()

    async def _quiet(self) -> None:
        busy = True
        while busy:
            for worker in [worker for worker in self.app.workers if worker.group not in PEOPLE]:
                await worker.wait()
            await self.pilot.pause()
            busy = any(node.message_queue_size or node._next_callbacks for node in self._nodes())

    def _nodes(self) -> Iterator[MessagePump]:
        yield self.app
        for screen in self.app.screen_stack:
            yield from screen.walk_children(with_self=True)


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


@asynccontextmanager
async def stage(cluster: Cluster, size: tuple[int, int], *, ready: Callable[[], bool]) -> AsyncIterator[Stage]:
    """`ready`: whether all that is to be shown of the cluster has been read."""

    @asynccontextmanager
    async def opened(_: Place) -> AsyncIterator[Cluster]:
        yield cluster

    kind = _StillReplayApp if isinstance(cluster, Replay) else _StillApp
    place = Place(context=cluster.api.connection.context)
    intervals = Intervals()
    with intervals.held():
        app = kind(opened, place=place, contexts=lambda: CONTEXTS, theme="textual-dark")
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            while app.main.cluster is None or not ready():
                await pilot.pause(LOOK)
            for view in VIEWS:
                app.main.query_one(f"#{view.key}", LiveTable).load(view.rows(cluster.store))
            yield Stage(pilot, intervals)

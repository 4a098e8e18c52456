"""The program on a stage: it shows one cluster, and nothing moves in it unless it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from textual.message_pump import MessagePump
from textual.timer import Timer

from bwtop import screens
from bwtop.app import BwtopApp
from bwtop.live.cluster import Cluster
from bwtop.live.recording.replay import Replay
from bwtop.model.place import Contexts, Place
from bwtop.panels.views import VIEWS
from bwtop.screens.main import MainScreen
from bwtop.screens.replay import ReplayScreen
from bwtop_widgets.live_table import LiveTable
from screenshots.pilot import SettledPilot

SCREENS = Path(screens.__file__).parent
CONTEXTS = Contexts(
    names=("demo eks-chaining", "demo incident", "kind-dev", "prod-eu-west-1", "prod-us-east-1", "staging"),
    current="staging",
)
PEOPLE = ("cluster", "picker", "edit")
"""Groups of workers that end with the cluster, or when somebody has chosen."""
PATIENCE = 120.0
"""Seconds that something awaited may take before it is a defect; quiet machines need none of them."""
LOOK = 0.01
"""Seconds between two looks at what is awaited."""
AGES = 1e6
"""Seconds that nobody waits for."""


class HeldTimers:
    """What bwtop does after a while, or every so many seconds: on the stage, when `pass_on` says so and never else."""

    def __init__(self) -> None:
        self._held: list[tuple[MessagePump, Timer, Callable[[], Any]]] = []

    @contextmanager
    def held(self) -> Iterator[None]:
        with (
            patch.object(MessagePump, "set_interval", self._holding(MessagePump.set_interval)),
            patch.object(MessagePump, "set_timer", self._holding(MessagePump.set_timer)),
        ):
            yield

    def _holding(self, start: Callable[..., Timer]) -> Callable[..., Timer]:
        def started(
            node: MessagePump, seconds: float, callback: Callable[[], Any] | None = None, **more: object
        ) -> Timer:
            if callback is None or not callback.__module__.startswith("bwtop"):
                return start(node, seconds, callback, **more)
            timer = start(node, AGES, callback, **more)
            self._held.append((node, timer, callback))
            return timer

        return started

    def pass_on(self) -> None:
        """Twice, for every second tick of a calm screen does nothing."""
        self._held = [held for held in self._held if held[0].is_running and held[1]._task is not None]
        for node, timer, callback in self._held * 2:
            if timer._task is not None:
                node.call_later(callback)
            if timer._repeat is not None:
                timer.stop()


class Stage:
    """The running program, its pilot, and its time."""

    def __init__(self, pilot: SettledPilot, timers: HeldTimers) -> None:
        assert isinstance(pilot.app, BwtopApp)
        self.app, self.pilot = pilot.app, pilot
        self._timers = timers

    async def rest(self) -> None:
        """Until nothing is on its way: no worker reads, no message waits; what is looked at again has been."""
        await self._quiet()
        self._timers.pass_on()
        await self._quiet()

    async def until(self, condition: Callable[[BwtopApp], bool | None]) -> None:
        """Asks again and again until it gives anything but False; time passes in between."""
        async with asyncio.timeout(PATIENCE):
            while condition(self.app) is False:
                self._timers.pass_on()
                await self.pilot.settle()
                await asyncio.sleep(LOOK)

    async def _quiet(self) -> None:
        while workers := [each for each in self.app.workers if each.group not in PEOPLE and not each.is_finished]:
            for worker in workers:
                await worker.wait()
            await self.pilot.settle()
        await self.pilot.settle()


class _Still(MainScreen):
    """Tells nothing that depends on how long it runs, or on what this machine has kept."""

    CSS_PATH = [SCREENS / path for path in MainScreen.CSS_PATH]  # noqa: RUF012 - as Textual declares it

    def _measure(self) -> None: ...

    async def _sweep(self) -> None: ...


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
    timers = HeldTimers()
    with timers.held():
        app = kind(opened, place=place, contexts=lambda: CONTEXTS, theme="textual-dark")
        async with app.run_test(size=size):
            pilot = SettledPilot(app)
            while app.main.cluster is None or not ready():
                await pilot.pause(LOOK)
            await pilot.settle()
            for view in VIEWS:
                app.main.query_one(f"#{view.key}", LiveTable).load(view.rows(cluster.store))
            yield Stage(pilot, timers)

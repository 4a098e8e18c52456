"""Plays a recording into a store, on its own clock: forward at any speed, to any moment, or step by step."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from typing import Final

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import Credential
from bwtop.kube.errors import KubeError
from bwtop.live.cluster import Cluster
from bwtop.live.recording.events import Began, Costed, Line, SourceTold
from bwtop.live.recording.reader import Recording
from bwtop.live.store import Changes, Store
from bwtop.model.health import SourceHealth
from bwtop.model.overview import Overview

TICK: Final = 0.1
"""Seconds between two looks at what is due."""
SLICE_SECONDS: Final = 0.02
"""Longest work between two moments in which keys are heard."""
SETTLE_SECONDS: Final = 1.0
"""Of recorded time: how often rows are made while seeking, for what depends on the row before."""
STEPS_KEPT: Final = 1000
REFUSAL: Final = "this is a recording: there is no cluster to ask or to change"


class NoCredentials:
    """Refuses whoever would ask or change a cluster, with the reason."""

    async def current(self) -> Credential:
        raise KubeError(REFUSAL)

    async def renew(self, refused: Credential) -> Credential:
        raise KubeError(REFUSAL)


class ReplayStore(Store):
    """A store that can begin anew, unseen: what is shown stays until the new rows stand."""

    def __init__(self, *, started: float) -> None:
        self.position = 0.0
        """Seconds since the start of the recording."""
        self._started = started
        self.hidden = False
        """While True rows are made but not told."""
        self._untold = Changes(set(), set(), set(), set())
        super().__init__(clock=lambda: self.position, unix=lambda: self._started + self.position)

    def begin_anew(self) -> None:
        """Nothing is known; all rows that were are to be looked at again."""
        untold, all_endpoints = self._untold, self.join.all_endpoints
        untold.pods.update(self.pods)
        untold.nodes.update(self.nodes)
        untold.endpoints.update(self.endpoints)
        untold.limits.update(self.limits)
        super().__init__(clock=self.clock, unix=self.unix)
        self.join.all_endpoints = all_endpoints

    def drain(self, *, seconds: float = 0.015) -> Changes:
        if self.hidden:
            return Changes(set(), set(), set(), set())
        untold, self._untold = self._untold, Changes(set(), set(), set(), set())
        changes = super().drain(seconds=seconds)
        for keys, more in zip(_keys(changes), _keys(untold), strict=True):
            keys |= more
        return changes

    def make(self) -> bool:
        """Makes all rows that were touched and keeps them for the next `drain`; True when one looks different."""
        changes = super().drain(seconds=float("inf"))
        for keys, more in zip(_keys(self._untold), _keys(changes), strict=True):
            keys |= more
        return any(_keys(changes))


def _keys(changes: Changes) -> tuple[set[str], ...]:
    return changes.pods, changes.nodes, changes.endpoints, changes.limits


class Replay(Cluster):
    """A cluster as it was. `position` and `duration` are seconds since the start of the recording."""

    store: ReplayStore

    def __init__(self, recording: Recording, *, speed: float = 1.0, start: float = 0.0) -> None:
        header = recording.header
        super().__init__(
            Api(Connection(server="", context=header.context, credentials=NoCredentials())),
            namespace=header.namespace,
            store=ReplayStore(started=header.started),
        )
        self.recording = recording
        self.speed = speed
        self.paused = False
        self.duration: float | None = None
        """None: the file is still being measured."""
        self._sources: dict[str, SourceHealth] = {}
        self._cost = Costed(received=0)
        self._lines: Iterator[Line] = recording.lines()
        self._next: Line | None = None
        self._steps: deque[float] = deque(maxlen=STEPS_KEPT)
        """Moments at which a row changed, of those that were passed."""
        self._target: float | None = start or None
        self._step_wanted = False
        self._wake = asyncio.Event()
        self._read_on()

    # -- what the screen asks -------------------------------------------------------------------------------------
    @property
    def position(self) -> float:
        return self.store.position

    @property
    def at_end(self) -> bool:
        """Every event was told, and the time of the last one has come."""
        return self._next is None

    @property
    def seeking(self) -> bool:
        """On the way to a moment, or to the next change."""
        return self._target is not None or self._step_wanted

    def overview(self) -> Overview:
        return self.store.overview(sources=self._sources, received=self._cost.received, denied=self._cost.denied)

    # -- what the keys ask ----------------------------------------------------------------------------------------
    def pause(self, *, paused: bool) -> None:
        self.paused = paused
        self._wake.set()

    def seek(self, to: float) -> None:
        """To a moment, as exactly as events stand there."""
        end = self.duration if self.duration is not None else float("inf")
        self._target = min(max(to, 0.0), end)
        self._wake.set()

    def seek_by(self, seconds: float) -> None:
        """From where the last seek was to lead, so that keys add up."""
        self.seek((self.position if self._target is None else self._target) + seconds)

    def step(self, *, back: bool = False) -> None:
        """Pauses, and goes to the next moment at which a row changes, or to the last one before."""
        self.paused = True
        if back:
            before = [at for at in self._steps if at < self.position]
            self.seek(before[-1] if before else self.position - SETTLE_SECONDS)
        else:
            self._step_wanted = True
            self._wake.set()

    # -- playing --------------------------------------------------------------------------------------------------
    async def run(self) -> None:
        measuring = asyncio.create_task(self._measure(), name="measure the recording")
        try:
            while True:
                await self._go_on()
        finally:
            measuring.cancel()
            await asyncio.gather(measuring, return_exceptions=True)

    async def _measure(self) -> None:
        self.duration = await asyncio.to_thread(self.recording.duration)

    async def _go_on(self) -> None:
        if (target := self._target) is not None:
            await self._go_to(target)
            if self._target == target:
                self._target = None
        elif self._step_wanted:
            await self._go_to_change()
            self._step_wanted = False
        elif self.paused or self.at_end:
            self._wake.clear()
            await self._wake.wait()
        else:
            await self._play()

    async def _play(self) -> None:
        before = time.monotonic()
        self._wake.clear()
        try:
            async with asyncio.timeout(TICK):
                await self._wake.wait()
        except TimeoutError:
            pass
        if self.paused or self._target is not None or self._step_wanted:
            return
        await self._tell_until(self.position + (time.monotonic() - before) * self.speed)

    async def _go_to(self, target: float) -> None:
        self.store.hidden = True
        try:
            if target < self.position:
                self._rewind()
            await self._tell_until(target)
            self.store.make()
        finally:
            self.store.hidden = False

    async def _go_to_change(self) -> None:
        while (line := self._next) is not None and self._target is None:
            await self._tell_until(line.at / 1000)
            if self.store.make():
                self._remember()
                return
            await asyncio.sleep(0)

    async def _tell_until(self, end: float) -> None:
        """All events up to then, with pauses for the keys; another seek ends it."""
        target, deadline, settled = self._target, time.perf_counter() + SLICE_SECONDS, self.position
        while (line := self._next) is not None and line.at <= round(end * 1000):
            self.store.position = max(self.position, line.at / 1000)
            self._tell(line)
            self._read_on()
            if self.position - settled >= SETTLE_SECONDS:
                settled = self.position
                if self.store.make():
                    self._remember()
            if time.perf_counter() > deadline:
                await asyncio.sleep(0)
                deadline = time.perf_counter() + SLICE_SECONDS
                if self._target != target:
                    return
        if self._next is not None:
            self.store.position = max(self.position, end)

    def _tell(self, line: Line) -> None:
        match line.event:
            case Began(namespace=namespace):
                self.store.begin_anew()
                self.namespace, self.store.join.all_endpoints = namespace, namespace is None
                self._sources = {}
            case SourceTold(name=name, health=health):
                self._sources = {**self._sources, name: health}
            case Costed() as cost:
                self._cost = cost
            case event:
                event.apply(self.store)

    def _read_on(self) -> None:
        self._next = next(self._lines, None)

    def _rewind(self) -> None:
        self.store.begin_anew()
        self.store.position = 0.0
        self._sources, self._cost = {}, msgspec.structs.replace(self._cost, received=0)
        self._lines = self.recording.lines()
        self._steps.clear()
        self._read_on()

    def _remember(self) -> None:
        if not self._steps or self._steps[-1] < self.position:
            self._steps.append(self.position)

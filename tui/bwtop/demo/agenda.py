"""Simulated time: what will happen when, and who waits for it."""

import asyncio
import heapq
import itertools
from collections.abc import Callable


class Agenda:
    """Calls due functions in order of time whenever `advance` is called; time comes from a clock that may run fast."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    @property
    def now(self) -> float:
        return self._clock()

    def at(self, time: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._due, (time, next(self._order), action))

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        self.at(self.now + seconds, action)

    def advance(self) -> None:
        """Does all that is due, also what that brings about and is due at once."""
        while self._due and self._due[0][0] <= self.now:
            heapq.heappop(self._due)[2]()

    async def sleep(self, seconds: float) -> None:
        """Waits for simulated seconds; somebody has to call `advance` meanwhile."""
        woken = asyncio.get_running_loop().create_future()
        self.after(seconds, lambda: None if woken.done() else woken.set_result(None))
        await woken

"""Keeps the garbage collector from what is there to stay: the modules, the screen, a whole cluster.

A full pass looks at every container that bwtop holds: with 50,000 pods the event loop waits 60 ms for it. Nearly all of
them live as long as bwtop does, so they are set aside (`gc.freeze`) and only what came later is looked at. What is set
aside is still freed when its last reference goes; cycles of it are found only after `look_at_all`.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

FULL_AFTER: Final = 3
"""Passes over what is younger between two full ones (usually 10): often and little holds the event loop less."""
LONG_PASS: Final = 0.01
"""Seconds of a full pass after which what it has left, none of it garbage, is set aside."""


@contextmanager
def held_off() -> Iterator[None]:
    """Nothing that is imported is garbage: looking for it takes a twentieth of the time to the first frame."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Collector:
    """For a process that shows one screen; told by the app of what has come and gone."""

    def __init__(self) -> None:
        self._began = 0.0

    def begin(self) -> None:
        """The app stands."""
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], FULL_AFTER)
        gc.enable()
        gc.callbacks.append(self._passed)

    def set_aside(self) -> None:
        """All of a cluster has come."""
        if self._passed in gc.callbacks:
            gc.collect(1)
            gc.freeze()

    def look_at_all(self) -> None:
        """Most of a cluster is to go, and from now on whatever is left of it in cycles is to be found."""
        gc.unfreeze()
        if self._passed in gc.callbacks:
            gc.callbacks.remove(self._passed)

    def _passed(self, phase: str, info: dict[str, Any]) -> None:
        if info["generation"] != 2:
            return
        if phase == "start":
            self._began = time.perf_counter()
        elif time.perf_counter() - self._began > LONG_PASS:
            gc.freeze()

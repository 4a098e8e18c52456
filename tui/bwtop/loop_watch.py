"""Measures how long the event loop is kept from its next event, for the benchmarks.

Every turn of the loop is timed from the moment it has events to the moment it waits for the next ones, by its
selector: a task that sleeps and looks at the clock would cost half a per cent of CPU and miss what begins in its sleep.
Time in which the kernel gave the CPU to other programs although the loop wanted it is told apart: no change to bwtop
can shorten that. Waiting for bwtop's own threads (the GIL) counts, and so does what the kernel tells nobody: a machine
that is itself a guest and stands still, a page that comes from the disk. What the loop's thread computes is told, too.
"""

import asyncio
import contextlib
import json
import os
import selectors
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

NOTABLE = 0.005
"""Seconds; a shorter turn is not looked at."""


@contextlib.contextmanager
def watched_loop(path: str | None) -> Iterator[asyncio.AbstractEventLoop | None]:
    """A loop that keeps `{"longest_block_ms": x, "longest_turn_ms": y, "longest_cpu_ms": z}` in a file.

    Without and with that time, and the most CPU that a turn has used.
    None where there is no path: the usual loop will do.
    """
    if path is None:
        yield None
        return
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(TimedSelector(Path(path)))) as runner:
        yield runner.get_loop()


class TimedSelector(selectors.DefaultSelector):
    """Notes the longest time between two waits."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._longest = {"longest_block_ms": 0.0, "longest_turn_ms": 0.0, "longest_cpu_ms": 0.0}
        self._cpu_wait = CpuWait()
        self._began: Moment | None = None
        """Of the turn."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        asked = self._now()
        if self._began is not None:
            self._note(self._began, asked)
        events = super().select(timeout)
        self._began = self._now()
        if timeout is not None and not events:  # a thread that holds the GIL makes the return late
            self._note(asked._replace(at=asked.at + max(timeout, 0.0)), self._began)
        return events

    def _now(self) -> "Moment":
        return Moment(time.perf_counter(), self._cpu_wait.seconds(), time.thread_time())

    def _note(self, began: "Moment", ended: "Moment") -> None:
        turn, kept_waiting = ended.at - began.at, ended.kept_waiting - began.kept_waiting
        if turn < NOTABLE:
            return
        figures = {
            "longest_block_ms": (turn - kept_waiting) * 1000,
            "longest_turn_ms": turn * 1000,
            "longest_cpu_ms": (ended.computed - began.computed) * 1000,
        }
        longest = {name: max(self._longest[name], round(figure, 1)) for name, figure in figures.items()}
        if longest != self._longest:
            self._longest = longest
            self._path.write_text(json.dumps(longest))


class Moment(NamedTuple):
    """Seconds, each from a beginning of its own."""

    at: float
    kept_waiting: float
    """How long the thread had been ready and had no CPU."""
    computed: float
    """CPU time of the thread."""


class CpuWait:
    """How long the calling thread was ready to run and had no CPU (Linux; elsewhere 0)."""

    def __init__(self) -> None:
        path = f"/proc/self/task/{threading.get_native_id()}/schedstat"
        self._file = os.open(path, os.O_RDONLY) if Path(path).exists() else -1

    def seconds(self) -> float:
        """Since the thread began."""
        return int(os.pread(self._file, 100, 0).split()[1]) / 1e9 if self._file >= 0 else 0.0

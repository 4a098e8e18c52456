"""Clocks for simulated time."""

import time


class FastClock:
    """Runs `speed` times as fast as real time, and jumps."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed, self._start, self._jumped = speed, time.monotonic(), 0.0

    def __call__(self) -> float:
        return 1_000.0 + (time.monotonic() - self._start) * self._speed + self._jumped

    def forward(self, seconds: float) -> None:
        self._jumped += seconds


class StillClock:
    """Moves only when it is told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds

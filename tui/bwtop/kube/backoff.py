"""How long to wait before the next try: client-go's numbers."""

from collections.abc import Callable


class Backoff:
    """0.8 s doubling to 30 s, each with up to as much again at random; starts over after two quiet minutes."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        random: Callable[[], float],
        first: float = 0.8,
        longest: float = 30.0,
        quiet: float = 120.0,
    ) -> None:
        self._clock, self._random = clock, random
        self._first, self._longest, self._quiet = first, longest, quiet
        self._next = first
        self._asked_at = clock()

    def next(self) -> float:
        """Seconds."""
        now = self._clock()
        if now - self._asked_at > self._quiet:
            self._next = self._first
        self._asked_at = now
        delay = self._next
        self._next = min(delay * 2, self._longest)
        return delay * (1 + self._random())

"""When nodes are read: those of a sweep a few at a time at equal distances, those on the screen in step.

What is done in one go costs half of what it costs one by one: the processor's caches are warm, and it wakes once.
"""


class Turns:
    """Hands out turns that follow each other; with a hundred nodes and a period of 50 s there is one each 0.5 s."""

    def __init__(self, *, together: int = 1) -> None:
        """So many turns come at one moment."""
        self._together = together
        self._last = float("-inf")

    def after(self, now: float, *, period: float, nodes: int) -> float:
        """Seconds until a node of so many has its next turn, one `period` at most."""
        distance = period / max(nodes, 1)
        self._last = min(max(self._last, now) + distance, now + period)
        missing = -self._last % (distance * self._together) if self._together > 1 else 0.0
        return min(self._last + missing - now, period)


def in_step(now: float, *, period: float) -> float:
    """Seconds until all that have this period have their turn, once they had one together a period after it.

    A first turn that was on its own: half a period at least, and one and a half at most.
    """
    left = period - now % period
    return left if left >= period / 2 else left + period

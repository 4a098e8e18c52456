"""When the nodes of a sweep are due: at equal distances, also when all of them were first read in one go."""


class Turns:
    """Hands out turns that follow each other; with a hundred nodes and a period of 50 s there is one each 0.5 s."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def after(self, now: float, *, period: float, nodes: int) -> float:
        """Seconds until a node of so many has its next turn, one `period` at most."""
        self._last = min(max(self._last, now) + period / max(nodes, 1), now + period)
        return self._last - now

"""The last two minutes of egress rates, a point every few seconds, for the small curve in the pods view."""

from array import array
from collections.abc import Mapping, Sequence

POINTS = 24
POINT_SECONDS = 5.0


class RateHistory:
    """A bounded row of points for each endpoint of a node; idle endpoints that were never seen busy cost nothing."""

    def __init__(self) -> None:
        self._points: dict[int, array[float]] = {}
        self._added = float("-inf")
        self._length = 0

    def add(self, rates: Mapping[int, int], now: float) -> None:
        """Takes the rates (bits/s by endpoint ID) of a sample; keeps one every `POINT_SECONDS`."""
        if now - self._added < POINT_SECONDS - 0.5:
            return
        self._added = now
        self._length = min(self._length + 1, POINTS)
        for gone in self._points.keys() - rates.keys():
            del self._points[gone]
        for endpoint_id, rate in rates.items():
            points = self._points.get(endpoint_id)
            if points is None:
                if not rate:
                    continue
                points = self._points[endpoint_id] = array("f", bytes(4 * (self._length - 1)))
            points.append(rate)
            if len(points) > POINTS:
                del points[0]

    def of(self, endpoint_id: int) -> Sequence[float]:
        """Rates of one endpoint, oldest first; empty when it never sent anything."""
        return self._points.get(endpoint_id, ())

"""The last two minutes of egress rates, a point every few seconds, for the small curve in the pods view."""

from array import array
from collections.abc import Mapping, Sequence

POINTS = 24
POINT_SECONDS = 5.0


class RateHistory:
    """A bounded row of points for each endpoint of a node; an idle one that was never seen busy costs a number."""

    def __init__(self) -> None:
        self._points: dict[int, array[float]] = {}
        self._first: dict[int, int] = {}
        """Endpoint ID -> how many points had been kept when it was seen first: before, it did not send nothing."""
        self._added = float("-inf")
        self._kept = 0

    def add(self, rates: Mapping[int, int], now: float) -> None:
        """Takes the rates (bits/s by endpoint ID) of a sample; keeps one every `POINT_SECONDS`."""
        if now - self._added < POINT_SECONDS - 0.5:
            return
        self._added = now
        for gone in self._first.keys() - rates.keys():
            del self._first[gone]
            self._points.pop(gone, None)
        for endpoint_id, rate in rates.items():
            first = self._first.setdefault(endpoint_id, self._kept)
            points = self._points.get(endpoint_id)
            if points is None:
                if not rate:
                    continue
                idle = min(self._kept - first, POINTS - 1)
                points = self._points[endpoint_id] = array("f", bytes(4 * idle))
            points.append(rate)
            if len(points) > POINTS:
                del points[0]
        self._kept += 1

    def of(self, endpoint_id: int) -> Sequence[float]:
        """Rates of one endpoint, oldest first; empty when it never sent anything."""
        return self._points.get(endpoint_id, ())

"""What pods send: demand over time, and the counters of their host side interfaces."""

import math

import msgspec

from bwtop.demo.spec import Pattern

LINE_RATE = 4.6e9
"""Bits/s that a node's network gives a single flow."""
DAY = 180.0
"""Seconds of a diurnal wave."""
BURST = 47.0
STEP = 1.0
"""Seconds over which a rate is taken as constant."""
MOST_STEPS = 60


class Demand(msgspec.Struct, frozen=True):
    """How much a pod wants to send, bits/s at its height; `seed` tells like pods apart."""

    pattern: Pattern = Pattern.IDLE
    bits: float = 0.0
    udp: bool = False
    local: bool = False
    seed: float = 0.0

    @property
    def limitable(self) -> bool:
        """TCP that leaves the node slows down to the limit; all else shows in the counter unslowed."""
        return not (self.udp or self.local)

    def at(self, time: float) -> float:
        """Bits/s wanted at a time."""
        jitter = 1 + 0.06 * (noise(time, self.seed) - 0.5)
        match self.pattern:
            case Pattern.IDLE:
                return 400 + 1600 * noise(time, self.seed)
            case Pattern.STEADY:
                return self.bits * jitter
            case Pattern.GREEDY:
                return (self.bits or LINE_RATE) * jitter
            case Pattern.DIURNAL:
                return self.bits * jitter * (0.55 + 0.45 * math.sin(2 * math.pi * (time / DAY + self.seed)))
            case Pattern.BURSTY:
                place = (time / BURST + self.seed) % 1
                return self.bits * jitter * (1.0 if place < 0.35 else 0.04)


def noise(time: float, seed: float) -> float:
    """0 to 1, the same for the same second and seed."""
    return (math.sin(math.floor(time) * 12.9898 + seed * 78.233) * 43758.5453) % 1


class Flow(msgspec.Struct):
    """A netperf run while it lasts, on top of what the pod does anyway."""

    bits: float
    until: float
    udp: bool = False
    local: bool = False


def on_the_wire(*, slowable: float, unslowable: float, limit: float | None, time: float, seed: float) -> float:
    """Bits/s that the interface counts.

    Under a limit TCP settles some 5 % above it: the counter stands before the shaper and sees headers and what is
    sent again (measured: 10.4 Mbit/s at a limit of 10M, of which 9.5 arrive).
    """
    if limit is not None:
        slowable = min(slowable, limit * (1.02 + 0.06 * noise(time, seed)))
    return slowable + unslowable


class Counter:
    """Bytes and packets of one interface, both ways; as seen from the host, so what the pod sends is received."""

    def __init__(self, *, time: float, demand: Demand, age: float) -> None:
        self.demand = demand
        self.flows: list[Flow] = []
        self._time = time
        share = {Pattern.IDLE: 1.0, Pattern.BURSTY: 0.4, Pattern.DIURNAL: 0.55}.get(demand.pattern, 0.9)
        height = 1_200 if demand.pattern is Pattern.IDLE else min(demand.bits or 1e7, 2e8)
        self.received = min(age, 86_400 * 30) * height * share / 8
        self.sent = self.received * (0.08 + 0.5 * noise(1, demand.seed))
        self._return = 0.04 + 0.2 * noise(2, demand.seed)

    def rate(self, time: float, limit: float | None) -> float:
        """Bits/s that the pod offers at a time, under a limit in bits/s or none."""
        slowable = unslowable = 0.0
        wanted = self.demand.at(time)
        slowable, unslowable = (wanted, 0.0) if self.demand.limitable else (0.0, wanted)
        for flow in self.flows:
            if flow.until > time:
                slowable, unslowable = (
                    (slowable, unslowable + flow.bits) if flow.udp or flow.local else (slowable + flow.bits, unslowable)
                )
        return on_the_wire(slowable=slowable, unslowable=unslowable, limit=limit, time=time, seed=self.demand.seed)

    def advance(self, time: float, limit: float | None) -> None:
        """Counts on to a time; the limit is taken as what it is now."""
        span = time - self._time
        if span <= 0:
            return
        steps = min(max(1, math.ceil(span / STEP)), MOST_STEPS)
        width = span / steps
        for step in range(steps):
            volume = self.rate(self._time + (step + 0.5) * width, limit) * width / 8
            self.received += volume
            self.sent += volume * self._return
        self._time = time
        self.flows = [flow for flow in self.flows if flow.until > time]

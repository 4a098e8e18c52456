"""What is known of one node from its agent: the last good map, the egress rates, the agent's own status.

A broken answer never erases a good one: it sets `error`, and the age of the last good answer tells the rest.
"""

from collections.abc import Set

import msgspec

from bwtop.cilium.bandwidth import MapMissing, read_bandwidth_map
from bwtop.cilium.counters import read_net_dev, read_uptime
from bwtop.cilium.devices import network_cards, other_devices
from bwtop.cilium.endpoints import AgentEndpoint, read_endpoints
from bwtop.cilium.output import OutputError
from bwtop.cilium.programs import bare_devices, read_egress_program
from bwtop.cilium.status import AgentStatus, read_status
from bwtop.live.history import RateHistory
from bwtop.model.frames import STATUS_SECTIONS, Frame, Section
from bwtop.model.limits import Direction, EgressProgram, Programmed
from bwtop.model.states import AGENT_NOT_READ

STALE_PERIODS = 3
NOISE = 0.03
"""A rate that moved by less than this share of itself is the same rate: nothing is repainted for it."""

ABSENT = Section("", -1)
"""Stands for a section that a frame lacks."""

MapKey = tuple[int, Direction]


class Sample(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One reading of a node's map and of its interfaces."""

    entries: dict[MapKey, Programmed]
    map_missing: bool
    """The bandwidth manager is off, so there is no map."""
    rates: dict[int, int] | None
    """Endpoint ID -> offered egress, bits/s; None: not measured this time, so the last ones stand."""
    cards: tuple[str, ...] = ()
    """Network cards that have received something."""
    problem: str
    """Why rates could not be measured; empty when they could, or it is too early."""


class Inspection(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What seldom changes on a node, as its agent tells it."""

    status: AgentStatus | None
    endpoints: tuple[AgentEndpoint, ...]
    egress_program: EgressProgram
    bare_devices: tuple[str, ...] = ()
    """Devices of the manager without the egress program, where another one has it."""
    problem: str
    """What of it did not read; the last good answer stands for that."""


class NodeReading:
    """The agent's answers for one node."""

    def __init__(self, *, period: float) -> None:
        self.period = period
        """Seconds between two samples as planned now; staleness is measured in it."""
        self.entries: dict[MapKey, Programmed] | None = None
        """None: the map was never read. Empty: read, and nothing in it, or the manager is off."""
        self.map_missing = False
        self.rates: dict[int, int] = {}
        """Endpoint ID -> offered egress, bits/s."""
        self.sampled_at: float | None = None
        """Unix time of the last good map."""
        self.sampled_mono = float("-inf")
        self.status: AgentStatus | None = None
        self.endpoints: dict[int, AgentEndpoint] = {}
        self.endpoint_of_pod: dict[str, int] = {}
        self.egress_program = EgressProgram.UNKNOWN
        self.bare_devices: tuple[str, ...] = ()
        self.cards: tuple[str, ...] = ()
        self.inspected_mono = float("-inf")
        self.error = ""
        """Why the last sample failed; empty after a good one."""
        self.inspect_error = ""
        self.history = RateHistory()
        self._map_printed: str | None = None
        """From what `_map` was read."""
        self._map: tuple[dict[MapKey, Programmed], bool] = {}, True
        self._counters: dict[str, int] = {}
        self._uptime = 0.0

    def unreadable(self, now: float) -> str:
        """Why nothing can be said about this node's limits now; empty when the map is fresh. `now` is monotonic."""
        if self.entries is None:
            return self.error or AGENT_NOT_READ
        if now <= self.stale_at:
            return ""
        return self.error or f"not read for {now - self.sampled_mono:.0f} s"

    @property
    def stale_at(self) -> float:
        """Monotonic; until then the map that was read last counts."""
        return self.sampled_mono + STALE_PERIODS * self.period

    def sample(self, frame: Frame, *, now: float, unix: float) -> Set[int] | None:
        """`read_sample`, then `take_sample`; raises OutputError when the map does not read; the last good one stays."""
        return self.take_sample(self.read_sample(frame), now=now, unix=unix)

    def read_sample(self, frame: Frame) -> Sample:
        """What a frame of the sampling loop says; raises OutputError when the map does not read."""
        entries, missing = self._read_map(frame.get("map", ABSENT))
        rates, problem = self._measure(frame)
        return Sample(
            entries=entries, map_missing=missing, rates=rates, cards=network_cards(self._counters), problem=problem
        )

    def take_sample(self, sample: Sample, *, now: float, unix: float) -> Set[int] | None:
        """From now on this is known; endpoint IDs whose figures changed, None: the whole node's did."""
        was_readable = not self.unreadable(now)
        entries, missing = sample.entries, sample.map_missing
        changed: set[int] | None = None
        if was_readable and self.entries is not None and missing == self.map_missing:
            changed = {key[0] for key in entries.keys() ^ self.entries.keys()}
            changed |= {key[0] for key, value in entries.items() if self.entries.get(key, value) != value}
        self.entries, self.map_missing, self.error = entries, missing, sample.problem
        self.sampled_mono, self.sampled_at, self.cards = now, unix, sample.cards
        moved = self._take_rates(sample.rates, now)
        return None if changed is None else changed | moved

    def _read_map(self, section: Section) -> tuple[dict[MapKey, Programmed], bool]:
        """What was printed before means what it meant before: at rest that is nearly every sample."""
        if section.text != self._map_printed:
            self._map_printed = None  # what does not read is read again
            try:
                self._map = read_bandwidth_map(section.text), False
            except MapMissing:
                self._map = {}, True
            self._map_printed = section.text
        return self._map

    def _measure(self, frame: Frame) -> tuple[dict[int, int] | None, str]:
        """Rates from two readings of the counters, and what is wrong with them.

        The first reading gives none; neither does a counter that went back (new interface).
        """
        problem = ""
        try:
            uptime = read_uptime(frame.get("counters", ABSENT).text)
            counters = read_net_dev(frame.get("counters", ABSENT).text)
        except OutputError as error:
            problem = f"interface counters: {error}"
            uptime, counters = self._uptime, {}
        elapsed = uptime - self._uptime
        before, self._counters, self._uptime = self._counters, counters, uptime
        if not before or elapsed <= 0:
            return None, problem
        rates: dict[int, int] = {}
        for endpoint in self.endpoints.values():
            interface = endpoint.interface
            if interface is None or interface not in counters or interface not in before:
                continue
            if (grown := counters[interface] - before[interface]) >= 0:
                rates[endpoint.endpoint_id] = round(grown * 8 / elapsed)
        return rates, problem

    def _take_rates(self, rates: dict[int, int] | None, now: float) -> set[int]:
        if rates is None:
            return set()
        moved = {one for one in rates.keys() | self.rates.keys() if _moved(self.rates.get(one), rates.get(one))}
        self.rates = rates
        self.history.add(rates, now)
        return moved

    def inspect(self, frame: Frame, *, now: float) -> bool:
        """`read_inspection`, then `take_inspection`: True when a row could look different after it."""
        return self.take_inspection(self.read_inspection(frame), now=now)

    def read_inspection(self, frame: Frame) -> Inspection:
        """What the frame of the inspection says; for what does not read, or was not asked for, what was known."""
        status, endpoints, problems = self.status, tuple(self.endpoints.values()), list[str]()
        try:
            status = read_status(frame.get("status", ABSENT).text)
        except OutputError as error:
            problems.append(f"status: {error}")
        try:
            if tuple(frame) != STATUS_SECTIONS:
                endpoints = tuple(read_endpoints(frame.get("endpoints", ABSENT).text).values())
        except OutputError as error:
            problems.append(f"endpoints: {error}")
        devices, programs = status.devices if status else (), frame.get("programs", ABSENT).text
        return Inspection(
            status=status,
            endpoints=endpoints,
            egress_program=read_egress_program(programs, devices=devices),
            bare_devices=bare_devices(programs, devices=devices),
            problem="; ".join(problems),
        )

    def take_inspection(self, inspection: Inspection, *, now: float) -> bool:
        """From now on this is known; True when a row could look different after it."""
        before = (self.status, self.egress_program, self.endpoints, self.inspect_error)
        self.status, self.egress_program = inspection.status, inspection.egress_program
        self.bare_devices = inspection.bare_devices
        self.endpoints = {endpoint.endpoint_id: endpoint for endpoint in inspection.endpoints}
        self.endpoint_of_pod = {f"{e.namespace}/{e.pod}": e.endpoint_id for e in inspection.endpoints if e.pod}
        self.inspected_mono = now
        self.inspect_error = inspection.problem
        return before != (self.status, self.egress_program, self.endpoints, self.inspect_error)

    def outdate(self) -> None:
        """Another agent runs there now: what it says of itself is asked for soon; until then the last one's stands."""
        self.inspected_mono = float("-inf")

    @property
    def other_devices(self) -> tuple[str, ...]:
        """Network cards that the manager did not take."""
        return other_devices(self.cards, managed=self.status.devices if self.status else ())

    @property
    def manager_enabled(self) -> bool | None:
        if self.map_missing:
            return False
        return self.status.manager_enabled if self.status else None


def _moved(before: int | None, after: int | None) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(after - before) > NOISE * max(before, after)

"""The rows of the four tables, kept up incrementally: an event touches its own rows and no others.

Watches and the sampler write; nobody is told. Whoever shows the rows calls `drain` on its own timer and gets the keys
of the rows that are new, different or gone since the last time. A drain does a bounded amount of work, so that 50,000
rows arriving at once never hold the event loop.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import msgspec

from bwtop.live.join import Join, with_pressure_since
from bwtop.live.objects import Dirty, Objects
from bwtop.live.readings import Inspection, NodeReading, Sample
from bwtop.live.recording.tape import Tape
from bwtop.live.tally import Tally
from bwtop.model.frames import Frame
from bwtop.model.overview import Overview
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.model.states import PENDING_SECONDS, State

SLICE_SECONDS = 0.01
Row = TypeVar("Row", PodRow, NodeRow, EndpointRow)


class Changes(msgspec.Struct, frozen=True):
    """Keys of rows that are new, different or gone; look them up in the store's tables."""

    pods: set[str]
    nodes: set[str]
    endpoints: set[str]
    limits: set[str]
    more: bool = False
    """True: the slice ended before the work did; drain again soon."""


class Store:
    """All rows. `clock` is monotonic, `unix` the time of day."""

    objects_type: ClassVar[type[Objects]] = Objects

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, unix: Callable[[], float] = time.time) -> None:
        self.clock, self.unix = clock, unix
        self.pods: dict[str, PodRow] = {}
        self.nodes: dict[str, NodeRow] = {}
        self.endpoints: dict[str, EndpointRow] = {}
        self.limits: dict[str, LimitRow] = {}
        self.readings: dict[str, NodeReading] = {}
        self.tape: Tape | None = None
        """What records all that the store is told; None: nothing does."""
        self.states: Counter[State] = Counter()
        self._dirty = Dirty()
        self.objects = self.objects_type(self._dirty, self._pod_moved)
        self.join = Join(self.objects, self.readings, self.pods)
        self._changed_at: dict[str, float] = {}
        """Pods that changed so lately that the map was not read since, or not long enough after."""
        self.on_change: Callable[[str], None] = lambda node: None
        """Told the node of a pod whose annotation or endpoint changed."""
        self._tally = Tally(self.readings)
        self._limits_of: dict[str, set[str]] = {}

    # -- what the sampler tells -----------------------------------------------------------------------------------
    def reading(self, node: str, *, period: float) -> NodeReading:
        reading = self.readings.get(node)
        if reading is None:
            reading = self.readings[node] = NodeReading(period=period)
        elif reading.period != period:
            reading.period = period
            self._tally.note(node, self.clock())
        return reading

    def sampled(self, node: str, frame: Frame) -> None:
        """Takes a sample; raises OutputError when it does not read, the last good one stays."""
        self.take_sample(node, self.readings[node].read_sample(frame))

    def take_sample(self, node: str, sample: Sample) -> None:
        changed = self.readings[node].take_sample(sample, now=self.clock(), unix=self.unix())
        self._tally.note(node, self.clock())
        self._settle_changes(node)
        if changed is None:
            self.objects.touch_node(node)
            return
        if not changed:
            return
        self._dirty.nodes.add(node)
        self._dirty.limits_of.add(node)
        self._dirty.pods.update(self._showing(node, changed))

    def changing(self, node: str) -> bool:
        """Whether a change on the node is so young that its map should be read again soon."""
        pods = self.objects.pods
        return any(key in pods and pods[key].node == node for key in self._changed_at)

    def _settle_changes(self, node: str) -> None:
        """The map was read: what changed well before counts as settled, whatever it came to."""
        for key, changed_at in list(self._changed_at.items()):
            pod = self.objects.pods.get(key)
            if pod is not None and pod.node != node:
                continue
            self._dirty.pods.add(key)
            if pod is None or self.clock() - changed_at >= PENDING_SECONDS:
                del self._changed_at[key]

    def inspected(self, node: str, frame: Frame) -> None:
        self.take_inspection(node, self.readings[node].read_inspection(frame))

    def take_inspection(self, node: str, inspection: Inspection) -> None:
        if self.readings[node].take_inspection(inspection, now=self.clock()):
            self._tally.note(node, self.clock())
            self.objects.touch_node(node)

    def uninspected(self, node: str, error: str) -> None:
        """The inspection failed; what the last one said stays."""
        reading = self.readings[node]
        reading.inspect_error, reading.inspected_mono = error, self.clock()
        self._dirty.nodes.add(node)

    def failed(self, node: str, error: str) -> None:
        """The agent could not be read; rows turn to Unknown when the last good sample is stale."""
        reading = self.readings[node]
        if reading.error != error:
            reading.error = error
            self._dirty.nodes.add(node)
            if reading.unreadable(self.clock()):
                self.objects.touch_node(node)

    def forget_node(self, node: str) -> None:
        """The node or its agent is gone for good."""
        if self.readings.pop(node, None):
            self._tally.note(node, self.clock())
            self.objects.touch_node(node)

    def _showing(self, node: str, endpoint_ids: Set[int]) -> Iterator[str]:
        """Keys of the pods whose rows show figures of these endpoints; a row not made yet is dirty anyway."""
        for key in self.objects.pods_of.get(node, ()):
            if (row := self.pods.get(key)) is not None and row.endpoint_id in endpoint_ids:
                yield key

    def written(self, key: str, at: str) -> None:
        """The pod's annotations were written then, RFC 3339; empty: nobody knows."""
        if key in self.objects.pods:
            self._pod_moved(key, at)
            self._dirty.pods.add(key)

    def _pod_moved(self, key: str, at: str | None) -> None:
        """A pod that a list brought has changed when it was created, as far as anybody knows.

        A time well ahead of our clock tells of the clocks and not of the change: nothing is put down to it.
        """
        ago = 0.0 if at is None else self.unix() - datetime.fromisoformat(at).timestamp() if at else PENDING_SECONDS
        if not -PENDING_SECONDS < ago < PENDING_SECONDS:
            return
        self._changed_at[key] = self.clock() - ago
        if pod := self.objects.pods.get(key):
            self.on_change(pod.node)

    # -- what the screen asks -------------------------------------------------------------------------------------
    def history(self, row: PodRow) -> Sequence[float]:
        """Rates of the last two minutes in bits/s, oldest first."""
        reading = self.readings.get(row.node)
        return reading.history.of(row.endpoint_id) if reading and row.endpoint_id is not None else ()

    def sample_age(self, node: str) -> float | None:
        """Seconds since the node's last good sample."""
        reading = self.readings.get(node)
        return None if reading is None or reading.sampled_at is None else self.clock() - reading.sampled_mono

    def drain(self, *, seconds: float = SLICE_SECONDS) -> Changes:
        """Makes the rows that events have touched, for at most about `seconds`."""
        for node in self._tally.turned_stale(self.clock()):
            self.objects.touch_node(node)
        deadline = time.perf_counter() + seconds
        dirty, changes = self._dirty, Changes(set(), set(), set(), set())
        for name in _taken(dirty.nodes, deadline):
            self._make_node(name, changes)
        for key in _taken(dirty.pods, deadline):
            self._make_pod(key, changes)
        for key in _taken(dirty.endpoints, deadline):
            self._make_endpoint(key, changes)
        for name in _taken(dirty.limits_of, deadline):
            self._make_limits(name, changes)
        return msgspec.structs.replace(changes, more=bool(dirty))

    def settle(self) -> Changes:
        """Makes every touched row at once, for one-shot commands."""
        return self.drain(seconds=float("inf"))

    def overview(self, **more: Any) -> Overview:  # noqa: ANN401 - fields of Overview
        """What the status line shows; `more` are the fields that the store does not know."""
        nodes, states = self.objects.node_count, dict(self.states)
        return msgspec.structs.replace(self._tally.overview(), nodes=nodes, states=states, **more)

    # -- inside ---------------------------------------------------------------------------------------------------
    def _make_pod(self, key: str, changes: Changes) -> None:
        before, pod = self.pods.get(key), self.objects.pods.get(key)
        row = None
        if pod is not None:
            made = self.join.pod(pod, now=self.clock(), changed_at=self._changed_at.get(key))
            row = with_pressure_since(made, before, unix=self.unix())
        if _put(self.pods, key, row):
            changes.pods.add(key)
        if _judged(before) != _judged(row):
            self._count(before, row)

    def _count(self, before: PodRow | None, row: PodRow | None) -> None:
        """The verdict on a pod is told in the limits view, too."""
        if before is not None:
            self.states[before.state] -= 1
            self._dirty.limits_of.add(before.node)
        if row is not None:
            self.states[row.state] += 1
            self._dirty.limits_of.add(row.node)

    def _make_node(self, name: str, changes: Changes) -> None:
        known = name in self.objects.nodes or name in self.objects.cilium_nodes
        row = self.join.node(name, now=self.clock()) if known else None
        if _put(self.nodes, name, row):
            changes.nodes.add(name)

    def _make_endpoint(self, key: str, changes: Changes) -> None:
        endpoint = self.objects.endpoints.get(key)
        if _put(self.endpoints, key, self.join.endpoint(endpoint) if endpoint else None):
            changes.endpoints.add(key)

    def _make_limits(self, node: str, changes: Changes) -> None:
        rows = {row.key: row for row in self.join.limits(node)}
        for key in self._limits_of.get(node, set()) - rows.keys():
            del self.limits[key]
            changes.limits.add(key)
        for key, row in rows.items():
            if self.limits.get(key) != row:
                self.limits[key] = row
                changes.limits.add(key)
        self._limits_of[node] = set(rows)


def _judged(row: PodRow | None) -> tuple[object, ...] | None:
    return None if row is None else (row.state, row.reason, row.node, row.endpoint_id)


def _put(table: dict[str, Row], key: str, row: Row | None) -> bool:
    before = table.get(key)
    if row is None:
        table.pop(key, None)
    else:
        table[key] = row
    return before != row


def _taken(keys: set[str], deadline: float) -> Iterator[str]:
    """Takes keys out until the deadline, but always one."""
    while keys:
        yield keys.pop()
        if time.perf_counter() > deadline:
            return

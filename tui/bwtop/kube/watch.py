"""Reads the lines of one watch as batches of events."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import msgspec

from bwtop.kube.errors import KubeError
from bwtop.kube.http import aiohttp
from bwtop.kube.wire import EventType, WireDecoder, raw_event, resource_version

T = TypeVar("T")

SLICE_SECONDS: Final = 0.004
"""The longest that events are decoded before the loop gets its turn."""
_LONGEST_LINE: Final = 64 * 1024 * 1024
"""An object has 1.5 MB at most (etcd); this is no watch."""
_TYPES = {event.value: event for event in EventType}


@dataclass(frozen=True, kw_only=True)
class Batch(Generic[T]):
    events: Sequence[tuple[EventType, T]]
    version: str
    """The resource version reached when the events are taken; empty: unchanged."""
    skipped: int = 0
    """Lines left out."""


class WatchError(Exception):
    """An ERROR event; `status` is its object."""

    def __init__(self, status: msgspec.Raw) -> None:
        super().__init__()
        self.status = bytes(status)


async def read_watch(response: aiohttp.ClientResponse, decoder: WireDecoder[T]) -> AsyncIterator[Batch[T]]:
    """One batch for what one read of the socket brought, cut where it takes long. Raises WatchError.

    An event that the end of the stream cuts is dropped: the next watch brings it again.
    """
    rest = b""
    async for chunk in response.content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise KubeError("the watch sends a line without end", hint="is a proxy in between?")
        reading = _Reading(decoder)
        for line in lines:
            reading.take(line)
            if reading.overdue:
                yield reading.batch()
                await asyncio.sleep(0)
                reading = _Reading(decoder)
            if reading.error is not None:
                break
        yield reading.batch()
        if reading.error is not None:
            raise WatchError(reading.error)


class _Reading(Generic[T]):
    """A batch in the making."""

    def __init__(self, decoder: WireDecoder[T]) -> None:
        self.error: msgspec.Raw | None = None
        self._decoder = decoder
        self._events: list[tuple[EventType, T]] = []
        self._last: msgspec.Raw | None = None
        self._skipped_before = decoder.skipped
        self._until = time.perf_counter() + SLICE_SECONDS

    @property
    def overdue(self) -> bool:
        return time.perf_counter() > self._until

    def take(self, line: bytes) -> None:
        if not line.strip():
            return
        event = raw_event(line)
        if event is None:
            self._decoder.skip("a line of the watch is no event")
        elif event.type == "ERROR":
            self.error = event.object
        elif event.type == "BOOKMARK":
            self._last = event.object
        elif event.type not in _TYPES:
            self._decoder.skip(f"unknown event type {event.type}")
        else:
            self._last = event.object
            if (item := self._decoder.object(event.object)) is not None:
                self._events.append((_TYPES[event.type], item))

    def batch(self) -> Batch[T]:
        """Only the last version matters, so only that one is decoded."""
        version = resource_version(self._last) if self._last is not None else ""
        return Batch(events=self._events, version=version, skipped=self._decoder.skipped - self._skipped_before)

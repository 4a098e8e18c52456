"""Keeps a sink equal to a collection of the API server: list, watch, resume. The contract is client-go's Reflector."""

import asyncio
import random as randomness
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, Protocol, TypeVar

from bwtop.kube.api import Api
from bwtop.kube.backoff import Backoff
from bwtop.kube.errors import ApiError, KubeError, Unreachable
from bwtop.kube.failures import refusal
from bwtop.kube.listing import Listing, Told
from bwtop.kube.recovery import Wait, recovery
from bwtop.kube.resource import Resource
from bwtop.kube.target import read_target
from bwtop.kube.watch import Batch, WatchError, read_watch
from bwtop.kube.wire import EventType, WireDecoder
from bwtop.model.health import Freshness, SourceHealth

__all__ = ["EventType", "Reflector", "Sink"]

T = TypeVar("T")

DENIED_SECONDS: Final = 30.0
"""Until the next try of what is forbidden or unknown."""
WATCH_SECONDS: Final = 300
"""A watch is asked to end after this, and up to as much again at random."""
SHORT_SECONDS: Final = 1.0
"""A watch that ends within this and brought nothing is a failure."""

_UNVERSIONED: Final = "0"
"""Of a list that has no resource version: its watch begins anywhere, and cannot be resumed."""


class Sink(Protocol[T]):
    """Where a collection goes; called on the loop, in small pieces, never after the reflector is cancelled."""

    def listing(self, items: Sequence[T], remaining: int | None) -> None:
        """A part of a list that is still coming; `remaining` objects follow it, None: the server does not say.

        The first objects may come twice.
        """

    def replaced(self, items: dict[str, T]) -> None:
        """The list is whole: what it lacks is gone."""

    def changed(self, events: Sequence[tuple[EventType, T]]) -> None:
        """In the order in which they happened. DELETED carries the last state and may name an unknown object."""

    def health(self, health: SourceHealth) -> None: ...


class Reflector(Generic[T]):
    """One resource, of one namespace or of all."""

    def __init__(
        self,
        api: Api,
        resource: Resource[T],
        sink: Sink[T],
        *,
        namespace: str | None = None,
        label_selector: str = "",
        field_selector: str = "",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._api, self._resource, self._sink = api, resource, sink
        self._url = resource.url(namespace)
        selectors = (("labelSelector", label_selector), ("fieldSelector", field_selector))
        self._selectors = [(name, value) for name, value in selectors if value]
        self._decoder = WireDecoder(resource)
        self._clock, self._sleep, self._random = clock, sleep, random
        self._backoff = Backoff(clock=clock, random=random)
        self._version = ""
        """Where the next watch begins; empty: a list is needed first."""
        self._loaded = False
        self._idle = False
        """Nothing has come since the last list."""
        self._failures = 0
        """In a row."""
        self._objects = 0
        self._heard_at = clock()
        self._freshness = Freshness.LOADING

    @property
    def skipped(self) -> int:
        """Objects left out because they did not decode."""
        return self._decoder.skipped

    async def run(self) -> None:
        """For ever, until cancelled: every error of the API becomes a health and a next try."""
        self._report(Freshness.LOADING)
        while True:
            try:
                if self._version in ("", _UNVERSIONED):
                    await self._replace()
                await self._watch()
            except KubeError as error:
                await self._recover(error)

    async def _replace(self) -> None:
        items, version = await self._listing(self._paint).collect()
        self._sink.replaced(items)
        self._version, self._objects = version, len(items)
        self._loaded = self._idle = True
        self._failures = 0
        self._report(Freshness.LIVE)

    def _paint(self, items: Sequence[T], remaining: int | None, count: int) -> None:
        self._heard_at = self._clock()
        self._sink.listing(items, remaining)
        if not self._loaded:
            self._objects = count
            self._report(Freshness.LOADING)

    def _listing(self, tell: Told[T]) -> Listing[T]:
        return Listing(self._api, self._resource, self._decoder, url=self._url, selectors=self._selectors, tell=tell)

    async def _watch(self) -> None:
        started, brought = self._clock(), False
        try:
            async with self._api.stream(self._url, self._watch_params()) as response:
                if self._freshness is not Freshness.LIVE:
                    self._heard_at = self._clock()
                    self._report(Freshness.LIVE)
                async for batch in read_watch(response, self._decoder):
                    brought |= self._take(batch)
        except WatchError as failed:
            raise self._refusal(failed) from None
        finally:
            lasting = brought or self._clock() - started >= SHORT_SECONDS
            self._failures = 0 if lasting else self._failures
        if not lasting:
            raise Unreachable(f"the API server ends the watch of {self._resource.name} at once", target=self._url)

    def _watch_params(self) -> Sequence[tuple[str, str]]:
        return (
            *self._selectors,
            ("watch", "1"),
            ("allowWatchBookmarks", "true"),
            ("timeoutSeconds", str(int(WATCH_SECONDS * (1 + self._random())))),
            ("resourceVersion", self._version),
        )

    def _take(self, batch: Batch[T]) -> bool:
        """Whether the batch brought anything."""
        self._heard_at = self._clock()
        if batch.events:
            self._sink.changed(batch.events)
            self._objects += sum(_GROWTH[kind] for kind, _ in batch.events)
        if self._version != _UNVERSIONED:  # else what there is comes first, in no order of versions
            self._version = batch.version or self._version
        if batch.skipped or (batch.version and not batch.events):
            self._report(Freshness.LIVE)
        brought = bool(batch.version or batch.events)
        self._idle = self._idle and not brought
        return brought

    def _refusal(self, failed: WatchError) -> ApiError:
        target = read_target("GET", self._url, [("watch", "1")])
        return refusal(code=0, headers={}, body=failed.status, target=target, connection=self._api.connection)

    async def _recover(self, error: KubeError) -> None:
        self._failures += 1
        plan = recovery(error, failures=self._failures, loaded=self._loaded, idle=self._idle)
        if plan.relist:
            self._version = ""
        if plan.wait is Wait.NOT:
            return
        delay = DENIED_SECONDS if plan.wait is Wait.SLOW else self._backoff.next()
        lacking = ""
        if isinstance(error, ApiError):
            delay, lacking = max(delay, error.retry_after), error.lacking
        self._report(plan.freshness, error=str(error), lacking=lacking, retry_at=self._clock() + delay)
        await self._sleep(delay)

    def _report(
        self, freshness: Freshness, *, error: str = "", lacking: str = "", retry_at: float | None = None
    ) -> None:
        self._freshness = freshness
        health = SourceHealth(
            freshness=freshness,
            since=self._heard_at,
            objects=self._objects,
            error=error or self._left_out(),
            lacking=lacking,
            retry_at=retry_at,
        )
        self._sink.health(health)

    def _left_out(self) -> str:
        skipped = self._decoder.skipped
        return f"{skipped} objects of {self._resource.name} were left out: {self._decoder.problem}" if skipped else ""

    async def list(self) -> dict[str, T]:
        """Once, without the sink. Raises KubeError."""
        items, _ = await self._listing(lambda *_: None).collect()
        return items


_GROWTH = {EventType.ADDED: 1, EventType.MODIFIED: 0, EventType.DELETED: -1}

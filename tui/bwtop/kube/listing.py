"""Lists a collection: a page at once, for something to show, then all the rest in one answer or in pages.

The rest in one answer comes from the server's watch cache, not older than the first page: a page each costs the server
four times as much, because it reads and decodes them from etcd. Servers before 1.33 write an answer into memory before
they send it; those are asked for pages.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, Unreachable
from bwtop.kube.list_stream import ListStream
from bwtop.kube.resource import Resource
from bwtop.kube.wire import Page, WireDecoder

T = TypeVar("T")

STREAMS_LISTS: Final = (1, 33)
"""Kubernetes from this on sends a list while it writes it (StreamingCollectionEncodingToJSON)."""

Told = Callable[[Sequence[T], int | None, int], None]
"""Takes objects as they come, how many follow (None: the server does not say), and how many there were with them."""


class Listing(Generic[T]):
    def __init__(
        self,
        api: Api,
        resource: Resource[T],
        decoder: WireDecoder[T],
        *,
        url: str,
        selectors: Sequence[tuple[str, str]],
        tell: Told[T],
    ) -> None:
        self._api, self._resource, self._decoder = api, resource, decoder
        self._url, self._selectors, self._tell = url, selectors, tell

    async def collect(self) -> tuple[dict[str, T], str]:
        """All objects of one moment by key, and its resource version. Raises KubeError."""
        first = await self._page("")
        if first.meta.continue_ and await self._api.version() >= STREAMS_LISTS:
            self._say(first, len(first.items))
            try:
                return await self._whole(first)
            except ApiError:  # its cache is not ready, or is behind the first page
                pass
        return await self._pages(first)

    async def _pages(self, page: Page[T]) -> tuple[dict[str, T], str]:
        items: dict[str, T] = {}
        restarted = False
        while True:
            self._add(items, page.items)
            self._say(page, len(items))
            if not page.meta.continue_:
                return items, page.meta.resource_version or "0"
            try:
                page = await self._page(page.meta.continue_)
            except ApiError as error:
                if not error.expired or restarted:
                    raise
                items, restarted = {}, True
                page = await self._page("")

    async def _whole(self, first: Page[T]) -> tuple[dict[str, T], str]:
        """As it comes; `resourceVersion` makes the cache wait until it has caught up with the first page."""
        remaining = first.meta.remaining_item_count
        total = None if remaining is None else remaining + len(first.items)
        items: dict[str, T] = {}
        stream = ListStream(self._decoder)
        params = [*self._selectors, ("resourceVersion", first.meta.resource_version)]
        async with self._api.stream(self._url, params, compressed=True) as response:
            async for piece in response.content.iter_any():
                if found := stream.feed(piece):
                    self._add(items, found)
                    self._tell(found, None if total is None else max(total - len(items), 0), len(items))
                    await asyncio.sleep(0)
        page = self._decoded(stream.finish)
        self._add(items, page.items)
        self._tell(page.items, 0, len(items))
        return items, page.meta.resource_version or "0"

    async def _page(self, token: str) -> Page[T]:
        # No resourceVersion: with "0" the server ignores the limit and sends all in one answer.
        params = [*self._selectors, ("limit", str(self._resource.page_size))]
        body = await self._api.get(self._url, [*params, ("continue", token)] if token else params)
        return self._decoded(lambda: self._decoder.page(body))

    def _decoded(self, decode: Callable[[], Page[T]]) -> Page[T]:
        try:
            return decode()
        except msgspec.DecodeError as error:
            cause = f"the answer is no list of {self._resource.name}: {error}"
            hint = f"is {self._api.connection.server} an API server, or a login page?"
            raise Unreachable(cause, target=self._url, hint=hint) from error

    def _add(self, items: dict[str, T], found: Sequence[T]) -> None:
        items.update(zip(map(self._resource.key, found), found, strict=True))

    def _say(self, page: Page[T], count: int) -> None:
        self._tell(page.items, page.meta.remaining_item_count if page.meta.continue_ else 0, count)

"""Watches: what changed since a version, then what changes, until the time is up or a fault ends them."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from enum import Enum
from fnmatch import fnmatchcase

import msgspec

from bwtop.demo.errors import StatusError, expired
from bwtop.demo.selectors import Selector
from bwtop.demo.store import Change, Collection, Stored
from bwtop.demo.views import View

BOOKMARK_EVERY = 60.0
"""Seconds between bookmarks, as kube-apiserver has it."""
INITIAL_EVENTS_END = {"k8s.io/initial-events-end": "true"}


class Ending(Enum):
    """How an open watch can be made to end."""

    CLEAN = "clean"
    """As at its time-out."""
    CUT = "cut"
    """The connection breaks."""
    TORN = "torn"
    """The connection breaks inside an event."""
    SILENT = "silent"
    """The connection stays, and nothing comes any more: no bookmark either."""
    EXPIRED = "expired"
    """An ERROR event 410: the client has to list again."""


Entry = Change | Ending | bytes
"""What an open watch is given; bytes are sent as they are."""
_HALF_AN_EVENT = b'{"type":"MODIFIED","object":{"metadata":{"na'


class WatchRequest(msgspec.Struct, kw_only=True):
    path: str
    namespace: str
    selects: Selector
    since: int | None
    """None: begin with everything there is, as ADDED."""
    bookmarks: bool
    initial_events_end: bool
    """Send a bookmark that says so after everything there is (WatchList)."""
    timeout: float


class Watches:
    """The watches that are open."""

    def __init__(self) -> None:
        self.bookmark_every = BOOKMARK_EVERY
        self._open: dict[asyncio.Queue[Entry], str] = {}

    def __len__(self) -> int:
        return len(self._open)

    def give(self, *entries: Ending | bytes, path: str = "*") -> int:
        """To the open watches whose path matches; how many these were."""
        found = [queue for queue, own in self._open.items() if fnmatchcase(own, path)]
        for queue in found:
            for entry in entries:
                queue.put_nowait(entry)
        return len(found)

    @contextlib.contextmanager
    def open(self, collection: Collection, path: str) -> Iterator[asyncio.Queue[Entry]]:
        """A queue of all that happens to the collection from now on."""
        queue: asyncio.Queue[Entry] = asyncio.Queue()
        self._open[queue] = path
        leave = collection.subscribe(queue.put_nowait)
        try:
            yield queue
        finally:
            leave()
            del self._open[queue]


class Watcher:
    """One watch being answered; `write` sends bytes, `version` tells the server's newest resource version."""

    def __init__(
        self,
        request: WatchRequest,
        collection: Collection,
        view: View,
        *,
        version: Callable[[], int],
        write: Callable[[bytes], Awaitable[None]],
    ) -> None:
        self._request, self._collection, self._view = request, collection, view
        self._version, self._write = version, write

    def backlog(self) -> bytes:
        """The events before the live ones; raises StatusError 410."""
        request, collection = self._request, self._collection
        if request.since is not None:
            return b"".join(self._lines(change) for change in collection.since(request.since))
        everything = b"".join(
            _line("ADDED", self._view.event(stored))
            for stored in collection.within(request.namespace)
            if request.selects(stored)
        )
        return everything + (self._bookmark(initial=True) if request.initial_events_end else b"")

    async def follow(self, queue: asyncio.Queue[Entry], *, bookmark_every: float) -> Ending:
        """Writes what happens until the watch ends, and tells how."""
        clock = asyncio.get_running_loop().time
        end, next_bookmark = clock() + self._request.timeout, clock() + bookmark_every
        while (now := clock()) < end:
            if self._request.bookmarks and now >= next_bookmark:
                await self._write(self._bookmark())
                next_bookmark = now + bookmark_every
            try:
                async with asyncio.timeout(min(end, next_bookmark) - now):
                    first = await queue.get()
            except TimeoutError:
                continue
            ending = await self._write_all(first, queue)
            if ending:
                return ending
        if self._request.bookmarks:
            await self._write(self._bookmark())
        return Ending.CLEAN

    async def _write_all(self, first: Entry, queue: asyncio.Queue[Entry]) -> Ending | None:
        parts: list[bytes] = []
        ending: Ending | None = None
        for entry in [first, *(queue.get_nowait() for _ in range(queue.qsize()))]:
            if isinstance(entry, Ending):
                ending = entry
                break
            parts.append(entry if isinstance(entry, bytes) else self._lines(entry))
        if ending is Ending.EXPIRED:
            parts.append(error_event(expired(asked=self._request.since or 0, oldest=self._version())))
        elif ending is Ending.TORN:
            parts.append(_HALF_AN_EVENT)
        if text := b"".join(parts):
            await self._write(text)
        return ending

    def _lines(self, change: Change) -> bytes:
        """The event as this watch sees it: what comes into its selection is ADDED, what leaves DELETED."""
        now, before = self._selected(change.object), self._selected(change.before)
        match change.type:
            case "DELETED":
                kind = "DELETED" if now or before else ""
            case "ADDED":
                kind = "ADDED" if now else ""
            case "MODIFIED":
                kind = {(True, True): "MODIFIED", (True, False): "ADDED", (False, True): "DELETED"}.get(
                    (now, before), ""
                )
        return _line(kind, self._view.event(change.object)) if kind else b""

    def _selected(self, stored: Stored | None) -> bool:
        namespace = self._request.namespace
        return stored is not None and namespace in ("", stored.namespace) and self._request.selects(stored)

    def _bookmark(self, *, initial: bool = False) -> bytes:
        metadata = {"resourceVersion": str(self._version())}
        return _line(
            "BOOKMARK", self._view.bookmark({**metadata, "annotations": INITIAL_EVENTS_END} if initial else metadata)
        )


def error_event(error: StatusError) -> bytes:
    return _line("ERROR", msgspec.json.encode(error.status()))


def _line(kind: str, text: bytes) -> bytes:
    return b'{"type":"%b","object":' % kind.encode() + text.rstrip(b"\n") + b"}\n"

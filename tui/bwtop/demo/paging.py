"""Pages of a list: all of one list show the same moment."""

import base64
import itertools
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import msgspec

from bwtop.demo.errors import bad_request, continue_expired
from bwtop.demo.store import Stored

KEPT = 64
"""Lists whose pages are being fetched; the oldest is forgotten, and its token then is too old."""


class _Token(msgspec.Struct):
    list: int
    start: int


class _Snapshot(msgspec.Struct):
    items: Sequence[Stored]
    version: int
    filtered: bool


class Pages:
    def __init__(self) -> None:
        self._snapshots: OrderedDict[int, _Snapshot] = OrderedDict()
        self._numbers = itertools.count(1)

    def first(
        self, items: Sequence[Stored], *, version: int, limit: int, filtered: bool
    ) -> tuple[Sequence[Stored], dict[str, Any]]:
        """A page and the metadata of its list; `filtered` lists do not tell how much remains."""
        snapshot = _Snapshot(items, version, filtered)
        if not limit or len(items) <= limit:
            return items, {"resourceVersion": str(version)}
        number = next(self._numbers)
        self._snapshots[number] = snapshot
        while len(self._snapshots) > KEPT:
            self._snapshots.popitem(last=False)
        return self._page(number, snapshot, start=0, limit=limit)

    def next(self, token: str, *, limit: int) -> tuple[Sequence[Stored], dict[str, Any]]:
        """Raises StatusError 410 for a token that is too old, 400 for one that is none."""
        try:
            read = msgspec.json.decode(base64.urlsafe_b64decode(token), type=_Token)
        except (ValueError, msgspec.DecodeError):
            raise bad_request("continue key is not valid: illegal base64 data") from None
        snapshot = self._snapshots.get(read.list)
        if snapshot is None:
            raise continue_expired()
        return self._page(read.list, snapshot, start=read.start, limit=limit)

    def forget(self) -> None:
        """Makes every token too old."""
        self._snapshots.clear()

    def _page(
        self, number: int, snapshot: _Snapshot, *, start: int, limit: int
    ) -> tuple[Sequence[Stored], dict[str, Any]]:
        end = start + limit if limit else len(snapshot.items)
        metadata: dict[str, Any] = {"resourceVersion": str(snapshot.version)}
        remaining = len(snapshot.items) - end
        if remaining > 0:
            token = msgspec.json.encode(_Token(number, end))
            metadata["continue"] = base64.urlsafe_b64encode(token).decode()
            if not snapshot.filtered:
                metadata["remainingItemCount"] = remaining
        return snapshot.items[start:end], metadata

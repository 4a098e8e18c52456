"""How objects are written: whole, as the rows of a Table, or as metadata alone. The client's Accept header decides."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from bwtop.demo.columns import Column
from bwtop.demo.kinds import Kind
from bwtop.demo.store import Stored

Body = dict[str, Any]


class View(Protocol):
    """`metadata` is that of the list: resourceVersion, continue, remainingItemCount."""

    def one(self, stored: Stored) -> bytes: ...
    def many(self, items: Sequence[Stored], metadata: Body) -> bytes: ...
    def event(self, stored: Stored) -> bytes: ...
    def bookmark(self, metadata: Body) -> bytes: ...


class Whole:
    """Objects as they are."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def one(self, stored: Stored) -> bytes:
        return stored.whole(self._kind)

    def many(self, items: Sequence[Stored], metadata: Body) -> bytes:
        kind = self._kind
        texts = [stored.whole(kind) for stored in items] if kind.custom else [stored.raw for stored in items]
        head = b'{"kind":"%bList","apiVersion":"%b","metadata":' % (kind.kind.encode(), kind.api_version.encode())
        return head + msgspec.json.encode(metadata) + b',"items":[' + b",".join(texts) + b"]}\n"

    def event(self, stored: Stored) -> bytes:
        return stored.whole(self._kind)

    def bookmark(self, metadata: Body) -> bytes:
        return msgspec.json.encode({**self._kind.head, "metadata": {"creationTimestamp": None, **metadata}})


class Table:
    """`as=Table`: what kubectl prints. In a watch only the first event names the columns."""

    def __init__(self, columns: Sequence[Column], *, now: Callable[[], float], include: str) -> None:
        self._columns, self._now, self._include = columns, now, include
        self._definitions: list[Body] | None = [column.definition() for column in columns]

    def one(self, stored: Stored) -> bytes:
        return self.many([stored], {"resourceVersion": str(stored.version)})

    def many(self, items: Sequence[Stored], metadata: Body) -> bytes:
        return self._table(metadata, [self._row(stored.body()) for stored in items])

    def event(self, stored: Stored) -> bytes:
        table = self.one(stored)
        self._definitions = None
        return table

    def bookmark(self, metadata: Body) -> bytes:
        return self._table(metadata, [])

    def _table(self, metadata: Body, rows: list[Body]) -> bytes:
        return (
            msgspec.json.encode(
                {
                    "kind": "Table",
                    "apiVersion": "meta.k8s.io/v1",
                    "metadata": metadata,
                    "columnDefinitions": self._definitions,
                    "rows": rows,
                }
            )
            + b"\n"
        )

    def _row(self, body: Body) -> Body:
        now = self._now()
        row: Body = {"cells": [column.cell(body, now) for column in self._columns]}
        if self._include != "None":
            whole = self._include == "Object"
            row["object"] = body if whole else partial_metadata(body)
        return row


class Metadata:
    """`as=PartialObjectMetadata`: no spec, no status."""

    def one(self, stored: Stored) -> bytes:
        return msgspec.json.encode(partial_metadata(stored.body()))

    def many(self, items: Sequence[Stored], metadata: Body) -> bytes:
        rows = [partial_metadata(stored.body()) for stored in items]
        head = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
        return msgspec.json.encode({**head, "metadata": metadata, "items": rows}) + b"\n"

    def event(self, stored: Stored) -> bytes:
        return self.one(stored)

    def bookmark(self, metadata: Body) -> bytes:
        return msgspec.json.encode(partial_metadata({"metadata": metadata}))


def partial_metadata(body: Body) -> Body:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": body["metadata"]}


def view(kind: Kind, *, accept: str, columns: Sequence[Column], now: Callable[[], float], include: str) -> View:
    """Of the first media type in `accept` that is known; `include` is the query's includeObject."""
    for media in accept.split(","):
        if "as=Table" in media and "v=v1" in media and "v=v1beta1" not in media:
            return Table(columns, now=now, include=include or "Metadata")
        if "as=PartialObjectMetadata" in media and "v=v1beta1" not in media:
            return Metadata()
        if media.strip().startswith(("application/json", "*/*")) and "as=" not in media:
            break
    return Whole(kind)

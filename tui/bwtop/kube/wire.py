"""Decodes lists and watch events of one resource; an object that does not decode is left out and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec

from bwtop.kube.resource import Resource

T = TypeVar("T")


class EventType(Enum):
    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"


class ListMeta(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    resource_version: str = ""
    continue_: str = msgspec.field(name="continue", default="")
    remaining_item_count: int | None = None


class RawList(msgspec.Struct, frozen=True):
    metadata: ListMeta = ListMeta()
    items: list[msgspec.Raw] | None = None


class RawEvent(msgspec.Struct, frozen=True, gc=False):
    """One line of a watch; the object stays undecoded until its type is known."""

    type: str
    object: msgspec.Raw


class ObjectMeta(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    resource_version: str = ""


class Versioned(msgspec.Struct, frozen=True, gc=False):
    metadata: ObjectMeta = ObjectMeta()


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    meta: ListMeta
    items: Sequence[T]


_raw_list = msgspec.json.Decoder(RawList)
_raw_array = msgspec.json.Decoder(list[msgspec.Raw])
_raw_event = msgspec.json.Decoder(RawEvent)
_versioned = msgspec.json.Decoder(Versioned)


def raw_event(line: bytes) -> RawEvent | None:
    """None: the line is no event."""
    try:
        return _raw_event.decode(line)
    except msgspec.DecodeError:
        return None


def resource_version(raw: msgspec.Raw) -> str:
    """Empty: the object has none that can be read."""
    try:
        return _versioned.decode(raw).metadata.resource_version
    except msgspec.DecodeError:
        return ""


class WireDecoder(Generic[T]):
    """Built once a resource: building a msgspec decoder costs more than decoding a page."""

    def __init__(self, resource: Resource[T]) -> None:
        self.skipped = 0
        """Objects that did not decode, since the start."""
        self.problem = ""
        """Why the last of them did not."""
        self._flatten, self._key = resource.flatten, resource.key
        envelope = msgspec.defstruct(
            "List",
            [("metadata", ListMeta, ListMeta()), ("items", list[resource.wire] | None, None)],  # type: ignore[name-defined]
        )
        self._list: msgspec.json.Decoder[Any] = msgspec.json.Decoder(envelope)
        self._object: msgspec.json.Decoder[Any] = msgspec.json.Decoder(resource.wire)
        self._array: msgspec.json.Decoder[Any] = msgspec.json.Decoder(list[resource.wire])  # type: ignore[name-defined]

    def page(self, body: bytes) -> Page[T]:
        """Raises msgspec.DecodeError where the body is no list at all."""
        try:
            page = self._list.decode(body)
        except msgspec.ValidationError:
            return self._object_by_object(body)
        return Page(meta=page.metadata, items=[self._flatten(item) for item in page.items or ()])

    def objects(self, array: bytes | memoryview) -> list[T]:
        """Raises msgspec.DecodeError where it is no array."""
        try:
            return list(map(self._flatten, self._array.decode(array)))
        except msgspec.ValidationError:
            return self._one_by_one(_raw_array.decode(bytes(array)))

    def object(self, raw: msgspec.Raw) -> T | None:
        """None: left out and counted."""
        try:
            found = self._flatten(self._object.decode(raw))
        except msgspec.DecodeError as error:
            self.skip(str(error))
            return None
        if not self._key(found).rpartition("/")[2]:
            self.skip("an object without a name is of another kind")
            return None
        return found

    def skip(self, problem: str) -> None:
        self.skipped += 1
        self.problem = problem

    def _object_by_object(self, body: bytes) -> Page[T]:
        page = _raw_list.decode(body)
        return Page(meta=page.metadata, items=self._one_by_one(page.items or ()))

    def _one_by_one(self, items: Sequence[msgspec.Raw]) -> list[T]:
        found = (self.object(raw) for raw in items)
        return [item for item in found if item is not None]

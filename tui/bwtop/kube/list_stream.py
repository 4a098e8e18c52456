"""Cuts the body of a list into objects while it comes, so that 50,000 of them are never one text in memory.

msgspec decodes whole documents only, and looking for the end of an object byte by byte is slow in Python. But the API
server writes all objects of a list with the same first keys, so `},{"metadata":{` stands between two of them; inside a
string its quotes would be escaped, and where it stands deeper in an object, what is before it is no valid JSON array.
"""

import re
from collections.abc import Sequence
from typing import Final, Generic, TypeVar

import msgspec

from bwtop.kube.wire import Page, WireDecoder

T = TypeVar("T")

_ITEMS: Final = b'"items":['
_FIRST_KEYS: Final = re.compile(rb'\{(?:"apiVersion":"[^"]*",)?(?:"kind":"[^"]*",)?"metadata":\{')
_COMMA, _CLOSE = b",]"
_ENOUGH: Final = 1000
"""Bytes in which the first keys stand."""


class ListStream(Generic[T]):
    """Feed it the pieces of the body, then `finish`. Where keys come in another order, nothing is read before."""

    def __init__(self, decoder: WireDecoder[T]) -> None:
        self._decoder = decoder
        self._head = b""
        """The body up to the first object."""
        self._between = b""
        """What stands between two objects; empty: not known yet, or there is no such thing."""
        self._tried = False
        self._rest = bytearray()
        """What came and is not decoded yet; from the first object on, with the bracket of an array before it."""

    def feed(self, piece: bytes) -> Sequence[T]:
        """The objects that this piece completes."""
        self._rest += piece
        if not self._between and not self._begin():
            return ()
        rest = self._rest
        end = rest.rfind(self._between)
        if end < 0:
            return ()
        rest[end + 1] = _CLOSE  # instead of a copy of all this: the comma becomes the end of an array
        try:
            items = self._decoder.objects(memoryview(rest)[: end + 2])
        except msgspec.DecodeError:  # it stood deeper in an object: a later one will do
            rest[end + 1] = _COMMA
            return ()
        self._rest = bytearray(b"[") + memoryview(rest)[end + 2 :]
        return items

    def finish(self) -> Page[T]:
        """The list's metadata and its last objects. Raises msgspec.DecodeError where the body was no list."""
        return self._decoder.page(self._head + bytes(memoryview(self._rest)[1 if self._head else 0 :]))

    def _begin(self) -> bool:
        """Whether it is known now where the objects begin and what stands between them."""
        if self._tried or self._head:
            return False
        self._tried = len(self._rest) > _ENOUGH
        start = self._rest.find(_ITEMS) + len(_ITEMS)
        first = _FIRST_KEYS.match(self._rest, start) if start >= len(_ITEMS) else None
        if first is None:
            return False
        self._between = b"}," + first[0]
        self._head, self._rest = bytes(self._rest[:start]), bytearray(b"[") + self._rest[start:]
        return True

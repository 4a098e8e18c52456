"""Access reviews as Kubernetes' protobuf: `kubectl auth can-i` sends nothing else. Answers go back as JSON."""

from collections.abc import Iterator
from typing import Any

from bwtop.demo.errors import bad_request

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\0"
_FIXED64, _FIXED32 = 1, 5
_RESOURCE_ATTRIBUTES = {1: "namespace", 2: "verb", 3: "group", 4: "version", 5: "resource", 6: "subresource", 7: "name"}
_OTHER_ATTRIBUTES = {1: "path", 2: "verb"}


def read_review(body: bytes) -> dict[str, Any]:
    """A SelfSubjectAccessReview or SelfSubjectRulesReview as its JSON would be; raises StatusError 400."""
    try:
        envelope = dict(_fields(body.removeprefix(_MAGIC)))
        kind = dict(_fields(envelope[1]))
        spec = dict(_fields(dict(_fields(envelope[2])).get(2, b"")))
    except (IndexError, KeyError, UnicodeDecodeError) as error:
        raise bad_request(f"the object provided is unrecognized: {error!r}") from None
    found: dict[str, Any] = {"kind": kind.get(2, b"").decode(), "apiVersion": kind.get(1, b"").decode()}
    if found["kind"] == "SelfSubjectRulesReview":
        return {**found, "spec": {"namespace": spec.get(1, b"").decode()}}
    if 1 in spec:
        return {**found, "spec": {"resourceAttributes": _named(spec[1], _RESOURCE_ATTRIBUTES)}}
    return {**found, "spec": {"nonResourceAttributes": _named(spec.get(2, b""), _OTHER_ATTRIBUTES)}}


def _named(message: bytes, names: dict[int, str]) -> dict[str, str]:
    return {names[number]: value.decode() for number, value in _fields(message) if number in names}


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of the fields that are strings or messages; others are skipped."""
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        match tag & 7:
            case 0:
                _, place = _varint(message, place)
            case 2:
                size, place = _varint(message, place)
                yield tag >> 3, message[place : place + size]
                place += size
            case other:
                place += {_FIXED64: 8, _FIXED32: 4}[other]


def _varint(message: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, place
        shift += 7

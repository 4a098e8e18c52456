"""However the body of a list is cut into pieces, the same objects come out of it, and most of them before its end."""

import json
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwtop.kube.list_stream import ListStream
from bwtop.kube.wire import Page, WireDecoder
from kube.scripted import thing
from kube.things import THINGS, Thing

LOOKALIKE = '},{"metadata":{"name":"no object"'


def body(*items: dict[str, object], custom: bool = False) -> bytes:
    """As the API server writes it: compact, a built-in kind's metadata first, a custom one's last."""
    metadata = {"resourceVersion": "100"}
    if custom:
        items = tuple({"apiVersion": "example.io/v1", "kind": "Thing"} | item for item in items)
        whole: dict[str, object] = {"apiVersion": "example.io/v1", "items": items, "metadata": metadata}
    else:
        whole = {"kind": "ThingList", "apiVersion": "v1", "metadata": metadata, "items": items}
    return json.dumps(whole, separators=(",", ":")).encode() + b"\n"


def read(pieces: Sequence[bytes]) -> tuple[list[str], Page[Thing], int]:
    """Names in their order, the last page, and how many came before it."""
    stream = ListStream(WireDecoder(THINGS))
    early = [item for piece in pieces for item in stream.feed(piece)]
    page = stream.finish()
    return [_name(item) for item in (*early, *page.items)], page, len(early)


def cut(text: bytes, places: Sequence[int]) -> list[bytes]:
    bounds = [0, *sorted({place % (len(text) + 1) for place in places}), len(text)]
    return [text[start:end] for start, end in pairwise(bounds)]


@given(st.integers(0, 12), st.booleans(), st.lists(st.integers(0, 5000), max_size=20))
def test_no_cut_loses_an_object(count: int, custom: bool, places: list[int]) -> None:
    text = body(*(thing(f"thing-{number}") for number in range(count)), custom=custom)
    names, page, _ = read(cut(text, places))
    assert names == [f"thing-{number}" for number in range(count)]
    assert page.meta.resource_version == "100"


@pytest.mark.parametrize("custom", [False, True])
def test_objects_come_before_the_end(custom: bool) -> None:
    text = body(*(thing(f"thing-{number}") for number in range(100)), custom=custom)
    _, _, early = read(cut(text, range(0, len(text), 700)))
    assert early > 90


@given(st.lists(st.integers(0, 5000), max_size=20))
def test_what_looks_like_the_next_object_and_is_none_is_no_object(places: list[int]) -> None:
    items = [thing("a"), thing("b"), thing("c")]
    for item in items:
        item["spec"] = {"size": 1, "text": LOOKALIKE, "templates": [{"metadata": {"name": "x"}}] * 3}
    names, _, _ = read(cut(body(*items), places))
    assert names == ["a", "b", "c"]


def test_an_object_that_does_not_decode_is_left_out_alone() -> None:
    decoder = WireDecoder(THINGS)
    stream = ListStream(decoder)
    text = body(thing("a"), thing("b", size="huge"), thing("c"), thing("d"))
    found = [_name(item) for piece in cut(text, range(0, len(text), 50)) for item in stream.feed(piece)]
    found += [_name(item) for item in stream.finish().items]
    assert found == ["a", "c", "d"]
    assert decoder.skipped == 1


@pytest.mark.parametrize("indent", [None, 1])
def test_what_cannot_be_cut_is_decoded_at_the_end(indent: int | None) -> None:
    items = [{"spec": {"size": 1}, **thing("a")}, {"spec": {"size": 1}, **thing("b")}]
    text = json.dumps({"metadata": {"resourceVersion": "100"}, "items": items * 50}, indent=indent).encode()
    names, page, early = read(cut(text, range(0, len(text), 300)))
    assert names == ["a", "b"] * 50
    assert page.meta.resource_version == "100"
    assert early == 0


@pytest.mark.parametrize("text", [b"", b"<html>sign in</html>", body(*(thing("a") for _ in range(50)))[:-40]])
def test_what_is_no_whole_list_is_an_error(text: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read(cut(text, range(0, len(text), 200)))


def test_a_list_of_nothing_is_empty() -> None:
    assert read([b'{"kind":"ThingList","metadata":{},"items":null}'])[0] == []


def _name(item: Thing) -> str:
    return item.key.partition("/")[2]

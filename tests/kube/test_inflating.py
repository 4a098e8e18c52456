"""Answers come compressed, and are inflated by ISA-L or, where there is none, by zlib: the same of both."""

import gzip
import zlib
from collections.abc import Iterator
from types import ModuleType

import pytest
from aiohttp import web

from bwtop.kube.api import Api
from bwtop.kube.errors import Unreachable
from bwtop.kube.http import aiohttp, inflating
from kube.scripted import Answer, ScriptedServer

CONTENT = b'{"items": [' + b'{"metadata": {"name": "pod"}}, ' * 20_000 + b"{}]}"


@pytest.fixture(autouse=True, params=[inflating, zlib], ids=lambda backend: backend.__name__)
def backend(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    aiohttp.set_zlib_backend(request.param)
    yield request.param
    aiohttp.set_zlib_backend(inflating)


def compressed(content: bytes) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=content, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})

    return answer


@pytest.mark.parametrize(
    "content",
    [gzip.compress(CONTENT, 1), gzip.compress(CONTENT[:99]) + gzip.compress(CONTENT[99:])],
    ids=["one member", "two members"],
)
async def test_what_was_compressed_is_read(server: ScriptedServer, api: Api, content: bytes) -> None:
    server.on("LIST /things", compressed(content))
    assert await api.get("/things") == CONTENT


@pytest.mark.parametrize("broken", ["changed", "none"])
async def test_a_broken_answer_is_an_error_and_no_half_list(server: ScriptedServer, api: Api, broken: str) -> None:
    whole = gzip.compress(CONTENT, 1)
    content = {"changed": whole[:40] + b"\0" * 40 + whole[80:], "none": CONTENT}
    server.on("LIST /things", compressed(content[broken]))
    with pytest.raises(Unreachable, match="broke the connection"):
        await api.get("/things")

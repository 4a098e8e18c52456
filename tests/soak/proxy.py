"""Stands between bwtop and the API server, takes TLS apart, and spoils what it is told to spoil.

Everybody's identity ends here: a client shows a bearer token that is good until `rotate`, and the API server sees the
cluster's admin.
"""

import asyncio
import contextlib
import json
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from cluster.rest import client_context
from cluster.rig import Rig

KINDS = ("list", "watch", "exec")
_CHUNK = 65536


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The head of a request."""

    path: str
    query: dict[str, list[str]]
    token: str
    upgrade: bool

    @property
    def kind(self) -> str:
        if self.path.endswith("/exec"):
            return "exec"
        return "watch" if "watch" in self.query else "list"


@dataclass
class Answer:
    """What the next requests of a kind get instead of the API server's answer."""

    kind: str
    response: bytes
    times: int
    on: Callable[[Asked], bool] = lambda asked: True


def response(code: int, body: bytes, *headers: str, content_type: str = "application/json") -> bytes:
    lines = [f"HTTP/1.1 {code} Spoiled", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def refusal(code: int, reason: str, *headers: str) -> bytes:
    status = {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": f"injected {reason}"}
    return response(code, json.dumps(status).encode(), *headers)


def watch_error(code: int, reason: str) -> bytes:
    """A watch that is answered, and then ends with an ERROR event."""
    status = {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": f"injected {reason}"}
    return response(200, json.dumps({"type": "ERROR", "object": status}).encode() + b"\n")


@dataclass
class SpoilingProxy:
    rig: Rig
    token_file: str
    """What the credential plugin prints."""
    answers: list[Answer] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    """Requests by kind, and `401`: those with a token that was not good any more."""
    open: bool = True
    """False: connections are refused."""
    delay: float = 0.0
    """Seconds that each piece of an answer waits."""
    moving: asyncio.Event = field(default_factory=asyncio.Event)
    """Clear: not a byte moves, in either direction."""
    truncate: int = 0
    """Bytes after which the next lists are cut; 0: they are whole."""
    port: int = 0
    _generation: int = 0
    _lines: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)
    _forgotten: set[asyncio.Task[None]] = field(default_factory=set)

    def rotate(self) -> None:
        """From now on the old token is refused."""
        self._generation += 1
        with open(self.token_file, "w") as file:
            file.write(self.token)

    @property
    def token(self) -> str:
        return f"token-{self._generation}"

    def cut(self, chosen: Callable[[], bool]) -> int:
        """Breaks those of the open connections that are chosen; how many."""
        lines = [task for task in self._lines if chosen()]
        for task in lines:
            self._lines[task].transport.abort()
            task.cancel()
        return len(lines)

    def forget(self, chosen: Callable[[], bool]) -> int:
        """Connections stay open, and nothing ever moves on them again, as when a NAT forgot them; how many."""
        lines = [task for task in self._lines if chosen()]
        self._forgotten.update(lines)
        return len(lines)

    def mend(self) -> None:
        self.answers.clear()
        self.open, self.delay, self.truncate = True, 0.0, 0
        self.moving.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines[task] = writer
        try:
            # A cancelled task, too, ends in peace: nobody awaits it.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._serve(task, reader, writer)
        finally:
            self._lines.pop(task, None)
            self._forgotten.discard(task)
            writer.transport.abort()

    async def _serve(
        self, line: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not self.open:
            return
        head = await reader.readuntil(b"\r\n\r\n")
        asked = _read_head(head)
        self.asked[asked.kind] += 1
        await self.moving.wait()
        if (instead := self._instead(asked)) is not None:
            writer.write(instead)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            return
        host, port = urlsplit(self.rig.server).netloc.split(":")
        context = client_context(self.rig.directory, "admin")
        there, back = await asyncio.open_connection(host, int(port), ssl=context)
        pumps: list[asyncio.Task[None]] = []
        try:
            back.write(head if asked.upgrade else head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            limit = self.truncate if asked.kind == "list" else 0
            ways = self._pump(line, there, writer, limit=limit), self._pump(line, reader, back)
            pumps = [asyncio.create_task(way) for way in ways]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            back.transport.abort()

    def _instead(self, asked: Asked) -> bytes | None:
        if asked.token != self.token:
            self.asked["401"] += 1
            return refusal(401, "Unauthorized")
        for answer in self.answers:
            if answer.times and answer.kind in ("", asked.kind) and answer.on(asked):
                answer.times -= 1
                return answer.response
        return None

    async def _pump(
        self, line: asyncio.Task[None], source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, limit: int = 0
    ) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            passed = 0
            while data := await source.read(_CHUNK):
                if line in self._forgotten:
                    await asyncio.Event().wait()
                await self.moving.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                passed += len(data)
                sink.write(data[: len(data) - (passed - limit)] if limit and passed > limit else data)
                await sink.drain()
                if limit and passed > limit:
                    return


def _read_head(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    url = urlsplit(first.split(" ")[1])
    return Asked(
        path=url.path,
        query=parse_qs(url.query),
        token=headers.get("authorization", "").removeprefix("Bearer "),
        upgrade="upgrade" in headers,
    )


@contextlib.asynccontextmanager
async def running(rig: Rig, token_file: str) -> AsyncIterator[SpoilingProxy]:
    proxy = SpoilingProxy(rig, token_file)
    proxy.moving.set()
    proxy.rotate()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(rig.directory / "server.crt", rig.directory / "server.key")
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=context)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut(lambda: True)

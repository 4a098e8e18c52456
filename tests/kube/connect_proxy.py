"""A proxy on one port: HTTP (CONNECT for TLS, the whole URL for plain HTTP) and SOCKS5. It notes who went through."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class ConnectProxy:
    """Takes whoever asks to `backend` (host, port), whatever host was asked for: names need not resolve."""

    backend: tuple[str, int] | None = None
    """None: where was asked for."""
    asked: list[str] = field(default_factory=list)
    """`CONNECT host:port`, `GET http://host/path` or `SOCKS host:port`, in order."""
    authorizations: list[str] = field(default_factory=list)
    """The header Proxy-Authorization of each; empty: it had none."""
    port: int = 0
    refusing: bool = False
    """Whether new connections are hung up on."""
    silent: bool = False
    """Whether HTTP requests stay without an answer."""
    _clients: set[asyncio.StreamWriter] = field(default_factory=set)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """Open now."""
        return len(self._clients)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for what a request or the end of a connection brings."""
        while not holds():
            self._moved.clear()
            await self._moved.wait()

    def cut(self) -> int:
        """Breaks all open connections; how many."""
        cut = list(self._clients)
        for writer in cut:
            writer.transport.abort()
        return len(cut)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        self._clients.add(writer)
        try:
            async with _hung_up(writer):
                await self._serve(reader, writer)
        finally:
            self._clients.discard(writer)
            self._moved.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(1)
        if first == b"\x05":
            await self._serve_socks(reader, writer)
            return
        head = first + await reader.readuntil(b"\r\n\r\n")
        method, target, *_ = head.decode("latin-1").split(" ")
        headers = dict(line.lower().split(": ", 1) for line in head.decode("latin-1").splitlines()[1:] if ": " in line)
        self.asked.append(f"{method} {target}")
        self._moved.set()
        self.authorizations.append(headers.get("proxy-authorization", ""))
        named = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = self.backend or (named.hostname or "", named.port or 80)
        if self.silent:
            await reader.read()
        there, back = await asyncio.open_connection(host, port)
        async with _hung_up(back):
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                back.write(head)
            await asyncio.gather(_pump(reader, back), _pump(there, writer))

    async def _serve_socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """RFC 1928, without authentication."""
        methods = (await reader.readexactly(1))[0]
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        *_, kind = await reader.readexactly(4)
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = socket.inet_ntoa(await reader.readexactly(4))
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append(f"SOCKS {host}:{port}")
        there, back = await asyncio.open_connection(*(self.backend or (host, port)))
        async with _hung_up(back):
            writer.write(b"\x05\x00\x00\x01" + bytes(6))
            await asyncio.gather(_pump(reader, back), _pump(there, writer))


@contextlib.asynccontextmanager
async def _hung_up(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """At the end when all has been sent, at once when something goes wrong or the proxy ends."""
    try:
        yield
        writer.close()
        await writer.wait_closed()
    finally:
        writer.transport.abort()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()


@contextlib.asynccontextmanager
async def running(backend: tuple[str, int] | None = None) -> AsyncIterator[ConnectProxy]:
    proxy = ConnectProxy(backend=backend)
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await proxy.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

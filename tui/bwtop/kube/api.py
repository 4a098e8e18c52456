"""One HTTP session with one API server: requests, streams and WebSockets with the user's credentials."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from weakref import WeakSet

from multidict import CIMultiDict

from bwtop import __version__
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import Credential
from bwtop.kube.failures import NETWORK_ERRORS, refusal, unreachable
from bwtop.kube.farewell import WebSocket, hang_up
from bwtop.kube.http import aiohttp
from bwtop.kube.proxy import dials
from bwtop.kube.sockets import Meter, socket_factory
from bwtop.kube.target import Params, read_target
from bwtop.kube.version import read_version

CONNECT_SECONDS: Final = 10.0
_READY_SECONDS: Final = 3 * CONNECT_SECONDS
"""Until a connection is one to the API server: reached, let through by a proxy that may be silent, TLS agreed."""
SILENCE_SECONDS: Final = 150.0
"""A stream that is silent for so long is dead: an API server sends bookmarks about every minute."""
_CONNECTIONS: Final = 128
"""Five watches, fifty execs, and room for what the user asks."""
_READ_BUFFER: Final = 128 * 1024
"""Pieces of a list that are inflated and decoded while they are in the processor's cache."""
_PING_SECONDS: Final = 30.0
_GOODBYE_SECONDS: Final = 0.5
_HEADERS = {"User-Agent": f"bwtop/{__version__}", "Accept": "application/json", "Accept-Encoding": "gzip"}


@dataclass(frozen=True, kw_only=True)
class _Call:
    """A request, so that it can be made once more."""

    method: str = "GET"
    path: str
    params: Params = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    timeout: aiohttp.ClientTimeout


class Api:
    """Makes its session on the running loop at the first request."""

    def __init__(
        self, connection: Connection, *, request_timeout: float = 60.0, silence: float = SILENCE_SECONDS
    ) -> None:
        """`request_timeout` bounds a whole request (0: unbounded), `silence` the gaps of a stream; seconds."""
        self.connection = connection
        bounds = partial(aiohttp.ClientTimeout, connect=_READY_SECONDS, sock_connect=CONNECT_SECONDS)
        self._timeout = bounds(total=request_timeout or None)
        self._stream_timeout = bounds(total=None, sock_read=silence)
        self._meter = Meter()
        self.requests = 0
        """Sent so far, WebSockets and repetitions included."""
        self._open_session: aiohttp.ClientSession | None = None
        self._opening: set[asyncio.Timeout] = set()
        """Of requests that have no answer yet."""
        self._none_opening = asyncio.Event()
        self._responses: set[aiohttp.ClientResponse] = set()
        self._version: asyncio.Task[tuple[int, int]] | None = None
        self._websockets: WeakSet[aiohttp.ClientWebSocketResponse] = WeakSet()

    @property
    def received(self) -> int:
        """Bytes that came off the wire: TLS records, HTTP headers and compressed bodies, as they came."""
        return self._meter.received

    async def get(self, path: str, params: Params | None = None) -> bytes:
        """The whole body. Raises KubeError."""
        async with self._response(_Call(path=path, params=params or (), timeout=self._timeout)) as response:
            return await response.read()

    async def send(
        self, method: str, path: str, body: bytes = b"", *, content_type: str = "application/json", params: Params = ()
    ) -> bytes:
        """POST, PUT, PATCH or DELETE; the whole body of the answer. Raises KubeError."""
        headers = (("Content-Type", content_type),)
        call = _Call(method=method, path=path, params=params, headers=headers, body=body, timeout=self._timeout)
        async with self._response(call) as response:
            return await response.read()

    @asynccontextmanager
    async def stream(
        self, path: str, params: Params = (), *, compressed: bool = False
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A response whose body is read as it comes; raises KubeError, also for what goes wrong while it is read."""
        # Kubernetes from 1.37 on compresses watches, one gzip member a flush: some readers stall on that.
        headers = () if compressed else (("Accept-Encoding", "identity"),)
        call = _Call(path=path, params=params, headers=headers, timeout=self._stream_timeout)
        async with self._response(call) as response:
            yield response

    async def websocket(
        self, path: str, params: Params, *, protocols: Sequence[str]
    ) -> aiohttp.ClientWebSocketResponse:
        """Opened; the caller closes it. Raises aiohttp.WSServerHandshakeError when it is refused, else KubeError."""
        with self._failures():
            credential = await self.connection.credentials.current()
            try:
                return await self._handshake(credential, path, params, protocols)
            except aiohttp.WSServerHandshakeError as error:
                renewed = await self._renewed(credential, error.status)
                if renewed is None:
                    raise
            return await self._handshake(renewed, path, params, protocols)

    async def version(self) -> tuple[int, int]:
        """The server's, as (1, 34); asked once. (0, 0) where it does not tell."""
        if self._version is None:
            self._version = asyncio.create_task(read_version(self.get), name="version of the server")
        return await asyncio.shield(self._version)

    async def close(self) -> None:
        """Ends every request, stream and WebSocket; who reads one gets an error or its end.

        Who asks anew opens a session, and closes again: `bwtop limit` after it has asked somebody, and what removes
        the pods of a netperf test when bwtop is left.
        """
        # A closed aiohttp session leaves its readers waiting for ever, and forgets connections that are being made.
        for response in tuple(self._responses):
            hang_up(response)
        for opening in self._opening:
            if not opening.expired():
                opening.reschedule(0.0)
        if self._version is not None:
            self._version.cancel()
        session, self._open_session = self._open_session, None
        try:
            await asyncio.gather(*[websocket.close() for websocket in self._websockets])
            self._none_opening.clear()
            if self._opening:
                await self._none_opening.wait()
        finally:  # also when whoever closes is told not to wait for farewells
            if session is not None:
                await session.close()
                await self._meter.hang_up()

    @asynccontextmanager
    async def _response(self, call: _Call) -> AsyncIterator[aiohttp.ClientResponse]:
        with self._failures():
            async with self._tracked(await self._answer(call)) as response:
                if response.status >= 300:
                    raise refusal(
                        code=response.status,
                        headers=response.headers,
                        body=await response.read(),
                        target=read_target(call.method, call.path, call.params),
                        connection=self.connection,
                    )
                yield response

    @asynccontextmanager
    async def _tracked(self, response: aiohttp.ClientResponse) -> AsyncIterator[aiohttp.ClientResponse]:
        self._responses.add(response)
        try:
            yield response
        finally:
            hang_up(response)
            self._responses.discard(response)

    @asynccontextmanager
    async def _until_closed(self) -> AsyncIterator[None]:
        """Closing ends what is awaited in it, with a TimeoutError."""
        async with asyncio.timeout(None) as opening:
            self._opening.add(opening)
            try:
                yield
            finally:
                self._opening.discard(opening)
                if not self._opening:
                    self._none_opening.set()

    async def _answer(self, call: _Call) -> aiohttp.ClientResponse:
        """To 401 the call is made once more, with new credentials."""
        credential = await self.connection.credentials.current()
        response = await self._request(credential, call)
        try:
            renewed = await self._renewed(credential, response.status)
        except BaseException:
            hang_up(response)
            raise
        if renewed is None:
            return response
        hang_up(response)
        return await self._request(renewed, call)

    async def _renewed(self, refused: Credential, status: int) -> Credential | None:
        """None: nothing is gained by trying again."""
        if status != 401:
            return None
        renewed = await self.connection.credentials.renew(refused)
        return renewed if renewed != refused else None

    async def _request(self, credential: Credential, call: _Call) -> aiohttp.ClientResponse:
        self.requests += 1
        headers = self._headers(credential)
        headers.extend(call.headers)
        async with self._until_closed():
            return await self._session().request(
                call.method,
                self.connection.server + call.path,
                params=list(call.params),
                headers=headers,
                data=call.body,
                timeout=call.timeout,
                allow_redirects=False,
                **self._route(credential),
            )

    async def _handshake(
        self, credential: Credential, path: str, params: Params, protocols: Sequence[str]
    ) -> aiohttp.ClientWebSocketResponse:
        self.requests += 1
        async with self._until_closed():
            websocket: aiohttp.ClientWebSocketResponse = await self._session().ws_connect(
                self.connection.server + path,
                params=list(params),
                headers=self._headers(credential),
                protocols=protocols,
                heartbeat=_PING_SECONDS,
                max_msg_size=0,
                timeout=aiohttp.ClientWSTimeout(ws_receive=None, ws_close=_GOODBYE_SECONDS),
                **self._route(credential),
            )
        self._websockets.add(websocket)
        return websocket

    def _headers(self, credential: Credential) -> CIMultiDict[str]:
        headers = CIMultiDict(self.connection.impersonation)
        if credential.authorization:
            headers["Authorization"] = credential.authorization
        return headers

    def _route(self, credential: Credential) -> dict[str, Any]:
        connection = self.connection
        return {
            "ssl": credential.ssl or connection.ssl or True,
            "server_hostname": connection.server_hostname,
            "proxy": None if dials(connection.proxy) else connection.proxy,
        }

    def _connector(self) -> aiohttp.TCPConnector:
        proxy, factory = self.connection.proxy, socket_factory(self._meter)
        if proxy and dials(proxy):
            from bwtop.kube.socks import SocksConnector

            return SocksConnector(proxy, self._meter, limit=_CONNECTIONS)
        return aiohttp.TCPConnector(limit=_CONNECTIONS, socket_factory=factory)

    def _session(self) -> aiohttp.ClientSession:
        if self._open_session is None:
            self._open_session = aiohttp.ClientSession(
                connector=self._connector(),
                headers=_HEADERS,
                timeout=self._timeout,  # of the handshakes of WebSockets
                cookie_jar=aiohttp.DummyCookieJar(),
                read_bufsize=_READ_BUFFER,
                ws_response_class=WebSocket,
            )
        return self._open_session

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except aiohttp.WSServerHandshakeError:
            raise
        except NETWORK_ERRORS as error:
            raise unreachable(error, self.connection) from error

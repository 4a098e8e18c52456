"""Runs a command in a container over a WebSocket; reads what it prints as it prints it, and its exit status."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, ExecError, ExecTimeoutError, KubeError
from bwtop.kube.failures import refusal, unreachable
from bwtop.kube.http import aiohttp
from bwtop.kube.status import Status, read_status
from bwtop.kube.target import read_target

_STDIN: Final = 0
STDOUT: Final = 1
STDERR: Final = 2
_STATUS: Final = 3
_PROTOCOLS: Final = (("v4.channel.k8s.io",), ("v5.channel.k8s.io",))
"""What is offered, one after the other. An API server passes v4 on to the kubelet as it is; v5 it translates to SPDY
(KEP-4006), which costs it half as much again, for an end of standard input alone that bwtop has no use for."""
_AFTERMATH_SECONDS: Final = 2.0
"""How long output may still come after the status."""
OUTPUT_LIMIT: Final = 64 * 1024 * 1024
"""Bytes of each stream that `run_exec` keeps before it gives up."""


@dataclass(frozen=True, kw_only=True)
class ExecResult:
    stdout: str
    stderr: str
    exit_status: int


class ExecStream:
    """One command, not yet started: enter it to start, iterate to read, look at `exit_status` after the end.

    Leaving it closes the socket; it does **not** end the process in the container (kubernetes#89031), unless that
    reads its standard input, which ends then.
    """

    def __init__(
        self, api: Api, *, namespace: str, pod: str, container: str, command: Sequence[str], stdin: bool = False
    ) -> None:
        self._api = api
        self._path = f"/api/v1/namespaces/{namespace}/pods/{pod}/exec"
        streams = (("stdin", "true" if stdin else "false"), ("stdout", "true"), ("stderr", "true"), ("tty", "false"))
        self._params = (("container", container), *streams, *(("command", word) for word in command))
        self._target = f"{namespace}/{pod}"
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._exit_status: int | None = None

    @property
    def exit_status(self) -> int:
        """Raises ExecError before the end."""
        if self._exit_status is None:
            raise self._error("the command has not ended")
        return self._exit_status

    async def __aenter__(self) -> Self:
        """Raises KubeError when the API server does not start the command."""
        for protocols in _PROTOCOLS:
            try:
                self._socket = await self._api.websocket(self._path, self._params, protocols=protocols)
            except aiohttp.WSServerHandshakeError as error:
                if protocols is _PROTOCOLS[-1] or not _is_about_the_protocol(error):
                    raise await self._refusal(error) from error
            else:
                if self._socket.protocol is not None:
                    return self
                await self._socket.close()
        raise self._error("the API server speaks no protocol for exec that bwtop knows")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def write(self, data: bytes) -> None:
        """To the command's standard input; raises ExecError when the connection is gone."""
        assert self._socket is not None, "the stream was not entered"
        try:
            await self._socket.send_bytes(bytes([_STDIN]) + data)
        except (ConnectionError, aiohttp.ClientError) as error:
            raise self._error(f"the connection is gone: {error}") from error

    async def __aiter__(self) -> AsyncIterator[tuple[int, bytes]]:
        """(STDOUT or STDERR, bytes); raises ExecError where the end says nothing of how the command ended."""
        ending = b""
        while (frame := await self._frame(wait=_AFTERMATH_SECONDS if ending else None)) is not None:
            channel, data = frame[0], frame[1:]
            if channel == _STATUS:
                ending += data
            elif channel in (STDOUT, STDERR) and data:
                yield channel, data
        self._exit_status = self._ended(ending)

    async def _frame(self, *, wait: float | None) -> bytes | None:
        """The next frame that is not empty; None: there are no more."""
        assert self._socket is not None, "the stream was not entered"
        while True:
            try:
                message = await self._socket.receive(wait)
            except TimeoutError:
                return None
            if message.type is not aiohttp.WSMsgType.BINARY:
                return None
            if message.data:
                return bytes(message.data)

    def _ended(self, ending: bytes) -> int:
        if not ending:
            raise self._error("the connection ended before the command did", "the node or the API server may be down")
        status = read_status(ending)
        if status is None:
            raise self._error(f"the command ended with a status that cannot be read: {ending[:200]!r}")
        code = _exit_code(status)
        if code is None:
            raise self._error(status.message or status.reason or "the command failed without saying why")
        return code

    async def _refusal(self, error: aiohttp.WSServerHandshakeError) -> KubeError:
        """aiohttp drops the body of a refused handshake, so the question is put again without the WebSocket.

        From Kubernetes 1.35 on a WebSocket needs `create` as well as `get`, which only a POST is asked for.
        """
        for method in ("GET", "POST") if error.status == 403 else ("GET",):
            try:
                await self._api.send(method, self._path, params=self._params)
            except ApiError as plain:
                if plain.code == error.status:
                    return plain
        if error.status < 300:
            return unreachable(error, self._api.connection)
        return refusal(
            code=error.status,
            headers=error.headers or {},
            body=b"",
            target=read_target("POST", self._path),
            connection=self._api.connection,
        )

    def _error(self, cause: str, hint: str = "") -> ExecError:
        return ExecError(f"exec in {self._target}: {cause}", target=self._target, hint=hint)


def _is_about_the_protocol(refused: aiohttp.WSServerHandshakeError) -> bool:
    """Go's WebSockets refuse a protocol without a word, where an API server would say why."""
    words = refused.headers.get("Content-Type", "") if refused.headers is not None else ""
    return refused.status in (400, 403) and "json" not in words


def _exit_code(status: Status) -> int | None:
    """None: the command did not run to an end of its own."""
    if status.status == "Success":
        return 0
    for cause in status.details.causes or () if status.details else ():
        if cause.reason == "ExitCode" and cause.message.isdigit():
            return int(cause.message)
    return None


def open_exec(
    api: Api, *, namespace: str, pod: str, container: str, command: Sequence[str], stdin: bool = False
) -> ExecStream:
    """For a command whose output is read as it comes: `async with open_exec(...) as stream`."""
    return ExecStream(api, namespace=namespace, pod=pod, container=container, command=command, stdin=stdin)


async def run_exec(
    api: Api, *, namespace: str, pod: str, container: str, command: Sequence[str], timeout: float
) -> ExecResult:
    """For a command that ends soon. Raises KubeError, after `timeout` seconds ExecTimeoutError."""
    output = {STDOUT: bytearray(), STDERR: bytearray()}
    stream = open_exec(api, namespace=namespace, pod=pod, container=container, command=command)
    try:
        async with asyncio.timeout(timeout), stream:
            async for channel, data in stream:
                output[channel] += data
                if len(output[channel]) > OUTPUT_LIMIT:
                    raise ExecError(f"exec in {namespace}/{pod}: the output has no end", target=f"{namespace}/{pod}")
    except TimeoutError:
        cause = f"exec in {namespace}/{pod}: no end within {timeout:g} s"
        raise ExecTimeoutError(cause, target=f"{namespace}/{pod}", hint="is the node overloaded?") from None
    stdout, stderr = (bytes(output[channel]).decode(errors="replace") for channel in (STDOUT, STDERR))
    return ExecResult(stdout=stdout, stderr=stderr, exit_status=stream.exit_status)

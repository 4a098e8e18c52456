"""Exec over WebSocket: the protocols v4 and v5 of Kubernetes' remote command, the exit status in channel 3."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from bwtop.demo.errors import bad_request, internal_error
from bwtop.demo.kinds import PODS
from bwtop.demo.process import STDERR, STDOUT, ConnectionCutError, NotFoundError, Process
from bwtop.demo.programs import run
from bwtop.demo.requests import Target, truth
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import World

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
STDIN, STATUS, CLOSE = 0, 3, 255
FRAME = 32 * 1024
"""Bytes of output in one message, as the kubelet sends it."""


class _Socket:
    """Channels of one WebSocket; may be told to break in the middle of the first output."""

    def __init__(self, request: web.Request, ws: web.WebSocketResponse, *, cut: bool) -> None:
        self._request, self._ws, self._cut = request, ws, cut
        self._wanted = {
            channel for channel, name in ((STDOUT, "stdout"), (STDERR, "stderr")) if truth(request.query, name)
        }
        self._tty = truth(request.query, "tty")

    async def write(self, channel: int, data: bytes) -> None:
        if self._tty:
            channel, data = STDOUT, data.replace(b"\n", b"\r\n")
        if channel not in self._wanted:
            return
        if self._cut:
            await self._ws.send_bytes(bytes([channel]) + data[: len(data) // 2])
            raise ConnectionCutError
        for start in range(0, len(data), FRAME):
            await self._ws.send_bytes(bytes([channel]) + data[start : start + FRAME])

    async def open(self) -> None:
        """An empty message first, as the kubelet sends it."""
        await self._ws.send_bytes(bytes([min(self._wanted, default=STATUS)]))

    async def finish(self, status: dict[str, Any]) -> None:
        await self._ws.send_bytes(bytes([STATUS]) + msgspec.json.encode({"metadata": {}, **status}))
        await self._ws.close()

    async def receive(self, process: Process) -> None:
        """Feeds standard input until the client has gone; v5 can close it alone."""
        async for message in self._ws:
            if message.type is WSMsgType.BINARY and message.data[:1] == bytes([STDIN]):
                process.stdin.put_nowait(bytes(message.data[1:]) or b"\0")
            elif message.type is WSMsgType.BINARY and message.data[:2] == bytes([CLOSE, STDIN]):
                process.stdin.put_nowait(b"")

    def abort(self) -> None:
        if self._request.transport:
            self._request.transport.abort()


async def serve_exec(world: World, request: web.Request, asked: Target) -> web.StreamResponse:
    """Runs the command of a request that `check_exec` let through."""
    ws = web.WebSocketResponse(protocols=PROTOCOLS)
    if not ws.can_prepare(request):
        raise bad_request("unable to upgrade: only WebSocket is served here, with " + " or ".join(PROTOCOLS))
    node = world.nodes[world.store[PODS].get(asked.namespace, asked.name).node]
    await ws.prepare(request)
    container = request.query.get("container", "") or _only_container(world, asked)
    fault = node.agent.fault if container == "cilium-agent" else None
    socket = _Socket(request, ws, cut=fault is AgentFault.CUT)
    process = Process(world, node, namespace=asked.namespace, pod=asked.name, container=container, write=socket.write)
    if not truth(request.query, "stdin"):
        process.stdin.put_nowait(b"")
    await socket.open()
    await _converse(socket, process, request.query.getall("command"), silent=fault is AgentFault.SILENT)
    return ws


def _only_container(world: World, asked: Target) -> str:
    return str(world.store[PODS].get(asked.namespace, asked.name).body()["spec"]["containers"][0]["name"])


async def _converse(socket: _Socket, process: Process, command: Sequence[str], *, silent: bool) -> None:
    """Runs the command until it ends or the client goes away."""
    receiving = asyncio.create_task(socket.receive(process))
    running = asyncio.create_task(_forever() if silent else run(process, command))
    try:
        await asyncio.wait({receiving, running}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            return
        await socket.finish(_status(running, command, runtime=process.node.spec.runtime))
    except ConnectionCutError:
        socket.abort()
    finally:
        for task in (receiving, running):
            task.cancel()
        await asyncio.gather(receiving, running, return_exceptions=True)


async def _forever() -> int:
    await asyncio.Event().wait()
    return 0


def _status(running: asyncio.Task[int], command: Sequence[str], *, runtime: str) -> dict[str, Any]:
    """The Status that tells how the command ended."""
    try:
        exit_status = running.result()
    except NotFoundError as error:
        if runtime.startswith("docker"):
            return _exit(126, command)
        return _runc_failure(error)
    return _exit(exit_status, command) if exit_status else {"status": "Success"}


def _exit(status: int, command: Sequence[str]) -> dict[str, Any]:
    said = f"error executing command [{' '.join(command)}], exit code {status}"
    return {
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: {said}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(status)}]},
    }


def _runc_failure(error: NotFoundError) -> dict[str, Any]:
    """containerd knows no exit status for what never started."""
    status = internal_error(
        "error executing command in container: failed to exec in container: failed to start exec "
        f'"{secrets.token_hex(32)}": OCI runtime exec failed: exec failed: unable to start container process: '
        f"{error}: unknown"
    ).status()
    return {key: value for key, value in status.items() if key not in ("kind", "apiVersion", "metadata")}

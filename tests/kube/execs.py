"""Scripted ends of an exec."""

import asyncio
import json

from aiohttp import WSCloseCode, web

from kube.scripted import Answer

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
SUCCESS = json.dumps({"metadata": {}, "status": "Success"}).encode()


def exit_code(code: int) -> bytes:
    causes = [{"reason": "ExitCode", "message": str(code)}]
    failed = {"status": "Failure", "reason": "NonZeroExitCode", "message": "exit", "details": {"causes": causes}}
    return json.dumps(failed).encode()


def failure(message: str) -> bytes:
    return json.dumps({"status": "Failure", "reason": "InternalError", "message": message, "code": 500}).encode()


def out(data: bytes) -> bytes:
    return b"\x01" + data


def err(data: bytes) -> bytes:
    return b"\x02" + data


def command(
    *frames: bytes, ending: bytes | None = SUCCESS, protocols: tuple[str, ...] = PROTOCOLS, then: str = "close"
) -> Answer:
    """Sends frames and the status; then closes, goes on for ever (`hang`) or cuts the connection (`cut`)."""

    async def answer(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=protocols)
        await socket.prepare(request)
        for frame in frames:
            await socket.send_bytes(frame)
        if then == "hang":
            await socket.receive()
            raise asyncio.CancelledError
        if then == "cut":
            assert request.transport is not None
            request.transport.abort()
            return socket
        if ending is not None:
            await socket.send_bytes(b"\x03" + ending)
        await socket.close(code=WSCloseCode.OK)
        return socket

    return answer

"""An API server that answers as a test has written down, one answer a request, and records what it was asked."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bwtop.demo.site import Site

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    method: str
    path: str
    words: list[tuple[str, str]]
    headers: dict[str, str]

    @property
    def query(self) -> dict[str, str]:
        return dict(self.words)


@dataclass
class ScriptedServer:
    """Answers for `LIST path`, `WATCH path` or `METHOD path` are taken in turn; the last one stays."""

    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    answers: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    called: asyncio.Event = field(default_factory=asyncio.Event)
    """Set at the first request."""
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client leaves an answer that would have gone on."""

    def on(self, what: str, *answers: Answer) -> None:
        self.answers[what].extend(answers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        kind = request.method
        if kind == "GET" and request.headers.get("Upgrade") is None and request.path != "/version":
            kind = "WATCH" if request.query.get("watch") else "LIST"
        self.asked.append(Asked(kind, request.path, list(request.query.items()), dict(request.headers)))
        self.called.set()
        waiting = self.answers[f"{kind} {request.path}"]
        if not waiting:
            return await status(404, "NotFound", f"no answer for {kind} {request.path}")(request)
        answer = waiting.popleft() if len(waiting) > 1 else waiting[0]
        try:
            return await answer(request)
        except (asyncio.CancelledError, ConnectionError):
            self.closed.set()
            raise

    def queries(self, kind: str) -> list[dict[str, str]]:
        return [asked.query for asked in self.asked if asked.method == kind]

    async def start(self, **site: Any) -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        await Site(runner, "127.0.0.1", 0, **site).start()
        scheme = "https" if site.get("ssl_context") else "http"
        self.url = f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"
        return runner


def thing(
    name: str, version: str = "1", size: object = 1, namespace: str = "shop", uid: str = "u"
) -> dict[str, object]:
    metadata = {"name": name, "namespace": namespace, "resourceVersion": version, "uid": uid}
    return {"metadata": metadata, "spec": {"size": size}}


def event(kind: str, item: dict[str, object]) -> bytes:
    return json.dumps({"type": kind, "object": item}).encode() + b"\n"


def bookmark(version: str) -> bytes:
    return event("BOOKMARK", {"metadata": {"resourceVersion": version}})


def error_event(code: int, reason: str) -> bytes:
    return event("ERROR", {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": reason})


def page(*items: dict[str, object], version: str = "100", token: str = "", remaining: int | None = None) -> Answer:
    metadata: dict[str, object] = {"resourceVersion": version}
    if token:
        metadata["continue"] = token
    if remaining is not None:
        metadata["remainingItemCount"] = remaining
    whole = {"kind": "ThingList", "metadata": metadata, "items": items}
    return body(json.dumps(whole, separators=(",", ":")).encode())


def body(content: bytes, *, code: int = 200, content_type: str = "application/json") -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.Response(status=code, body=content, content_type=content_type)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response.enable_compression(web.ContentCoding.gzip)
        return response

    return answer


def status(
    code: int, reason: str, message: str, headers: dict[str, str] | None = None, *, causes: Sequence[str] = ()
) -> Answer:
    content: dict[str, object] = {
        "kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message,
    }  # fmt: skip
    if causes:
        content["details"] = {"causes": [{"reason": cause} for cause in causes]}

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response(content, status=code, headers=headers)

    return answer


def watch(*pieces: bytes, then: str = "hang") -> Answer:
    """Sends each piece by itself; then hangs, ends (`end`) or cuts the connection (`cut`)."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
            await asyncio.sleep(0)
        if then == "hang":
            await asyncio.Event().wait()
        elif then == "cut":
            assert request.transport is not None
            request.transport.abort()
        return response

    return answer

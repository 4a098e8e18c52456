"""A plain client of the demo server: requests, watches and execs as the wire has them."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp

from bwtop.demo.server import DemoServer

PODS = "/api/v1/namespaces/default/pods"
SERVER = f"{PODS}/netperf-server"
LIMIT = "kubernetes.io/egress-bandwidth"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"


class Client:
    def __init__(self, server: DemoServer, *, token: str | None = None) -> None:
        certificate = server.certificate
        assert certificate
        self._server, self._token = server, server.token if token is None else token
        self._ssl = ssl.create_default_context(cadata=certificate.certificate)

    async def __aenter__(self) -> Self:
        self.session = aiohttp.ClientSession(
            base_url=self._server.url,
            headers={"Authorization": f"Bearer {self._token}"},
            connector=aiohttp.TCPConnector(ssl=self._ssl),
            auto_decompress=True,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    async def get(self, path: str, *, accept: str = "application/json", **query: Any) -> tuple[int, Any]:
        async with self.session.get(path, params=query, headers={"Accept": accept}) as response:
            return response.status, await response.json(content_type=None)

    async def send(
        self, method: str, path: str, body: Any, *, media: str = "application/json", user: str = "", **query: Any
    ) -> tuple[int, Any]:
        headers = {"Content-Type": media} | ({"Impersonate-User": user} if user else {})
        async with self.session.request(method, path, data=json.dumps(body), params=query, headers=headers) as response:
            return response.status, await response.json()

    async def limit(self, text: str | None, **query: Any) -> tuple[int, Any]:
        """Merge-patches the limit of netperf-server."""
        body = {"metadata": {"annotations": {LIMIT: text}}}
        return await self.send("PATCH", SERVER, body, media=MERGE_PATCH, **query)

    @asynccontextmanager
    async def watch(self, path: str, **query: Any) -> AsyncIterator["Watch"]:
        query = {"watch": "true", **query}
        async with self.session.get(path, params=query) as response:
            yield Watch(response)

    @asynccontextmanager
    async def exec(
        self,
        pod: str,
        command: Sequence[str],
        *,
        namespace: str = "default",
        protocol: str = "v5.channel.k8s.io",
        method: str = "GET",
        stdin: bool = False,
        **query: str,
    ) -> AsyncIterator["Exec"]:
        pairs = [("command", word) for word in command] + [("stdout", "true"), ("stderr", "true"), *query.items()]
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/exec?" + urlencode([*pairs, ("stdin", str(stdin).lower())])
        async with self.session.ws_connect(path, protocols=(protocol,), method=method, max_msg_size=0) as socket:
            yield Exec(socket)


class Watch:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> tuple[str, Any]:
        """Type and object of the next event; raises EOFError when the watch has ended."""
        async with asyncio.timeout(20):
            line = await self.response.content.readline()
        if not line:
            raise EOFError
        event = json.loads(line)
        return event["type"], event["object"]


class Exec:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.status: dict[str, Any] = {}
        self.stdout = self.stderr = ""

    @property
    def exit(self) -> int:
        if self.status["status"] == "Success":
            return 0
        return int(self.status["details"]["causes"][0]["message"])

    async def run(self) -> Self:
        """Reads to the end."""
        async with asyncio.timeout(20):
            async for message in self.socket:
                self._take(message.data)
        return self

    def _take(self, data: bytes) -> None:
        channel, text = data[0], data[1:].decode(errors="replace")
        match channel:
            case 1:
                self.stdout += text
            case 2:
                self.stderr += text
            case 3:
                self.status = json.loads(text)

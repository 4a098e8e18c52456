"""Three small API servers that answer everybody and write down who came, and how."""

import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from weakref import WeakKeyDictionary

from aiohttp import web

from bwtop.demo.site import Site
from kube import connect_proxy, identity_provider
from kube.connect_proxy import ConnectProxy
from kube.identity_provider import IdentityProvider
from kube.pki_files import server_context


@dataclass(frozen=True)
class Visit:
    """What an API server learns of a client from one request."""

    server: str
    """`tls`, `named` (its certificate is for api.example only) or `plain`."""
    path: str
    authorization: str = ""
    certificate: str = ""
    """Common name in the client's certificate; empty: it showed none."""
    sni: str = ""
    """Name that the client wants to talk to; empty: an address."""
    impersonated: tuple[tuple[str, str], ...] = ()
    proxied: bool = False


@dataclass
class Recorder:
    visits: list[Visit] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)
    proxy: ConnectProxy = field(default_factory=ConnectProxy)
    provider: IdentityProvider = field(default_factory=IdentityProvider)
    _names: WeakKeyDictionary[Any, str] = field(default_factory=WeakKeyDictionary)

    def context(self, certificate: str) -> ssl.SSLContext:
        context = server_context(certificate, clients=ssl.CERT_OPTIONAL)

        def remember(connection: Any, name: str | None, _: ssl.SSLContext) -> None:
            self._names[connection] = name or ""

        context.sni_callback = remember
        return context

    async def answer(self, server: str, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        connection = request.transport.get_extra_info("ssl_object")
        subject = (request.transport.get_extra_info("peercert") or {}).get("subject", ())
        impersonated = (
            (unquote(name).lower(), value)
            for name, value in request.headers.items()
            if name.lower().startswith("impersonate-")
        )
        visit = Visit(
            server=server,
            path=request.path,
            authorization=request.headers.get("Authorization", ""),
            certificate=dict(pair[0] for pair in subject).get("commonName", ""),
            sni=self._names.get(connection, "") if connection else "",
            impersonated=tuple(sorted(impersonated)),
            proxied=bool(self.proxy.asked),
        )
        self.visits.append(visit)
        if request.headers.get("Upgrade"):
            return web.json_response({"kind": "Status", "status": "Failure", "code": 400, "message": "no"}, status=400)
        return web.json_response({"major": "1", "minor": "32", "gitVersion": "v1.32.0"})

    def forget(self) -> list[Visit]:
        """What was written down since the last time."""
        visits = list(self.visits)
        self.visits.clear()
        self.proxy.asked.clear()
        return visits


@contextlib.asynccontextmanager
async def recording() -> AsyncIterator[Recorder]:
    """All listen on loopback; the proxy takes everybody to `tls`, whatever name they ask for."""
    recorder = Recorder()
    async with contextlib.AsyncExitStack() as stack:
        for server, certificate in (("tls", "server"), ("named", "named"), ("plain", "")):
            recorder.ports[server] = await _start(recorder, server, certificate, stack)
        backend = ("127.0.0.1", recorder.ports["tls"])
        recorder.provider = await stack.enter_async_context(identity_provider.running())
        recorder.proxy = await stack.enter_async_context(connect_proxy.running(backend))
        yield recorder


async def _start(recorder: Recorder, server: str, certificate: str, stack: contextlib.AsyncExitStack) -> int:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await recorder.answer(server, request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    context = recorder.context(certificate) if certificate else None
    await Site(runner, "127.0.0.1", 0, ssl_context=context).start()
    port: int = runner.addresses[0][1]
    return port

"""Serves a demo cluster on loopback, for bwtop, kubectl and every other client of Kubernetes."""

import asyncio
import base64
import contextlib
import secrets
from types import TracebackType
from typing import Self

import yaml
from aiohttp import web

from bwtop.demo.access import Access
from bwtop.demo.api import ApiServer
from bwtop.demo.certificate import make_certificate
from bwtop.demo.faults import Faults
from bwtop.demo.site import Site
from bwtop.demo.watches import Watches
from bwtop.demo.world import World

TICK = 0.05
"""Real seconds between looks at the world's agenda."""
HOST = "127.0.0.1"


class DemoServer:
    """`async with DemoServer(load_world(...)) as server`: then `url`, `token` and `kubeconfig()` are good."""

    def __init__(self, world: World, *, port: int = 0, tls: bool = True) -> None:
        """Without TLS kubectl cannot be used: it sends no token then."""
        self.world = world
        self.certificate = make_certificate() if tls else None
        self.token = secrets.token_urlsafe(24)
        self.url = ""
        self._port = port
        self._api = ApiServer(world, token=self.token)
        self._runner: web.AppRunner | None = None
        self._ticking: asyncio.Task[None] | None = None

    @property
    def faults(self) -> Faults:
        return self._api.faults

    @property
    def access(self) -> Access:
        return self._api.access

    @property
    def watches(self) -> Watches:
        """Those that are open."""
        return self._api.watches

    async def start(self) -> None:
        """Listens on loopback; raises OSError when the port is taken."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._api.handle)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        context = self.certificate.context() if self.certificate else None
        site = Site(self._runner, HOST, self._port, ssl_context=context)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        _, port = self._runner.addresses[0][:2]
        self.url = f"{'https' if context else 'http'}://{HOST}:{port}"
        self._ticking = asyncio.create_task(self._tick(), name="demo world")

    async def stop(self) -> None:
        """Ends all connections."""
        if self._ticking:
            self._ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticking
        if self._runner:
            await self._runner.cleanup()

    def kubeconfig(self) -> str:
        """A kubeconfig with the context `demo-<cluster>`; it holds the token: write it with mode 0600."""
        name = f"demo-{self.world.name}"
        cluster = {"server": self.url}
        if self.certificate:
            authority = base64.b64encode(self.certificate.certificate.encode()).decode()
            cluster["certificate-authority-data"] = authority
        return yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": name,
                "clusters": [{"name": name, "cluster": cluster}],
                "users": [{"name": name, "user": {"token": self.token}}],
                "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "default"}}],
            },
            sort_keys=False,
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _tick(self) -> None:
        while True:
            self.world.advance()
            await asyncio.sleep(TICK)

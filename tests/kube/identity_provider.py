"""A small OpenID Connect provider over TLS: it takes a refresh token once, and hands out another with the ID token."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web

from bwtop.demo.site import Site
from kube.pki_files import server_context


def id_token(expires: float, *, who: str = "jo") -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": expires, "sub": who}).encode()).decode().rstrip("=")
    return f"e30.{claims}.c2ln"


EXPIRED, LASTING, RENEWED = id_token(1_000_000), id_token(99_999_999_999), id_token(99_999_999_999, who="renewed")


@dataclass
class IdentityProvider:
    """The client `kubernetes` shows its secret in the header, `in-body` in the body, and `public` has none."""

    issuer: str = ""
    tokens: list[str] = field(default_factory=lambda: [RENEWED])
    """What is issued in turn; the last one stays. Empty: no ID token comes."""
    refresh_token: str = "refresh-1"
    """The one that is good."""
    rotates: bool = True
    outage: int = 0
    """HTTP status of everything; 0: all is well."""
    endpoint: str = ""
    """Told instead of the real one."""
    spent: list[str] = field(default_factory=list)
    """Refresh tokens that were taken."""
    asked: int = 0
    """Requests of any kind."""
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a refresh token has been taken, before the answer."""
    hold: asyncio.Event | None = None
    """What the answer waits for."""

    def start_over(self) -> None:
        """The first refresh token is good again."""
        self.refresh_token = "refresh-1"
        self.spent.clear()

    async def discover(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.outage:
            return web.Response(status=self.outage, text="out of order")
        return web.json_response({"issuer": self.issuer, "token_endpoint": self.endpoint or f"{self.issuer}/token"})

    async def exchange(self, request: web.Request) -> web.Response:
        self.asked += 1
        form = dict(await request.post())
        if not self._knows(request, form):
            return web.json_response({"error": "invalid_client"}, status=401)
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self.refresh_token:
            words = f"no good: {form.get('refresh_token')} of {form.get('client_secret')}"
            return web.json_response({"error": "invalid_grant", "error_description": words}, status=400)
        self.spent.append(self.refresh_token)
        self.taken.set()
        answer = {"access_token": "a", "token_type": "bearer"}
        if self.tokens:
            answer["id_token"] = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        if self.rotates:
            self.refresh_token = answer["refresh_token"] = f"refresh-{len(self.spent) + 1}"
        if self.hold is not None:
            await self.hold.wait()
        return web.json_response(answer)

    def _knows(self, request: web.Request, form: dict[str, object]) -> bool:
        header = request.headers.get("Authorization")
        if header:
            shown = base64.b64decode(header.removeprefix("Basic ")).decode()
            return shown in ("kubernetes:s3cret", "public:")
        return (form.get("client_id"), form.get("client_secret")) in (("in-body", "s3cret"), ("public", None))


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[IdentityProvider]:
    provider = IdentityProvider()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", provider.discover)
    app.router.add_post("/token", provider.exchange)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await Site(runner, "127.0.0.1", 0, ssl_context=server_context("server")).start()
    provider.issuer = f"https://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        await runner.cleanup()

"""Asks an OpenID Connect provider for a new ID token.

Source of the rules: k8s.io/client-go, plugin/pkg/client/auth/oidc, and golang.org/x/oauth2, internal/token.go. Errors
carry the provider's words without the tokens and the secret.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any, Final
from urllib.parse import parse_qsl, quote_plus

import msgspec
from yarl import URL

from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.errors import ConfigError
from bwtop.kube.failures import NETWORK_ERRORS, unreachable
from bwtop.kube.http import aiohttp
from bwtop.kube.kubeconfig import Entry
from bwtop.kube.proxy import dials, find_proxy
from bwtop.kube.sockets import Meter
from bwtop.kube.tls import Tls, pem, ssl_context

_TIMEOUT: Final = aiohttp.ClientTimeout(total=20.0, sock_connect=10.0)
_LONGEST_WORDS: Final = 200

Settings = Mapping[str, str]
"""The `config` of an auth-provider `oidc`."""


@dataclass(frozen=True, kw_only=True)
class Issued:
    id_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    """Empty: the one that was used stays good."""


class _Refused(Exception):  # noqa: N818 - what the provider did
    pass


async def refresh(settings: Settings, *, environ: Mapping[str, str]) -> Issued:
    """Spends the refresh token of the settings; `environ` names proxies. Raises ConfigError."""
    provider = _Provider(settings, environ, await asyncio.to_thread(_trust, settings))
    try:
        answer = await provider.exchange(await provider.token_endpoint())
    except _Refused as error:
        raise ConfigError(_without_secrets(str(error), settings)) from None
    id_token = answer.get("id_token")
    if not isinstance(id_token, str) or not id_token:
        hint = "was the scope openid asked for at login? some providers renew no ID tokens"
        raise ConfigError(f"{provider.issuer} answered without an ID token", hint=hint)
    return Issued(id_token=id_token, refresh_token=str(answer.get("refresh_token") or ""))


def _trust(settings: Settings) -> SSLContext:
    """A relative path begins at the working directory, as in kubectl."""
    authority = Entry(name="auth-provider oidc", fields=settings)
    return ssl_context(Tls(authority=pem(authority, "idp-certificate-authority")))


class _Provider:
    def __init__(self, settings: Settings, environ: Mapping[str, str], trust: SSLContext) -> None:
        self.issuer = settings["idp-issuer-url"].removesuffix("/")
        self._settings, self._environ, self._trust = settings, environ, trust

    async def token_endpoint(self) -> str:
        url = f"{self.issuer}/.well-known/openid-configuration"
        endpoint = (await self._request("GET", url)).get("token_endpoint")
        if not isinstance(endpoint, str) or not endpoint:
            raise _Refused(f"{url} names no token_endpoint")
        if self.issuer.startswith("https:") and not endpoint.startswith("https:"):
            raise _Refused(f"{url} names a token_endpoint without TLS")
        return endpoint

    async def exchange(self, endpoint: str) -> Mapping[str, Any]:
        """The client's name and secret in the header, and where that is refused in the body, as oauth2 does."""
        form = {"grant_type": "refresh_token", "refresh_token": self._settings["refresh-token"]}
        client, secret = self._settings["client-id"], self._settings.get("client-secret", "")
        basic = aiohttp.encode_basic_auth(quote_plus(client), quote_plus(secret))
        try:
            return await self._request("POST", endpoint, data=form, headers={"Authorization": basic})
        except _Refused as first:
            form |= {"client_id": client} | ({"client_secret": secret} if secret else {})
            try:
                return await self._request("POST", endpoint, data=form)
            except _Refused as second:
                raise (first if "invalid_client" in str(second) else second) from None

    async def _request(self, method: str, url: str, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401
        """The answer's fields. A refresh token goes nowhere but where it is sent, so a POST follows no redirect."""
        proxy = find_proxy(url, "", self._environ)
        dialled = _dialled(proxy) if proxy and dials(proxy) else None
        route: dict[str, Any] = {"ssl": self._trust, "proxy": None if dialled else proxy}
        jar = aiohttp.DummyCookieJar()
        try:
            async with (
                aiohttp.ClientSession(connector=dialled, timeout=_TIMEOUT, cookie_jar=jar) as session,
                session.request(method, url, allow_redirects=method == "GET", **route, **request) as response,
            ):
                return _fields(url, response.status, await response.read())
        except NETWORK_ERRORS as error:
            found = unreachable(error, Connection(server=str(URL(url).origin()), credentials=FixedCredentials()))
            raise ConfigError(found.cause, hint="is the identity provider up, is the VPN?") from None


def _fields(url: str, status: int, body: bytes) -> Mapping[str, Any]:
    answer = _decoded(body)
    if not 200 <= status < 300:
        words = [str(answer[key]) for key in ("error", "error_description") if answer.get(key)]
        raise _Refused(f"{url} answered HTTP {status} {': '.join(words)}".rstrip())
    return answer


def _dialled(proxy: str) -> aiohttp.BaseConnector:
    from bwtop.kube.socks import SocksConnector  # few need it

    return SocksConnector(proxy, Meter(), limit=1)


def _decoded(body: bytes) -> Mapping[str, Any]:
    """JSON, or the form that some providers answer with; empty where it is neither."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        return dict(parse_qsl(body.decode(errors="replace")))


def _without_secrets(text: str, settings: Settings) -> str:
    for key in ("refresh-token", "id-token", "client-secret"):
        if secret := settings.get(key):
            text = text.replace(secret, "…")
    return text[:_LONGEST_WORDS]

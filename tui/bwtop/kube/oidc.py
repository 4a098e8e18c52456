"""The auth-provider `oidc`: an ID token that the kubeconfig keeps, renewed with the refresh token beside it.

Source of the rules: k8s.io/client-go, plugin/pkg/client/auth/oidc. Unlike it, a kubeconfig that cannot be written costs
nothing but a notice, a token that kubectl has renewed meanwhile is used, and one that is refused (401) is renewed too.
"""

import asyncio
import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from bwtop.kube.credentials import Credential, bearer
from bwtop.kube.errors import ConfigError
from bwtop.kube.identity_provider import Issued, refresh
from bwtop.kube.kubeconfig_edit import write_provider_settings

_SKEW_SECONDS: Final = 10.0
_PAUSE_SECONDS: Final = 30.0
"""Between two attempts that bring nothing: five watches must not storm an identity provider."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """The `config` of a user's auth-provider, and the kubeconfig that it stands in."""

    settings: Mapping[str, str] = field(repr=False)
    file: Path

    def get(self, key: str) -> str:
        return self.settings.get(key, "")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    kubectl: str
    """A command line that logs in as the same user; for hints."""
    environ: Mapping[str, str] = field(repr=False)
    """Where proxies are named."""
    tell: Callable[[str], None]
    """Takes a notice to the user."""


class _Claims(msgspec.Struct, frozen=True):
    exp: float = 0.0


class OidcCredentials:
    def __init__(
        self,
        read: Callable[[], Login],
        *,
        user: str,
        around: Surroundings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`read` reads the login anew and blocks."""
        self._read, self._user, self._around, self._clock = read, user, around, clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._newer: dict[str, str] = {}
        """The refresh token that counts instead of one in the kubeconfig, where that cannot be written."""
        self._failure: ConfigError | None = None
        self._tried_at = float("-inf")

    async def current(self) -> Credential:
        if not self._lasts(self._token):
            await self._settled("")
        return self._credential()

    async def renew(self, refused: Credential) -> Credential:
        if self._token and self._credential() == refused:
            await self._settled(self._token)
        return self._credential()

    def _credential(self) -> Credential:
        return Credential(authorization=bearer(self._token, f"user {self._user}"))

    def _lasts(self, token: str) -> bool:
        return self._clock() + _SKEW_SECONDS < expiry(token)

    async def _settled(self, refused: str) -> None:
        """Not cancelled with the request that needs it: what a provider hands out once would be lost."""
        await asyncio.shield(asyncio.create_task(self._another(refused), name=f"ID token of {self._user}"))

    async def _another(self, refused: str) -> None:
        """Another token than the one that was refused, where there is one to be had."""
        async with self._lock:
            if self._token != refused and self._lasts(self._token):
                return
            login = await asyncio.to_thread(self._read)
            if login.get("id-token") != refused and self._lasts(login.get("id-token")):
                self._token = login.get("id-token")
            elif login.get("refresh-token"):
                await self._renew(login, refused)
            elif not refused:
                cause = f"the OIDC ID token of user {self._user} has run out, and there is no refresh token"
                raise ConfigError(cause, target=self._user, hint=f"log in again, then check: {self._around.kubectl}")

    async def _renew(self, login: Login, refused: str) -> None:
        if self._clock() - self._tried_at < _PAUSE_SECONDS:
            if self._failure is not None:
                raise self._failure
            if refused:
                return  # a new token was refused, too
        self._tried_at = self._clock()
        kept = login.get("refresh-token")
        used = self._newer.get(kept, kept)
        try:
            issued = await refresh({**login.settings, "refresh-token": used}, environ=self._around.environ)
        except ConfigError as error:
            cause = f"the OIDC ID token of user {self._user} cannot be renewed: {error.cause}"
            hint = error.hint or f"log in again, then check: {self._around.kubectl}"
            self._failure = ConfigError(cause, target=self._user, hint=hint)
            raise self._failure from None
        self._failure, self._token = None, issued.id_token
        await self._keep(login, issued, used)

    async def _keep(self, login: Login, issued: Issued, used: str) -> None:
        newest = issued.refresh_token or used
        tokens = {"id-token": issued.id_token, "refresh-token": newest}
        try:
            await asyncio.to_thread(write_provider_settings, login.file, user=self._user, settings=tokens)
        except ConfigError as error:
            if not self._newer:
                self._around.tell(f"{error.cause}; this session goes on with it, the next one may have to log in again")
            self._newer[login.get("refresh-token")] = newest


def expiry(token: str) -> float:
    """Unix time in the claims of a JWT; the start of time where it says none, or is no JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return 0.0
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=="), type=_Claims).exp
    except ValueError:  # msgspec.DecodeError and binascii.Error are ValueErrors
        return 0.0

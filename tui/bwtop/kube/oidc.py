"""The auth-provider `oidc`: uses the ID token that kubectl keeps in the kubeconfig, and lets kubectl renew it.

Renewing it here would rotate the refresh token, which then had to be written into the user's kubeconfig.
"""

import asyncio
import base64
import time
from collections.abc import Callable
from typing import Final

import msgspec

from bwtop.kube.credentials import Credential, bearer
from bwtop.kube.errors import ConfigError

_SKEW_SECONDS: Final = 10.0


class Claims(msgspec.Struct, frozen=True):
    exp: float | None = None


class OidcCredentials:
    """`read` reads the ID token anew from the kubeconfig; it blocks."""

    def __init__(
        self, read: Callable[[], str], *, user: str, kubectl: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._read, self._user, self._kubectl, self._clock = read, user, kubectl, clock
        self._token = ""

    async def current(self) -> Credential:
        if not self._valid():
            self._token = await asyncio.to_thread(self._read)
        if not self._valid():
            raise ConfigError(
                f"the OIDC ID token of user {self._user} has run out",
                target=self._user,
                hint=f"kubectl renews it: {self._kubectl}",
            )
        return Credential(authorization=bearer(self._token, f"user {self._user}"))

    async def renew(self, refused: Credential) -> Credential:
        self._token = ""
        return await self.current()

    def _valid(self) -> bool:
        return bool(self._token) and self._clock() < expiry(self._token) - _SKEW_SECONDS


def expiry(token: str) -> float:
    """Unix time in the claims of a JWT; for ever where it has none; the start of time where it is no JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return 0.0
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=="), type=Claims)
    except ValueError:  # msgspec.DecodeError and binascii.Error are ValueErrors
        return 0.0
    return claims.exp if claims.exp is not None else float("inf")

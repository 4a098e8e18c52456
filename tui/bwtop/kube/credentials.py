"""What proves to the API server who the user is, and how to get it anew when it runs out or is refused."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext
from typing import Final, Protocol

from bwtop.kube.errors import ConfigError

REREAD_SECONDS: Final = 60.0
"""How long a token file is believed; a kubelet rotates it long before the token expires."""


@dataclass(frozen=True, kw_only=True)
class Credential:
    authorization: str = field(default="", repr=False)
    """Value of the header `Authorization`; empty: none is sent."""
    certificate: str = field(default="", repr=False)
    """PEM of a client certificate that a plugin handed out; empty: that of the connection, if any."""
    ssl: SSLContext | None = field(default=None, repr=False, compare=False)
    """With that certificate loaded."""


def bearer(token: str, whose: str) -> str:
    """The value of `Authorization`. Raises ConfigError for what cannot stand in a header."""
    if not (stripped := token.strip()):
        raise ConfigError(f"the token of {whose} is empty", target=whose)
    if not stripped.isascii() or not stripped.isprintable():
        raise ConfigError(f"the token of {whose} has a line break or another odd character in it", target=whose)
    return f"Bearer {stripped}"


class Credentials(Protocol):
    async def current(self) -> Credential:
        """Raises ConfigError where there is none to be had."""

    async def renew(self, refused: Credential) -> Credential:
        """After a 401: a newer credential, or `refused` again where there is no newer one."""


class FixedCredentials:
    """A token, a password or nothing at all: it never changes."""

    def __init__(self, authorization: str = "") -> None:
        self._credential = Credential(authorization=authorization)

    async def current(self) -> Credential:
        return self._credential

    async def renew(self, refused: Credential) -> Credential:
        return refused


class TokenFile:
    """A file with a bearer token that somebody else rotates."""

    def __init__(self, path: Path, *, instead: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        """`instead`: the value of `Authorization` while the file cannot be read."""
        self._path = path
        self._clock = clock
        self._credential = Credential(authorization=instead) if instead else None
        self._read_at = float("-inf")

    async def current(self) -> Credential:
        if self._credential is not None and self._clock() - self._read_at < REREAD_SECONDS:
            return self._credential
        try:
            return await self._read()
        except ConfigError:  # mid-rotation: the last token is good until the server says otherwise
            if self._credential is None:
                raise
            return self._credential

    async def renew(self, refused: Credential) -> Credential:
        return await self._read()

    async def _read(self) -> Credential:
        try:
            token = await asyncio.to_thread(self._path.read_text)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ConfigError(f"cannot read the token file {self._path}: {reason}", target=str(self._path)) from error
        self._credential = Credential(authorization=bearer(token, str(self._path)))
        self._read_at = self._clock()
        return self._credential

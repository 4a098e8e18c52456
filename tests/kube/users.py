"""Connections and credentials for tests."""

import asyncio
from typing import Any

from bwtop.kube.connection import Connection
from bwtop.kube.credentials import Credential, FixedCredentials
from bwtop.kube.tls import Tls, ssl_context
from kube.pki_files import pem
from kube.scripted import ScriptedServer


class Rotating:
    """Credentials of which the first is refused."""

    def __init__(self, *tokens: str) -> None:
        self._credentials = [Credential(authorization=f"Bearer {token}") for token in tokens]
        self.renewed = 0

    async def current(self) -> Credential:
        return self._credentials[min(self.renewed, len(self._credentials) - 1)]

    async def renew(self, refused: Credential) -> Credential:
        if await self.current() == refused:
            self.renewed += 1
            await asyncio.sleep(0)
        return await self.current()


def over_tls(server: ScriptedServer, **tls: Any) -> Connection:
    trusting = Tls(**{"authority": pem("authority.pem"), **tls})
    return Connection(server=server.url, context="prod", credentials=FixedCredentials(), ssl=ssl_context(trusting))

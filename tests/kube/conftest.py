from collections.abc import AsyncIterator

import pytest

from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from kube.scripted import ScriptedServer


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    scripted = ScriptedServer()
    runner = await scripted.start()
    yield scripted
    await runner.cleanup()


@pytest.fixture
async def api(server: ScriptedServer) -> AsyncIterator[Api]:
    connection = Connection(server=server.url, context="prod", credentials=FixedCredentials("Bearer sesame"))
    opened = Api(connection)
    yield opened
    await opened.close()

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.reflector import Reflector
from kube.pki_files import server_context
from kube.scripted import ScriptedServer, body
from kube.things import THINGS, Clock, Shelf, Thing

Run = Callable[..., Awaitable[Reflector[Thing]]]


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


@pytest.fixture
async def opened() -> AsyncIterator[Callable[..., Api]]:
    apis: list[Api] = []

    def make(connection: Connection, **options: float) -> Api:
        apis.append(Api(connection, request_timeout=5, **options))
        return apis[-1]

    yield make
    for api in apis:
        await api.close()


@pytest.fixture
async def secure() -> AsyncIterator[Callable[..., Awaitable[ScriptedServer]]]:
    runners: list[web.AppRunner] = []

    async def start(certificate: str, *, clients: ssl.VerifyMode = ssl.CERT_NONE) -> ScriptedServer:
        server = ScriptedServer()
        server.on("LIST /api/v1/nodes", body(b"{}"))
        context = server_context(certificate, clients=clients)
        runners.append(await server.start(ssl_context=context))
        return server

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def run(api: Api, opened: Callable[..., Api], shelf: Shelf, clock: Clock) -> AsyncIterator[Run]:
    """A reflector that runs until the test ends, which is before the connections are closed under it."""
    tasks: list[asyncio.Task[None]] = []

    async def start(api: Api = api, **selection: str) -> Reflector[Thing]:
        reflector = Reflector(api, THINGS, shelf, clock=clock, sleep=clock.sleep, random=lambda: 0.0, **selection)
        tasks.append(asyncio.create_task(reflector.run()))
        return reflector

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

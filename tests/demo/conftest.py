from collections.abc import AsyncIterator

import pytest

from bwtop.demo.server import DemoServer
from demo.client import Client
from demo.clocks import StillClock
from demo.running import clock, server, world

__all__ = ["clock", "server", "world"]


@pytest.fixture
def still() -> StillClock:
    return StillClock()


@pytest.fixture
async def client(server: DemoServer) -> AsyncIterator[Client]:
    async with Client(server) as connected:
        yield connected

"""Fixtures: the demo cluster `eks-chaining` behind its server, twenty times as fast as a real one."""

from collections.abc import AsyncIterator

import pytest

from bwtop.demo.server import DemoServer
from bwtop.demo.world import World, load_world
from demo.clocks import FastClock


@pytest.fixture
def clock() -> FastClock:
    return FastClock(speed=20)


@pytest.fixture
def world(clock: FastClock) -> World:
    return load_world("eks-chaining", clock=clock)


@pytest.fixture
async def server(world: World) -> AsyncIterator[DemoServer]:
    async with DemoServer(world) as running:
        yield running

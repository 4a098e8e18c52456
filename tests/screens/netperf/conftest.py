"""The netperf panel on a demo cluster whose clock runs five times as fast."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bwtop.demo.server import DemoServer
from bwtop.demo.world import load_world
from demo.clocks import FastClock
from screens.driver import Screen, screen_on
from screens.netperf.panel import open_panel


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("bwtop.netperf.makers.POLL_SECONDS", 0.05)


@pytest.fixture
def clock() -> FastClock:
    return FastClock(5)


@pytest.fixture
async def server(clock: FastClock) -> AsyncIterator[DemoServer]:
    async with DemoServer(load_world("eks-chaining", clock=clock), tls=False) as running:
        yield running


@pytest.fixture
async def opened(server: DemoServer) -> AsyncIterator[Screen]:
    async with screen_on(server.url, server.token) as running:
        await open_panel(running)
        yield running

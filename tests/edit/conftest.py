from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bwtop.cli.session import demo_cluster
from bwtop.demo.server import DemoServer
from bwtop.demo.world import World, load_world
from bwtop.live.audit import AuditLog
from demo.clocks import FastClock
from edit.editors import Cluster


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


@pytest.fixture
async def cluster(server: DemoServer, tmp_path: Path) -> AsyncIterator[Cluster]:
    opened = Cluster(server, AuditLog(tmp_path / "state" / "audit.jsonl"))
    await opened.open(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def kubeconfig() -> Iterator[str]:
    with demo_cluster("eks-chaining") as path:
        yield str(path)

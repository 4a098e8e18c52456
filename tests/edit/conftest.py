from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bwtop.cli.session import demo_cluster
from bwtop.demo.server import DemoServer
from bwtop.live.audit import AuditLog
from demo.running import clock, server, world
from edit.editors import Cluster

__all__ = ["clock", "server", "world"]


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

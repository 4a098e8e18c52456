from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bwtop.demo.server import DemoServer
from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.netperf.ledger import Ledger
from demo.clocks import FastClock
from demo.running import clock, server, world
from netperf.laboratory import Laboratory
from netperf.shells import Shell

__all__ = ["clock", "server", "world"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Short waits; nothing of the machine's own state."""
    monkeypatch.setattr("bwtop.netperf.makers.POLL_SECONDS", 0.02)
    monkeypatch.setattr("bwtop.netperf.makers.UNSCHEDULABLE_SECONDS", 0.2)
    monkeypatch.setattr("bwtop.netperf.run.LOOK_SECONDS", 0.05)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
async def api(server: DemoServer, tmp_path: Path) -> AsyncIterator[Api]:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(server.kubeconfig())
    opened = Api(await connect(ConfigRequest(kubeconfig=str(kubeconfig))), request_timeout=60.0)
    yield opened
    await opened.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def laboratory(server: DemoServer, api: Api, ledger: Ledger, clock: FastClock) -> Laboratory:
    return Laboratory(server, api, ledger, clock)


@pytest.fixture
def shell(laboratory: Laboratory, tmp_path: Path) -> Shell:
    return Shell(laboratory, tmp_path)

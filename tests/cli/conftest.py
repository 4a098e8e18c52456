"""A demo cluster in a thread of its own, and bwtop run as its entry point runs it."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bwtop.cli.main import main
from bwtop.demo.server import DemoServer
from bwtop.demo.world import load_world
from demo.clocks import FastClock
from live.silence import tell_silence_at_once


@dataclass(frozen=True)
class Demo:
    server: DemoServer
    loop: asyncio.AbstractEventLoop
    kubeconfig: Path

    def call(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Runs a function where the cluster runs."""

        async def run() -> Any:
            return function(*arguments, **named)

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(60)


@contextmanager
def served(name: str, folder: Path) -> Iterator[Demo]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = DemoServer(load_world(name, clock=FastClock(4)))
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(60)
    path = folder / f"kubeconfig-{name}"
    path.touch(mode=0o600)
    path.write_text(server.kubeconfig())
    try:
        yield Demo(server, loop, path)
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(scope="session")
def shared_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with served("eks-chaining", tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture
def demo(shared_demo: Demo) -> Iterator[Demo]:
    """The default cluster, without faults before and after."""
    yield shared_demo
    shared_demo.call(shared_demo.server.faults.clear)
    shared_demo.call(shared_demo.server.access.denied.clear)


@dataclass
class Outcome:
    status: int
    out: str
    err: str
    lines: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.out.splitlines()


Bwtop = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Short waits, and nothing of the machine's own configuration."""
    monkeypatch.setattr("bwtop.live.snapshot.RATE_PERIOD", 0.1)
    tell_silence_at_once(monkeypatch)
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "CILIUM_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def bwtop(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bwtop:
    def run(*words: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["bwtop", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def get(bwtop: Bwtop, demo: Demo) -> Bwtop:
    """`bwtop get` on the demo cluster."""
    return lambda *words: bwtop("get", *words, "--kubeconfig", str(demo.kubeconfig))


@pytest.fixture
def environment(demo: Demo, tmp_path: Path) -> dict[str, str]:
    """For programs run beside: PATH, and the demo cluster as the current one."""
    here = str(Path(sys.executable).parent)
    return {
        "PATH": f"{here}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "KUBECONFIG": str(demo.kubeconfig),
        "TERM": "xterm-256color",
    }

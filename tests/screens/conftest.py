"""The app on a demo cluster, as its tests find it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

from bwtop.demo.server import DemoServer
from bwtop.demo.world import load_world
from demo.clocks import FastClock
from screens.driver import QUICK, SIZES, Screen, screen_on
from screens.edits import Opened, opened_on


@pytest.fixture(autouse=True, scope="session")
def parsed_once() -> Iterator[None]:
    """Every app parses the same style sheets, with Textual's own a tenth of what these tests compute."""
    parse, parsed = Stylesheet._parse_rules, dict[tuple[object, ...], list[RuleSet]]()

    def parse_once(
        self: Stylesheet, css: str, read_from: CSSLocation, is_default_rules: bool, tie_breaker: int, scope: str
    ) -> list[RuleSet]:
        key = (css, read_from, is_default_rules, tie_breaker, scope, *self._variables.items())
        if key not in parsed:
            parsed[key] = parse(self, css, read_from, is_default_rules, tie_breaker, scope)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen looks for changes more often than a person could see."""
    monkeypatch.setattr("bwtop.screens.tables.TICK", 0.1)


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with DemoServer(load_world("eks-chaining", clock=FastClock(5)), tls=False) as running:
        yield running


@pytest.fixture
async def screen(server: DemoServer) -> AsyncIterator[Screen]:
    async with screen_on(server.url, server.token) as running:
        await running.filled()
        yield running


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(params=SIZES, ids=["80x24", "120x40"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    found: tuple[int, int] = request.param
    return found


@pytest.fixture
def opened(server: DemoServer) -> Opened:
    """The screen with one pod on it, and write mode on."""
    return opened_on(server)


__all__ = ["QUICK", "SIZES", "Screen", "screen_on"]

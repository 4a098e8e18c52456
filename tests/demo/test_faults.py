"""Every fault that the demo server can be made to have, as the reflector meets it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bwtop.demo.faults import Mishap
from bwtop.demo.server import DemoServer
from bwtop.demo.world import World
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.reflector import Reflector
from bwtop.model.health import Freshness
from kube.things import THINGS, Clock, Shelf

PODS = replace(THINGS, name="pods", path="/api/v1")
PATH = "/api/v1/pods"
SERVER = "default", "netperf-server"
CHANGED = "MODIFIED default/netperf-server"


@pytest.fixture
async def server(world: World) -> AsyncIterator[DemoServer]:
    async with DemoServer(world, tls=False) as running:
        yield running


@pytest.fixture
async def shelf(server: DemoServer) -> AsyncIterator[Shelf]:
    """Filled by a reflector that takes half a second of silence for a dead connection."""
    connection = Connection(server=server.url, credentials=FixedCredentials(f"Bearer {server.token}"))
    api, clock, found = Api(connection, silence=0.5), Clock(), Shelf()
    running = asyncio.create_task(Reflector(api, PODS, found, clock=clock, sleep=clock.sleep, random=lambda: 0.0).run())
    yield found
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await api.close()


async def change(world: World, shelf: Shelf, value: str) -> None:
    """A pod changes, and the shelf hears of it."""
    before = shelf.told.count(CHANGED)
    world.annotate(*SERVER, value)
    await shelf.until(lambda shelf: shelf.told.count(CHANGED) > before)


def lists(shelf: Shelf) -> int:
    return sum(words.startswith("replaced") for words in shelf.told)


@pytest.fixture
async def watching(world: World, shelf: Shelf) -> Shelf:
    await shelf.until(lists)
    await change(world, shelf, "20M")
    return shelf


async def test_a_watch_that_falls_silent_is_resumed(server: DemoServer, world: World, watching: Shelf) -> None:
    assert server.faults.silence_watches(PATH) == 1
    await change(world, watching, "30M")
    assert lists(watching) == 1
    assert Freshness.STALE in watching.states


async def test_a_watch_that_is_torn_inside_an_event_is_resumed(
    server: DemoServer, world: World, watching: Shelf
) -> None:
    assert server.faults.tear_watches(PATH) == 1
    await watching.until(lambda shelf: Freshness.STALE in shelf.states)
    await change(world, watching, "30M")
    assert lists(watching) == 1
    assert not [health.error for health in watching.healths if "left out" in health.error]


async def test_a_line_that_is_no_event_is_left_out_and_the_watch_goes_on(
    server: DemoServer, world: World, watching: Shelf
) -> None:
    assert server.faults.garble_watches(PATH) == 1
    await watching.until(lambda shelf: "a line of the watch is no event" in shelf.healths[-1].error)
    await change(world, watching, "30M")
    assert (lists(watching), watching.states[-1]) == (1, Freshness.LIVE)


@pytest.mark.parametrize(("status", "anew"), [(429, False), (500, False), (503, False), (400, True), (410, True)])
async def test_an_error_event_resumes_or_lists_anew(
    server: DemoServer, world: World, watching: Shelf, status: int, anew: bool
) -> None:
    assert server.faults.fail_watches(PATH, status=status) == 1
    if anew:
        await watching.until(lambda shelf: lists(shelf) == 2)
    else:
        await watching.until(lambda shelf: Freshness.STALE in shelf.states)
    await change(world, watching, "30M")
    assert lists(watching) == (2 if anew else 1)


async def test_a_login_page_is_neither_a_list_nor_a_watch(server: DemoServer, world: World, watching: Shelf) -> None:
    server.faults.spoil(PATH, Mishap.LOGIN_PAGE)
    server.faults.end_watches(PATH)
    await watching.until(lambda shelf: "a line of the watch is no event" in shelf.healths[-1].error)
    await change(world, watching, "30M")
    server.faults.spoil(PATH, Mishap.LOGIN_PAGE)
    server.faults.expire_watches(PATH)
    await watching.until(lambda shelf: "no list of pods" in shelf.healths[-1].error)
    pods = set(watching.things)
    await watching.until(lambda shelf: lists(shelf) == 2)
    assert set(watching.things) == pods != set()


async def test_half_a_list_is_no_list(server: DemoServer, world: World, watching: Shelf) -> None:
    server.faults.spoil(PATH, Mishap.CUT)
    server.faults.expire_watches(PATH)
    await watching.until(lambda shelf: "broke the connection" in shelf.healths[-1].error)
    assert lists(watching) == 1
    await watching.until(lambda shelf: lists(shelf) == 2)
    assert len(watching.things) == 27

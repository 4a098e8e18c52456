"""The edit dialog on the demo cluster."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from textual.widgets import Input

from bwtop.cli.profile_files import shipped_profiles
from bwtop.demo.kinds import PODS
from bwtop.demo.server import DemoServer
from bwtop.model.profile_choice import Profiles
from bwtop.screens.limit import LimitScreen
from screens.driver import Screen, screen_on

LIMIT = "kubernetes.io/egress-bandwidth"


SERVER = "netperf-server"


PLAIN = Profiles(found=[shipped_profiles()["default"]])


Opened = Callable[..., AbstractAsyncContextManager[Screen]]


def annotation(server: DemoServer, name: str = SERVER, namespace: str = "default") -> str | None:
    body = server.world.store[PODS].get(namespace, name).body()
    found: str | None = (body["metadata"].get("annotations") or {}).get(LIMIT)
    return found


def words(screen: Screen) -> str:
    """All that is on the screen, without frames and the breaks of lines."""
    return " ".join(re.sub("[│▌╭╮╰╯─]", " ", screen.text).split())


async def says(screen: Screen, text: str) -> None:
    await screen.until(lambda: text in words(screen))


async def choose(screen: Screen, value: str) -> None:
    """Opens the dialog and tries the value."""
    await screen.pilot.press("e")
    await screen.until(lambda: isinstance(screen.app.screen, LimitScreen))
    screen.app.screen.query_one(Input).value = value
    await screen.pilot.press("enter")


async def typed(screen: Screen, value: str) -> None:
    screen.app.screen.query_one(Input).value = value
    await screen.pilot.pause()


def turn_managers_off(server: DemoServer) -> None:
    """No agent applies limits any more."""
    for node in server.world.nodes.values():
        node.agent.spec.manager = False


async def write(screen: Screen, value: str) -> None:
    """Chooses the value and confirms it."""
    await choose(screen, value)
    await says(screen, "accepted by")
    await screen.pilot.press("y")


async def edit(screen: Screen, value: str) -> None:
    await write(screen, value)
    await says(screen, "programmed on")
    await screen.pilot.press("escape")
    await screen.until(lambda: screen.app.screen is screen.app.main)


def opened_on(server: DemoServer) -> Opened:
    """The screen with one pod on it, and write mode on."""

    @asynccontextmanager
    async def open_(
        pod: str = SERVER,
        *,
        size: tuple[int, int] = (80, 24),
        writable: bool = True,
        profiles: Profiles = PLAIN,
        as_user: str = "",
    ) -> AsyncIterator[Screen]:
        async with screen_on(
            server.url,
            server.token,
            size=size,
            writable=writable,
            profiles=profiles,
            as_user=as_user,
            notifications=True,
        ) as screen:
            await screen.until(lambda: "live" in screen.text and "…" not in screen.line("1 Pods"))
            await screen.filter(pod)
            await screen.until(lambda: screen.table().shown > 0 and screen.table().current)
            yield screen

    return open_

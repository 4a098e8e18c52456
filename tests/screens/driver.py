"""The app on a demo cluster of the same event loop, driven by its keys and read off its screen."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from bwtop.app import NO_CONFIG, BwtopApp
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.live.budget import Budget
from bwtop.live.cluster import Cluster
from bwtop.model.config import Config
from bwtop.model.place import Place
from bwtop.model.profile_choice import Profiles
from bwtop_widgets.live_table import LiveTable

SIZES = [(80, 24), (120, 40)]
PATIENCE = 60.0
"""Seconds after which what is awaited counts as never coming; how fast it comes is measured in tests/bench."""
LOOKS = (0.02, 0.1)
"""Seconds between two looks at what is awaited, at first and at last: each draws the screen."""
QUICK = Budget(period=0.3, sweep_rate=50.0, sweep_seconds=1.0)


class Screen:
    """A running app, its pilot, and what stands on it."""

    def __init__(self, app: BwtopApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def text(self) -> str:
        """As the terminal shows it."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text[:width] for strip in strips[:height])

    def line(self, words: str) -> str:
        """The first line with these words."""
        return next((line for line in self.text.splitlines() if words in line), "")

    def table(self, key: str = "pods") -> LiveTable:
        return self.app.main.query_one(f"#{key}", LiveTable)

    async def until(self, condition: Callable[[], object]) -> None:
        """And until what was on its way then has arrived; to wait for that at every look costs more than the app."""
        if condition():
            return
        pause, longest = LOOKS
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    await asyncio.sleep(pause)
                    pause = min(1.3 * pause, longest)
        except TimeoutError:
            pytest.fail(f"not within {PATIENCE} s; the screen:\n{self.text}")
        await self.pilot.pause(0)

    async def shows(self, words: str) -> None:
        await self.until(lambda: words in self.text)

    async def paste(self, text: str) -> None:
        """Into what has the focus; at once, where typing would draw a screen a letter."""
        self.app.post_message(Paste(text))
        await self.pilot.pause()

    async def filter(self, text: str) -> None:
        await self.pilot.press("slash")
        await self.paste(text)
        await self.pilot.press("enter")

    async def filled(self) -> None:
        """Until lists are whole and in the table, and the agents were read."""
        await self.until(lambda: "in sync" in self.text and "…" not in self.line("1 Pods") and self._has_all())

    def _has_all(self) -> bool:
        """What was read last comes into the table with its next tick."""
        return self.table().total == len(self.app.main.store.pods)


@asynccontextmanager
async def screen_on(
    url: str,
    token: str,
    *,
    size: tuple[int, int] = (120, 40),
    writable: bool = False,
    profiles: Profiles | None = None,
    as_user: str = "",
    notifications: bool = False,
    config: Config = NO_CONFIG,
) -> AsyncIterator[Screen]:
    """The app on the cluster at this address; every attempt opens a new connection."""
    impersonation = (("Impersonate-User", as_user),) if as_user else ()

    @asynccontextmanager
    async def opened(place: Place) -> AsyncIterator[Cluster]:
        credentials = FixedCredentials(f"Bearer {token}")
        api = Api(Connection(server=url, context="demo", credentials=credentials, impersonation=impersonation))
        try:
            yield Cluster(api, namespace=place.namespace, budget=QUICK, profiles=profiles)
        finally:
            await api.close()

    app = BwtopApp(opened, writable=writable, config=config)
    async with app.run_test(size=size, notifications=notifications) as pilot:
        yield Screen(app, pilot)

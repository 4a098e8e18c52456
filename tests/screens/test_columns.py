"""Columns and order: those of the profile, and all of them at `w`."""

from contextlib import asynccontextmanager

from bwtop.app import BwtopApp
from bwtop.demo.server import DemoServer
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.live.cluster import Cluster
from bwtop.model.profile import Profile, ViewProfile
from bwtop.model.profile_choice import Profiles
from screens.conftest import QUICK, Screen, screen_on


async def test_the_profile_chooses_columns_their_order_and_the_sorting(server: DemoServer) -> None:
    view = ViewProfile(columns=("pod", "rate", "state"), sort="pod", descending=True)
    profiles = Profiles(found=[Profile(contexts=("*",), views={"pods": view})], mistakes=[])

    @asynccontextmanager
    async def opened(_):
        api = Api(Connection(server=server.url, context="demo", credentials=FixedCredentials(f"Bearer {server.token}")))
        try:
            yield Cluster(api, budget=QUICK, profiles=profiles)
        finally:
            await api.close()

    app = BwtopApp(opened)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = Screen(app, pilot)
        await screen.filled()
        assert screen.text.splitlines()[2].split() == ["▼POD", "RATE", "STATE"]
        await pilot.press("S")
        app.main.show_cluster(app.main.cluster)
        await screen.shows("▲POD")


async def test_wide_shows_every_column_and_scrolls_sideways(server: DemoServer) -> None:
    async with screen_on(server.url, server.token, size=(80, 24)) as screen:
        await screen.filled()
        assert "LAST 2 MIN" not in screen.text
        await screen.pilot.press("w", *["right"] * 60)
        await screen.shows("LAST 2 MIN")
        await screen.pilot.press("w")
        await screen.until(lambda: "LAST 2 MIN" not in screen.text)
        assert "NAMESPACE" in screen.text


async def test_the_list_to_sort_by_takes_vi_keys(screen: Screen) -> None:
    await screen.pilot.press("s")
    await screen.shows("Sort by")
    await screen.pilot.press("g", "j", "j", "k", "enter")
    await screen.shows("POD")
    await screen.until(lambda: screen.table().sort_key == "pod")
    await screen.pilot.press("s", "G", "enter")
    await screen.until(lambda: screen.table().sort_key == "state")

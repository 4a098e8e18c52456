"""Columns and order: those of the profile, and all of them at `w`."""

from collections.abc import Sequence
from contextlib import asynccontextmanager

import pytest

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
        assert screen.text.splitlines()[2].split() == ["POD▼", "RATE", "STATE"]
        await pilot.press("S")
        app.main.show_cluster(app.main.cluster)
        await screen.shows("POD▲")


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


def titles(screen: Screen) -> list[str]:
    """Of the table on the screen, without the mark of the order."""
    return screen.text.splitlines()[2].replace("▼", " ").replace("▲", " ").split()


@pytest.mark.parametrize(("up", "down"), [("K", "J"), ("shift+up", "shift+down")])
async def test_columns_are_chosen_and_moved_and_kept(server: DemoServer, up: str, down: str) -> None:
    kept: list[tuple[str, list[str]]] = []

    def keep(view: str, columns: Sequence[str]) -> str:
        kept.append((view, list(columns)))
        return ""

    async with screen_on(server.url, server.token, size=(80, 24)) as screen:
        screen.app.main.keep_columns = keep
        await screen.filled()
        before = titles(screen)
        await screen.pilot.press("f")
        await screen.shows("Columns of Pods")
        await screen.shows("[x] NAMESPACE")
        await screen.shows("K moves up")
        await screen.pilot.press("space", "j", up, "j", "j", down, "G", up, "enter")
        await screen.until(lambda: titles(screen)[:1] == ["POD"])
        columns = ["pod", "asked", "node", "programmed", "rate", "curve", "state", "share"]
        assert kept == [("pods", columns)]
        assert [column.key for column in screen.table().columns] == columns
        await screen.pilot.press("f", "r")
        await screen.until(lambda: titles(screen) == before)
        assert kept[1:] == [("pods", [])]


async def test_a_table_keeps_one_column_and_escape_changes_nothing(server: DemoServer) -> None:
    async with screen_on(server.url, server.token, size=(80, 24)) as screen:
        await screen.filled()
        before = titles(screen)
        await screen.pilot.press("f", *["space", "down"] * 9)
        await screen.until(lambda: screen.text.count("[x]") == 1)
        await screen.pilot.press("escape")
        await screen.until(lambda: "Columns of" not in screen.text)
        assert titles(screen) == before


async def test_own_columns_go_before_the_profiles_also_without_its_sorting(server: DemoServer) -> None:
    view = ViewProfile(columns=("pod", "rate", "state"), sort="rate", descending=True)
    profiles = Profiles(found=[Profile(contexts=("*",), views={"pods": view})], mistakes=[])
    async with screen_on(server.url, server.token, profiles=profiles) as screen:
        await screen.until(lambda: titles(screen) == ["POD", "RATE", "STATE"])
        screen.app.main.own_columns = {"pods": ["state", "pod"]}
        screen.app.main.show_cluster(screen.app.main.cluster)
        await screen.until(lambda: titles(screen) == ["STATE", "POD"])


async def test_columns_that_cannot_be_kept_are_told(server: DemoServer) -> None:
    async with screen_on(server.url, server.token, notifications=True) as screen:
        await screen.filled()
        screen.app.main.keep_columns = lambda view, columns: "config.yaml: read-only file system"
        await screen.pilot.press("f", "space", "enter")
        await screen.shows("columns are not kept")
        await screen.shows("read-only file system")
        assert "NAMESPACE" not in titles(screen)

"""The screen begins as the profile of the context says: columns, order and theme."""

from typing import Any

import pytest

from bwtop.demo.server import DemoServer
from bwtop.model.profile import Profile, ViewProfile
from bwtop.model.profile_choice import Profiles
from screens.conftest import Screen, screen_on


def only(**fields: Any) -> Profiles:
    return Profiles(found=[Profile(name="ours", contexts=("*",), **fields)])


def titles(screen: Screen) -> list[str]:
    return next(line for line in screen.text.splitlines() if "POD" in line and "STATE" in line).split()


async def test_columns_and_order_are_the_profiles(server: DemoServer) -> None:
    view = ViewProfile(columns=("state", "rate", "pod"), sort="rate", descending=False)
    async with screen_on(server.url, server.token, profiles=only(views={"pods": view})) as screen:
        await screen.until(lambda: screen.table().shown > 20)
        await screen.until(lambda: len(titles(screen)) == 3)
        assert [title.strip("▼▲") for title in titles(screen)] == ["STATE", "RATE", "POD"]
        table = screen.table()
        assert (table.sort_key, table.descending) == ("rate", False)
        assert (screen.table("limits").sort_key, screen.table("limits").descending) == ("bandwidth", True)


@pytest.mark.parametrize(("sort", "descending"), [("rate", True), ("pod", False)])
async def test_without_a_direction_it_is_the_columns_own(server: DemoServer, sort: str, descending: bool) -> None:
    profiles = only(views={"pods": ViewProfile(sort=sort)})
    async with screen_on(server.url, server.token, profiles=profiles) as screen:
        await screen.until(lambda: screen.table().shown > 20)
        assert (screen.table().sort_key, screen.table().descending) == (sort, descending)


async def test_a_view_whose_own_order_is_not_shown_is_sorted_by_its_rows(server: DemoServer) -> None:
    profiles = only(views={"pods": ViewProfile(columns=("pod", "rate"))})
    async with screen_on(server.url, server.token, profiles=profiles) as screen:
        await screen.until(lambda: screen.table().shown > 20)
        assert screen.table().sort_key is None


@pytest.fixture
def coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal of the tests has no colours; what it begins with shall not count as the answer to that."""
    monkeypatch.setattr("bwtop.app.ANSI_THEME", "")


async def test_a_terminal_of_few_colours_keeps_its_own(server: DemoServer) -> None:
    async with screen_on(server.url, server.token, profiles=only(theme="nord")) as screen:
        await screen.until(lambda: screen.table().shown > 20)
        assert screen.app.theme == "ansi-dark"


@pytest.mark.usefixtures("coloured")
async def test_the_theme_is_the_profiles(server: DemoServer) -> None:
    async with screen_on(server.url, server.token, profiles=only(theme="nord")) as screen:
        await screen.until(lambda: screen.app.theme == "nord")


@pytest.mark.usefixtures("coloured")
async def test_a_theme_that_does_not_exist_is_told(server: DemoServer) -> None:
    profiles = only(theme="neon")
    async with screen_on(server.url, server.token, profiles=profiles, notifications=True) as screen:
        await screen.shows("there is no theme")

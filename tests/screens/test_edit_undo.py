"""Edits taken back."""

import pytest

from bwtop.demo.kinds import PODS
from bwtop.demo.server import DemoServer
from screens.edits import SERVER, Opened, annotation, edit, says, turn_managers_off, write

pytestmark = pytest.mark.usefixtures("state")


async def test_an_edit_that_did_not_land_says_how_it_is_taken_back(
    opened: Opened, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwtop.screens.write.WAIT", 0.3)
    turn_managers_off(server)
    async with opened() as screen:
        await write(screen, "20M")
        await says(screen, "✗ pod default/netperf-server: changed")
        await screen.pilot.press("escape")
        notes = screen.app._notifications
        await screen.until(lambda: any("u takes back what was written" in note.message for note in notes))


async def test_edits_are_taken_back_the_last_one_first(opened: Opened, server: DemoServer) -> None:
    async with opened() as screen:
        await edit(screen, "20M")
        await edit(screen, "30M")
        for value in ("20M", "10M"):
            await screen.pilot.press("u")
            await says(screen, "accepted by")
            await screen.pilot.press("y")
            await says(screen, "programmed on")
            assert annotation(server) == value
            await screen.pilot.press("escape")
            await screen.until(lambda: screen.app.screen is screen.app.main)
        await screen.pilot.press("u")
        await says(screen, "nothing was edited in this session")


async def test_an_edit_is_not_taken_back_over_somebody_elses_value(opened: Opened, server: DemoServer) -> None:
    async with opened() as screen:
        await edit(screen, "20M")
        server.world.annotate("default", SERVER, "50M")
        await screen.pilot.press("u")
        await says(screen, "changed it meanwhile from 20M to 50M")
        await screen.pilot.press("escape")
        await screen.until(lambda: screen.app.screen is screen.app.main)
        assert annotation(server) == "50M"


async def test_an_edit_whose_pod_has_gone_does_not_bar_the_way_to_the_one_before(
    opened: Opened, server: DemoServer
) -> None:
    async with opened("netperf") as screen:
        await screen.until(lambda: screen.table().shown == 2)
        screen.table().cursor_key = "default/netperf-client"
        await edit(screen, "20M")
        screen.table().cursor_key = f"default/{SERVER}"
        await edit(screen, "30M")
        server.world.store.delete(PODS, "default", SERVER)
        await screen.pilot.press("u")
        await says(screen, "the pod is gone")
        await screen.pilot.press("escape")
        await screen.until(lambda: screen.app.screen is screen.app.main)
        await screen.pilot.press("u")
        await says(screen, "accepted by")
        await screen.pilot.press("y")
        await screen.until(lambda: annotation(server, "netperf-client") is None)


async def test_an_undo_that_is_left_can_be_taken_up_again(opened: Opened, server: DemoServer) -> None:
    async with opened() as screen:
        await edit(screen, "20M")
        for _ in range(2):
            await screen.pilot.press("u")
            await says(screen, "accepted by")
            await screen.pilot.press("escape")
            await screen.until(lambda: screen.app.screen is screen.app.main)
        assert annotation(server) == "20M"

"""Who may edit what, and what is said where they may not."""

import pytest

from bwtop.demo.access import VIEWER
from bwtop.demo.server import DemoServer
from bwtop.model.profile_choice import Profiles
from bwtop.screens.write import WriteScreen
from screens.edits import LIMIT, SERVER, Opened, choose, says, words

pytestmark = pytest.mark.usefixtures("state")


async def test_it_is_read_only_until_w_says_otherwise(opened: Opened, size: tuple[int, int]) -> None:
    async with opened(writable=False, size=size) as screen:
        assert "● READ-ONLY" in screen.text
        await screen.pilot.press("e")
        await says(screen, "bwtop is read-only: W allows writing")
        assert screen.app.screen is screen.app.main
        await screen.pilot.press("W")
        await says(screen, "● WRITE")
        await screen.pilot.press("e")
        await says(screen, "Egress limit of")
        await screen.pilot.press("escape", "W", "u")
        await says(screen, "● READ-ONLY")


async def test_who_may_not_patch_is_told_before_the_dialog_opens(opened: Opened) -> None:
    async with opened(as_user=VIEWER, writable=False) as screen:
        await screen.pilot.press("W")
        await screen.until(lambda: screen.app.main.why_not("edit"))
        await screen.pilot.press("e")
        await says(screen, "you may not patch pods in namespace default")
        assert screen.app.screen is screen.app.main


async def test_a_pod_that_cannot_be_limited_opens_no_dialog(opened: Opened) -> None:
    async with opened("node-exporter") as screen:
        await screen.pilot.press("e")
        await says(screen, "no limit can apply to it")
        assert screen.app.screen is screen.app.main


async def test_a_node_has_no_limit_to_edit(opened: Opened) -> None:
    async with opened() as screen:
        await screen.pilot.press("2", "e")
        await says(screen, "no pod is chosen")


async def test_a_pod_that_went_is_told(opened: Opened, server: DemoServer) -> None:
    async with opened() as screen:
        server.faults.fail(f"/api/v1/namespaces/default/pods/{SERVER}", status=404, message='pods "x" not found')
        await screen.pilot.press("e")
        await says(screen, "not found")
        assert screen.app.screen is screen.app.main


async def test_kubectl_lines_are_always_at_hand(opened: Opened) -> None:
    async with opened(writable=False) as screen:
        await screen.pilot.press("c")
        await says(screen, "The same with kubectl")
        shown = words(screen)
        assert f"-n default annotate pod netperf-server {LIMIT}=10M --overwrite" in shown
        assert f"{LIMIT}-" in shown


async def test_profiles_that_were_left_out_are_told_and_every_context_is_protected(opened: Opened) -> None:
    from bwtop.model.keyed_yaml import Mistake

    mistakes = [Mistake("prod.yaml", 3, "protected", "this must be a list")]
    async with opened(profiles=Profiles(mistakes=mistakes), size=(120, 40)) as screen:
        await says(screen, "prod.yaml:3: protected: this must be a list")
        await choose(screen, "20M")
        await says(screen, "Type the name of the pod")
        assert isinstance(screen.app.screen, WriteScreen)

"""The edit dialog: judged, tried, asked about, written, watched. Nothing is written by the way."""

import re
from pathlib import Path

import pytest

from bwtop.demo.kinds import DEPLOYMENTS, PODS
from bwtop.demo.server import DemoServer
from bwtop.live.audit import AuditLog, audit_path
from bwtop.model.profile import Profile
from bwtop.model.profile_choice import Profiles
from screens.driver import Screen
from screens.edits import LIMIT, SERVER, Opened, annotation, choose, edit, says, turn_managers_off, typed, words, write

pytestmark = pytest.mark.usefixtures("state")


# -- writing ------------------------------------------------------------------------------------------------------
async def test_a_limit_is_written_and_watched_until_the_map_agrees(
    opened: Opened, server: DemoServer, size: tuple[int, int]
) -> None:
    async with opened(size=size) as screen:
        await choose(screen, "20M")
        await says(screen, "accepted by the API server")
        assert annotation(server) == "10M"
        assert "annotate" in screen.text
        await screen.pilot.press("y")
        await says(screen, "programmed on")
        assert annotation(server) == "20M"
        await screen.pilot.press("escape")
        await screen.until(lambda: screen.table().current.programmed.bits_per_second == 20_000_000)
        [entry] = AuditLog(audit_path()).entries()
        assert (entry.name, entry.old, entry.new, entry.result) == (SERVER, "10M", "20M", "Changed")


async def test_the_rate_follows_a_limit_that_is_raised(opened: Opened, server: DemoServer) -> None:
    async with opened("checkout") as screen:
        rows = screen.app.main.store.pods
        await screen.until(lambda: any((row.rate or 0) > 19e6 for row in rows.values()))
        [key, *_] = [row.key for row in rows.values() if (row.rate or 0) > 19e6 and "checkout" in row.pod]
        screen.table().cursor_key = key
        await edit(screen, "40M")
        await screen.until(lambda: (rows[key].rate or 0) > 30e6)


async def test_escape_before_the_last_yes_writes_nothing(opened: Opened, server: DemoServer) -> None:
    async with opened() as screen:
        await choose(screen, "20M")
        await says(screen, "accepted by the API server")
        await screen.pilot.press("enter", "escape")
        await screen.until(lambda: screen.app.screen is screen.app.main)
        assert annotation(server) == "10M"
        assert not AuditLog(audit_path()).entries()


async def test_a_limit_is_removed(opened: Opened, server: DemoServer) -> None:
    async with opened() as screen:
        await screen.pilot.press("e")
        await says(screen, "Egress limit")
        await screen.pilot.press("ctrl+r")
        await says(screen, "accepted by the API server")
        await screen.pilot.press("y")
        await says(screen, "limit removed on")
        assert annotation(server) is None


async def test_marked_rows_are_edited_together(opened: Opened, server: DemoServer) -> None:
    async with opened("netperf") as screen:
        await screen.pilot.press("space", "space", "e")
        await says(screen, "Egress limit of 2 pods")
        assert "1 of 2" in words(screen)
        await typed(screen, "7M")
        await screen.pilot.press("enter")
        await screen.until(lambda: screen.text.count("accepted by") == 2)
        await screen.pilot.press("y")
        await says(screen, "all 2 done")
        assert [annotation(server, name) for name in (SERVER, "netperf-client")] == ["7M", "7M"]


@pytest.mark.parametrize(("typing", "value"), [("10m", "10m"), ("y", "10M"), ("", "10M")])
async def test_a_dangerous_value_has_to_be_typed_again(
    opened: Opened, server: DemoServer, typing: str, value: str
) -> None:
    async with opened() as screen:
        await choose(screen, "10m")
        await says(screen, "Type the value again")
        await screen.pilot.press(*typing, "enter")
        if value == "10M":
            await says(screen, "that is not the value again; nothing was written")
        await screen.until(lambda: annotation(server) == value)


async def test_a_question_and_its_answer_are_never_pushed_out_of_view(opened: Opened, size: tuple[int, int]) -> None:
    async with opened("shop", size=size) as screen:
        await screen.pilot.press(*["space"] * 6)
        await choose(screen, "10m")
        await says(screen, "Type the value again and enter:")
        await screen.pilot.press("1", "0")
        await screen.until(lambda: re.search(r"│ +10 +│", screen.text) is not None)


async def test_on_a_protected_context_the_name_has_to_be_typed(opened: Opened, server: DemoServer) -> None:
    profiles = Profiles(found=[Profile(name="ours", contexts=("*",), protected=("demo",))])
    async with opened(profiles=profiles) as screen:
        await choose(screen, "20M")
        await says(screen, "Type the name of the pod")
        assert "profile ours protects context demo" in words(screen)
        await screen.pilot.press("y", "enter")
        await says(screen, "that is not the name of the pod")
        assert annotation(server) == "10M"
        await screen.pilot.press(*SERVER, "enter")
        await screen.until(lambda: annotation(server) == "20M")


async def test_who_was_faster_is_named_and_the_new_value_offered(opened: Opened, server: DemoServer) -> None:
    async with opened() as screen:
        await choose(screen, "20M")
        await says(screen, "accepted by the API server")
        server.world.annotate("default", SERVER, "50M")
        await screen.pilot.press("y")
        await says(screen, "changed it meanwhile from 10M to 50M")
        assert annotation(server) == "50M"
        await screen.pilot.press("o")
        await screen.until(lambda: "50,000,000" in screen.line("now "))
        await says(screen, "accepted by the API server")
        await screen.pilot.press("y")
        await screen.until(lambda: annotation(server) == "20M")


async def test_a_refusal_of_the_server_is_told_and_nothing_is_written(opened: Opened, server: DemoServer) -> None:
    path = f"/api/v1/namespaces/default/pods/{SERVER}"
    message = 'admission webhook "limits.example.com" denied the request: ask the platform team'
    async with opened() as screen:
        server.faults.fail(path, status=403, method="PATCH", message=message, times=-1)
        await choose(screen, "20M")
        await says(screen, "nothing was written")
        assert "limits.example.com" in screen.text
        await screen.pilot.press("y")
        await screen.pilot.pause()
        assert annotation(server) == "10M"


async def test_a_long_word_on_what_became_of_an_edit_goes_on_behind_its_mark(
    opened: Opened, server: DemoServer
) -> None:
    path = f"/api/v1/namespaces/default/pods/{SERVER}"
    async with opened(size=(80, 24)) as screen:
        server.faults.fail(path, status=403, method="PATCH", message="no " * 40, times=-1)
        await choose(screen, "50M")
        await says(screen, "nothing was written")
        lines = screen.text.splitlines()
        at = next(number for number, line in enumerate(lines) if "│ ✗ pod" in line)
        assert lines[at].index("✗ ") + 2 == lines[at + 1].index("netperf-server in default")


async def test_a_manager_that_is_off_is_told_as_the_reason(opened: Opened, server: DemoServer) -> None:
    turn_managers_off(server)
    async with opened() as screen:
        await write(screen, "20M")
        await says(screen, "written but not in force")
        assert "bandwidth manager is off" in words(screen)
        assert annotation(server) == "20M"


async def test_an_audit_log_that_cannot_be_written_stops_the_edit(
    opened: Opened, server: DemoServer, tmp_path: Path
) -> None:
    (tmp_path / "state" / "bwtop" / "audit.jsonl").mkdir(parents=True)
    async with opened() as screen:
        await write(screen, "20M")
        await says(screen, "the audit log cannot be")
        assert annotation(server) == "10M"


# -- the owner's template -----------------------------------------------------------------------------------------
async def choose_for_template(screen: Screen, value: str) -> None:
    """Tried on the pod, and then on the Deployment that owns it."""
    await choose(screen, value)
    await says(screen, "accepted by")
    await screen.pilot.press("t")
    await says(screen, "its 3 pods will be rolled")
    await says(screen, "accepted by")


async def test_the_same_is_offered_in_the_owners_template(opened: Opened, server: DemoServer) -> None:
    def in_template() -> str | None:
        spec = server.world.store[DEPLOYMENTS].get("shop", "checkout").body()["spec"]
        found: str | None = spec["template"]["metadata"]["annotations"].get(LIMIT)
        return found

    async with opened("checkout") as screen:
        await choose_for_template(screen, "33M")
        assert "patch deployment checkout" in words(screen)
        assert in_template() == "20M"
        await screen.pilot.press("y")
        await says(screen, "✓ Deployment shop/checkout: changed; rolled out after")
        assert "programmed on all 3 new pods" in words(screen)
        assert in_template() == "33M"
        await screen.pilot.press("escape", "u")
        await says(screen, "Take back the limit of Deployment shop/checkout")
        await says(screen, "accepted by")
        await screen.pilot.press("y")
        await screen.until(lambda: in_template() == "20M")


async def test_a_rollout_is_told_step_by_step_and_may_be_left(
    opened: Opened, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwtop.demo.kubelet.RUNNING_AFTER", 1e6)
    async with opened("checkout") as screen:
        await choose_for_template(screen, "33M")
        await screen.pilot.press("y")
        await says(screen, "… Deployment shop/checkout: written; 1 of 3 pods updated, 3 available")
        await screen.pilot.press("escape")
        await screen.until(lambda: screen.app.screen is screen.app.main)
        pods = server.world.store[PODS]
        new = [
            pod for pod in pods if pod.name.startswith("checkout-") and annotation(server, pod.name, "shop") == "33M"
        ]
        assert new
        assert not screen.app.main.why_not("undo")

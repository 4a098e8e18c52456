"""The edit dialog: chosen, judged, tried, asked about, written, watched, taken back. Nothing is written by the way."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Input

from bwtop.cli.profile_files import shipped_profiles
from bwtop.demo.access import VIEWER
from bwtop.demo.kinds import DEPLOYMENTS, PODS
from bwtop.demo.server import DemoServer
from bwtop.live.audit import AuditLog, audit_path
from bwtop.model.profile import Profile
from bwtop.model.profile_choice import Profiles
from bwtop.screens.limit import LimitScreen
from bwtop.screens.write import WriteScreen
from screens.conftest import SIZES, Screen, screen_on

LIMIT = "kubernetes.io/egress-bandwidth"
SERVER = "netperf-server"
PLAIN = Profiles(found=[shipped_profiles()["default"]])
Opened = Callable[..., AbstractAsyncContextManager[Screen]]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(params=SIZES, ids=["80x24", "120x40"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    found: tuple[int, int] = request.param
    return found


@pytest.fixture
def opened(server: DemoServer) -> Opened:
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


# -- the form -----------------------------------------------------------------------------------------------------
async def test_it_shows_old_and_new_in_both_units(opened: Opened, size: tuple[int, int]) -> None:
    async with opened(size=size) as screen:
        await screen.pilot.press("e")
        await says(screen, "Egress limit of pod default/netperf-server")
        await typed(screen, "20M")
        assert screen.line("now ").split("│")[1].split() == ["now", "10M", "10,000,000", "1,250,000"]
        assert screen.line("new ").split("│")[1].split() == ["new", "20M", "20,000,000", "2,500,000"]
        assert "✓" in screen.text
        assert "othing owns the pod" in screen.text
        assert "1M   5M   10M   20M   50M   100M   500M   1G" in screen.text


SLIPS = {
    "10m": "! 10m is milli: 0.01 bit/s, no limit (mega is a capital M: 10M)",
    "10MB": "✗ 10MB is no Kubernetes quantity; write 10M",
    "10K": "✗ 10K: kilo is a lower-case k; write 10k",
    "0": "! 0 is zero, no limit",
    "1Ei": "! 1Ei is above 1P",
    "-5M": "! -5M is negative, no limit",
    "10M": "· that is what it is already",
    "": "a quantity in bits a second",
    "[bold]x": "✗ [bold]x is no Kubernetes quantity",
}


async def test_a_slip_is_told_while_it_is_typed(opened: Opened) -> None:
    async with opened() as screen:
        await screen.pilot.press("e")
        await says(screen, "Egress limit")
        for text, said in SLIPS.items():
            await typed(screen, text)
            assert said in words(screen)


async def test_what_is_illegal_or_no_change_is_not_even_tried(opened: Opened, server: DemoServer) -> None:
    async with opened() as screen:
        await screen.pilot.press("e")
        await says(screen, "Egress limit")
        for text in ("10MB", "10K", "", "10M", "abc"):
            await typed(screen, text)
            await screen.pilot.press("enter")
            await screen.pilot.pause()
            assert isinstance(screen.app.screen, LimitScreen)
        assert annotation(server) == "10M"


async def test_presets_are_stepped_through_and_clicked(opened: Opened) -> None:
    async with opened() as screen:
        await screen.pilot.press("e")
        await says(screen, "Egress limit")
        field = screen.app.screen.query_one(Input)
        await says(screen, "Try it ↑ Larger ↓ Smaller esc Close")
        await screen.pilot.press("up")
        assert field.value == "20M"
        await screen.pilot.press("down", "down")
        assert field.value == "5M"
        await typed(screen, "7M")
        await screen.pilot.press("up")
        assert field.value == "10M"
        await screen.pilot.click(screen.app.screen.query(".preset").last())
        assert field.value == "1G"


async def test_a_rate_above_the_new_limit_is_told(opened: Opened) -> None:
    async with opened("checkout") as screen:
        await screen.until(lambda: any((row.rate or 0) > 2e6 for row in screen.app.main.store.pods.values()))
        await screen.until(lambda: (screen.table().current.rate or 0) > 2e6)
        await screen.pilot.press("e")
        await says(screen, "Egress limit")
        await typed(screen, "1M")
        assert "and will be held back" in screen.text


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


async def test_a_manager_that_is_off_is_told_as_the_reason(opened: Opened, server: DemoServer) -> None:
    for node in server.world.nodes.values():
        node.agent.spec.manager = False
    async with opened() as screen:
        await choose(screen, "20M")
        await says(screen, "accepted by")
        await screen.pilot.press("y")
        await says(screen, "written but not in force")
        assert "bandwidth manager is off" in words(screen)
        assert annotation(server) == "20M"


async def test_an_audit_log_that_cannot_be_written_stops_the_edit(
    opened: Opened, server: DemoServer, tmp_path: Path
) -> None:
    (tmp_path / "state" / "bwtop" / "audit.jsonl").mkdir(parents=True)
    async with opened() as screen:
        await choose(screen, "20M")
        await says(screen, "accepted by")
        await screen.pilot.press("y")
        await says(screen, "the audit log cannot be")
        assert annotation(server) == "10M"


# -- the owner's template -----------------------------------------------------------------------------------------
async def test_the_same_is_offered_in_the_owners_template(opened: Opened, server: DemoServer) -> None:
    def in_template() -> str | None:
        spec = server.world.store[DEPLOYMENTS].get("shop", "checkout").body()["spec"]
        found: str | None = spec["template"]["metadata"]["annotations"].get(LIMIT)
        return found

    async with opened("checkout") as screen:
        await choose(screen, "33M")
        await says(screen, "accepted by")
        await screen.pilot.press("t")
        await says(screen, "its 3 pods will be rolled")
        await says(screen, "accepted by")
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
        await choose(screen, "33M")
        await says(screen, "accepted by")
        await screen.pilot.press("t")
        await says(screen, "its 3 pods will be rolled")
        await says(screen, "accepted by")
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


# -- undo ---------------------------------------------------------------------------------------------------------
async def edit(screen: Screen, value: str) -> None:
    await choose(screen, value)
    await says(screen, "accepted by")
    await screen.pilot.press("y")
    await says(screen, "programmed on")
    await screen.pilot.press("escape")
    await screen.until(lambda: screen.app.screen is screen.app.main)


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


# -- guards -------------------------------------------------------------------------------------------------------
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

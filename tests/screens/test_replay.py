"""A recording on the screen: the same tables, moved through time by keys, and nothing that could change a cluster."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bwtop.app import BwtopApp
from bwtop.live.recording.reader import Recording
from bwtop.live.recording.replay import Replay
from bwtop.model.place import Place
from bwtop.screens.replay import SEEK_SECONDS, ReplayScreen
from live.clusters import be_quick
from live.recordings import an_incident
from screens.conftest import SIZES, Screen

SERVER = "netperf-server"


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        be_quick(patch)
        return asyncio.run(an_incident(tmp_path_factory.mktemp("recording") / "incident.bwtop")).path


class ReplayApp(BwtopApp):
    MAIN = ReplayScreen


@asynccontextmanager
async def replaying(
    path: Path, *, start: float = 0.0, paused: bool = True, speed: float = 1.0, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Screen]:
    @asynccontextmanager
    async def opened(_place: Place) -> AsyncIterator[Replay]:
        replay = Replay(Recording(path), start=start, speed=speed)
        replay.pause(paused=paused)
        yield replay

    app = ReplayApp(opened, place=Place(context="demo"))
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = Screen(app, pilot)
        await screen.until(lambda: replay_of(screen) and replay_of(screen).duration and not replay_of(screen).seeking)
        yield screen


def replay_of(screen: Screen) -> Replay:
    """None until the recording is opened."""
    return screen.app.main.replay


@pytest.mark.parametrize("size", SIZES)
async def test_it_says_that_it_is_a_recording_and_how_to_move_in_it(incident: Path, size: tuple[int, int]) -> None:
    async with replaying(incident, start=1e9, size=size) as screen:
        await screen.shows("■ REPLAY END")
        await screen.shows(SERVER)
        await screen.shows(". Step")
        status, footer = screen.text.splitlines()[0], screen.text.splitlines()[-1]
        assert "READ-ONLY" not in status
        assert " live" not in status
        keys = ("p Pause", ". Step", ", Back", "> +30s", "< -30s", "@ Go to")
        assert all(key in footer for key in (keys if size[0] >= 120 else keys[:2])), "the help has the others"
        await screen.pilot.press("question_mark")
        await screen.shows("Keys and states")
        shown = screen.app.screen.query_one("Static").render()
        for words in ("Pause, and go on to the next change", "Half a minute back", "Play faster", "Go to a moment"):
            assert words in str(shown)


@pytest.mark.parametrize("key", ["e", "t", "T", "u", "X", "W", "C", "n"])
async def test_a_key_that_needs_a_cluster_says_that_there_is_none(incident: Path, key: str) -> None:
    async with replaying(incident, start=1e9) as screen:
        await screen.shows(SERVER)
        await screen.pilot.press(key)
        await screen.until(lambda: any("recording" in note.message for note in screen.app._notifications))


async def test_what_needs_a_cluster_is_offered_neither_by_the_footer_nor_by_help_or_palette(incident: Path) -> None:
    async with replaying(incident, start=1e9, size=(160, 60)) as screen:
        await screen.shows(SERVER)
        footer = screen.text.splitlines()[-1]
        await screen.pilot.press("question_mark")
        await screen.shows("Keys and states")
        shown = str(screen.app.screen.query_one("Static").render())
        assert "Pause, and go on to the next change" in shown
        for words in ("Edit limit", "netperf"):
            assert words not in footer
        for words in ("Allow writing", "limits of the chosen", "last edit", "netperf", "the test", "another cluster"):
            assert words not in shown
        await screen.pilot.press("escape", "colon")
        await screen.until(lambda: type(screen.app.screen).__name__ == "CommandPalette")
        await screen.shows("Pause (p)")
        assert "not now" not in screen.text
        assert "Undo" not in screen.text


async def test_the_sources_are_those_of_the_moment(incident: Path) -> None:
    async with replaying(incident, start=1e9) as screen:
        await screen.shows(SERVER)
        await screen.pilot.press("exclamation_mark")
        await screen.shows("ciliumendpoints")
        watch = screen.line("ciliumnodes").partition("ciliumnodes")[2]
        assert watch.split()[:3] == ["live", "–", "2"], "when it last answered was not recorded"


async def test_it_plays_by_itself_and_stands_when_paused(incident: Path) -> None:
    async with replaying(incident, paused=False, speed=0.02) as screen:  # a slow machine must not meet its end
        await screen.shows("▶ REPLAY")
        await screen.until(lambda: replay_of(screen).position > 0)
        await screen.pilot.press("p")
        await screen.shows("‖ REPLAY")
        at = replay_of(screen).position
        await screen.pilot.pause(0.3)
        assert replay_of(screen).position == at
        await screen.pilot.press("p")
        await screen.until(lambda: replay_of(screen).position > at)


async def test_seeking_back_and_forth_keeps_the_row_and_shows_its_past(incident: Path) -> None:
    async with replaying(incident, start=1e9) as screen:
        await screen.shows("20M")
        table = screen.table()
        table.cursor_key = f"default/{SERVER}"
        await screen.pilot.press("at", *"1s", "enter")
        await screen.until(lambda: not replay_of(screen).seeking and replay_of(screen).position == pytest.approx(1.0))
        await screen.until(lambda: "10M" in screen.line(SERVER) or "20M" in screen.line(SERVER))
        assert table.cursor_key == f"default/{SERVER}"
        await screen.pilot.press("at", *"100%", "enter")
        await screen.until(lambda: "20M" in screen.line(SERVER) and replay_of(screen).at_end)
        back = max(replay_of(screen).position - SEEK_SECONDS, 0.0)  # the recording is as long as the machine was slow
        await screen.pilot.press("less_than_sign")
        await screen.until(lambda: replay_of(screen).position == pytest.approx(back))
        await screen.pilot.press("at", *"0s", "enter")
        await screen.until(lambda: replay_of(screen).position == 0)
        await screen.until(lambda: SERVER not in screen.text)


async def test_a_step_goes_on_to_the_next_change_and_back(incident: Path) -> None:
    async with replaying(
        incident, paused=False, speed=1e-6
    ) as screen:  # what plays must not come near the end meanwhile
        positions = [0.0]
        for _ in range(3):
            await screen.pilot.press("full_stop")
            await screen.until(lambda: not replay_of(screen).seeking)
            positions.append(replay_of(screen).position)
        assert positions == sorted(set(positions))
        await screen.shows("‖ REPLAY")
        await screen.pilot.press("comma")
        await screen.until(lambda: not replay_of(screen).seeking)
        assert replay_of(screen).position == pytest.approx(positions[-2])


async def test_what_is_no_moment_is_told_in_the_dialog(incident: Path) -> None:
    async with replaying(incident, start=1e9) as screen:
        await screen.pilot.press("at", *"soon", "enter")
        await screen.shows("'soon' is no moment")
        await screen.pilot.press("escape")
        await screen.until(lambda: screen.app.screen is screen.app.main)


async def test_speed_is_shown_and_bounded(incident: Path) -> None:
    async with replaying(incident) as screen:
        await screen.pilot.press("right_square_bracket")
        await screen.shows("x2")
        await screen.pilot.press(*["left_square_bracket"] * 9)
        await screen.shows("x0.25")


async def test_keys_that_need_a_cluster_say_why_they_are_dim(incident: Path) -> None:
    async with replaying(incident, start=1e9) as screen:
        await screen.shows(SERVER)
        bound = {active.binding.action: key for key, active in screen.app.main.active_bindings.items()}
        for action in ("edit", "write_mode", "netperf"):
            assert screen.app.main.why_not(action) == "this is a recording: there is no cluster to ask or to change"
            if action in bound:
                await screen.pilot.press(bound[action])
                await screen.shows("this is a recording")


@pytest.fixture
def cut(incident: Path, tmp_path: Path) -> Path:
    path = tmp_path / "cut"
    path.write_bytes(incident.read_bytes()[:-12])
    return path


async def test_a_cut_file_is_played_and_said_to_be_cut(cut: Path) -> None:
    async with replaying(cut, start=1e9) as screen:
        await screen.shows("the recording is cut: the program that recorded it was killed, or records still")
        await screen.shows(SERVER)

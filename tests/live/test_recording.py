"""What is recorded is played again as it was, to any moment, also from a file that was cut."""

import asyncio
import gzip
import itertools
import os
import random
import stat
import time
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from bwtop.kube.errors import KubeError
from bwtop.live.objects import Objects
from bwtop.live.recording import events
from bwtop.live.recording.header import RecordingError
from bwtop.live.recording.reader import Recording, open_recording
from bwtop.live.recording.recorded_store import RecordedObjects, RecordedStore
from bwtop.live.recording.recorder import Recorder
from bwtop.live.store import Store
from bwtop.model.states import State
from live.clusters import SERVER, be_quick
from live.recordings import Recorded, an_incident, arrived, picture, played, when


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    with pytest.MonkeyPatch.context() as patch:
        be_quick(patch)
        return asyncio.run(an_incident(tmp_path_factory.mktemp("recording") / "incident.bwtop"))


async def test_a_replay_ends_with_the_rows_that_the_recording_ended_with(incident: Recorded) -> None:
    with played(incident.path, start=1e9) as replay:
        await arrived(replay)
        assert picture(replay.store) == incident.last
        assert replay.at_end
        assert replay.position == pytest.approx(replay.duration, abs=0.01)
        assert replay.overview().sources.keys() == {"pods", "nodes", "ciliumendpoints", "ciliumnodes", "agents"}
    assert replay.recording.note == ""


async def test_the_past_comes_in_its_order_and_time(incident: Recorded) -> None:
    seen: list[tuple[State, int | None]] = []
    with played(incident.path) as replay:
        replay.pause(paused=True)
        while not replay.at_end:
            before = replay.position
            replay.step()
            await when(lambda before=before: replay.position != before or replay.at_end)
            replay.store.settle()
            if row := replay.store.pods.get(SERVER):
                limit = row.programmed.bits_per_second if row.programmed else None
                if not seen or seen[-1] != (row.state, limit):
                    seen.append((row.state, limit))
    in_sync = [one for one in seen if one[0] is State.IN_SYNC]
    assert in_sync == [(State.IN_SYNC, 10_000_000), (State.IN_SYNC, 20_000_000)]
    assert (State.PENDING, 10_000_000) in seen


async def test_a_moment_looks_the_same_from_whichever_side_it_is_reached(incident: Recorded) -> None:
    chance = random.Random(5)
    with played(incident.path) as moved:
        await arrived(moved)
        assert moved.duration is not None
        for _ in range(6):
            to = chance.uniform(0, moved.duration)
            moved.pause(paused=True)
            moved.seek(to)
            await arrived(moved)
            with played(incident.path, start=to) as fresh:
                fresh.pause(paused=True)
                await arrived(fresh)
                assert picture(moved.store) == picture(fresh.store)
                assert moved.position == pytest.approx(fresh.position)


async def test_who_watches_a_seek_back_is_told_of_every_row_that_is_gone(incident: Recorded) -> None:
    with played(incident.path, start=1e9) as replay:
        await arrived(replay)
        shown = dict(replay.store.pods)
        replay.store.drain()
        replay.seek(0.0)
        await arrived(replay)
        replay.pause(paused=True)
        changes = replay.store.settle()
        for key in changes.pods:
            row = replay.store.pods.get(key)
            shown.pop(key, None) if row is None else shown.update({key: row})
        assert shown == replay.store.pods


async def test_the_clock_stands_while_paused_and_runs_at_its_speed(
    incident: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count(step=0.125)  # from one look at the clock to the next, and it looks twice a step
    ours = SimpleNamespace(monotonic=lambda: next(seconds), perf_counter=time.perf_counter)
    monkeypatch.setattr("bwtop.live.recording.replay.time", ours)
    with played(incident.path, speed=4.0) as replay:
        await when(lambda: replay.position >= 1.0)
        replay.pause(paused=True)
        await asyncio.sleep(0)
        steps = next(seconds) / 0.125 // 2
        assert replay.position == pytest.approx(steps * 0.125 * 4)
        at, age = replay.position, replay.store.clock()
        await asyncio.sleep(0.15)
        assert (replay.position, replay.store.clock()) == (at, age)
        assert replay.store.unix() == pytest.approx(replay.recording.header.started + at)


async def test_a_step_back_leads_to_the_change_before(incident: Recorded) -> None:
    with played(incident.path) as replay:
        replay.pause(paused=True)
        positions = [0.0]
        for _ in range(4):
            replay.step()
            await when(lambda: replay.position != positions[-1])
            positions.append(replay.position)
        replay.step(back=True)
        await arrived(replay)
        assert replay.position == pytest.approx(positions[-2])


async def test_there_is_no_cluster_behind_it(incident: Recorded) -> None:
    with played(incident.path) as replay:
        with pytest.raises(KubeError, match="this is a recording: there is no cluster to ask or to change"):
            await replay.api.send("PATCH", "/api/v1/namespaces/default/pods/x", b"{}")
        with pytest.raises(KubeError, match="this is a recording"):
            await replay.api.websocket("/api/v1/namespaces/x/pods/y/exec", (), protocols=["v4.channel.k8s.io"])


# -- the file -----------------------------------------------------------------------------------------------------
async def test_only_its_owner_may_read_it_and_no_other_file_is_lost_to_it(incident: Recorded) -> None:
    assert stat.S_IMODE(incident.path.stat().st_mode) == 0o600
    with pytest.raises(RecordingError, match="exists: name another file, or add --overwrite"):
        Recorder(incident.path)


def test_a_file_that_was_cut_anywhere_is_read_up_to_there(incident: Recorded, tmp_path: Path) -> None:
    whole, every = incident.path.read_bytes(), list(Recording(incident.path).lines())
    cut = tmp_path / "cut"
    lengths = []
    for size in sorted({*range(0, len(whole), max(1, len(whole) // 60)), len(whole) - 1}):
        cut.write_bytes(whole[:size])
        try:
            recording = Recording(cut)
        except RecordingError:
            assert lengths == []
            continue
        read = list(recording.lines())
        assert read == every[: len(read)]
        assert recording.note.startswith("cut")
        assert recording.duration() == (read[-1].at / 1000 if read else 0)
        lengths.append(len(read))
    assert lengths == sorted(lengths)
    assert lengths[-1] >= len(every) - 1


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_file_is_read_as_far_as_it_goes(incident: Recorded, tmp_path: Path, seed: int) -> None:
    chance, damaged = random.Random(seed), bytearray(incident.path.read_bytes())
    for _ in range(3):
        damaged[chance.randrange(2000, len(damaged))] = chance.randrange(256)
    path = tmp_path / "damaged"
    path.write_bytes(damaged)
    recording = Recording(path)
    list(recording.lines())
    assert recording.note.startswith(("damaged", "cut"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no recording of bwtop: `bwtop record FILE` makes one"),
        (b"apiVersion: v1\n", "is no recording of bwtop"),
        (gzip.compress(b"hello\n"), "is no recording of bwtop"),
        (
            gzip.compress(b'{"bwtop_recording":9,"by":"7.1.0","wholly":"new"}\n'),
            r"was recorded by bwtop 7\.1\.0 in format 9; bwtop \S+ reads formats up to 1: replay it with that bwtop",
        ),
        (gzip.compress(b'{"bwtop_recording":1,"by":"0.1.0"}\n'), "the header of .* is damaged: .*started"),
    ],
    ids=["empty", "yaml", "other", "newer", "damaged"],
)
def test_what_is_no_recording_of_this_bwtop_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=words):
        open_recording(path)


def test_a_file_that_is_not_there_or_may_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read: No such file"):
        open_recording(tmp_path / "gone")
    with pytest.raises(RecordingError, match="cannot be read: Is a directory"):
        open_recording(tmp_path)


def test_a_file_that_unpacks_to_very_much_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    line = b'[0,{"t":"cost","received":1}]\n'
    path.write_bytes(gzip.compress(b'{"bwtop_recording":1,"by":"x","started":0}\n' + line * 1_000_000))
    tracemalloc.start()
    try:
        assert Recording(path).duration() == 0
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()


async def test_a_recorder_holds_little_however_much_it_is_told(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "much")
    with_clock: list[int] = []
    recorder._clock = lambda: float(len(with_clock))
    tracemalloc.start()
    try:
        for number in range(50_000):
            recorder._tell(events.Failed(node=f"n{number}", error=os.urandom(60).hex()))
        assert tracemalloc.get_traced_memory()[1] < 2 << 20
    finally:
        tracemalloc.stop()
        recorder.close()
    assert recorder.written == recorder.path.stat().st_size > 3 << 20


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
async def test_a_full_disk_ends_the_recording_and_nothing_else() -> None:
    recorder = Recorder(Path("/dev/full"), overwrite=True)
    recorder._clock = lambda: 0.0
    for number in range(3):
        recorder._tell(events.Failed(node=f"n{number}", error="x"))
        recorder.flush()
    assert recorder.failure == "/dev/full cannot be written: No space left on device"
    assert recorder.written == 0
    recorder.close()


# -- everything is recorded ---------------------------------------------------------------------------------------
def test_every_way_to_tell_a_store_something_is_recorded() -> None:
    tells = {name for name in vars(Objects) if name.startswith(("put_", "drop_"))}
    assert tells <= vars(RecordedObjects).keys()
    for name in ("reading", "take_sample", "take_inspection", "uninspected", "failed", "forget_node"):
        assert name in vars(RecordedStore)
        assert name in vars(Store)


def test_every_event_survives_the_file(incident: Recorded) -> None:
    kinds = {type(line.event) for line in Recording(incident.path).lines()}
    assert kinds >= {events.Began, events.PodPut, events.Sampled, events.Inspected, events.Failed, events.Dropped}
    for line in Recording(incident.path).lines():
        assert msgspec.json.decode(msgspec.json.encode(line), type=events.Line) == line

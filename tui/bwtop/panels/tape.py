"""What the status line says of a recording: one that is made, or one that is played."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bwtop.live.recording.tape import Tape
from bwtop.model.moment import span, time_of_day
from bwtop_widgets.status_bar import LineSegment

if TYPE_CHECKING:
    from bwtop.live.recording.replay import Replay

_STEP = 256 * 1024
"""Bytes by which the figure grows: each change of it is sent to the terminal."""


def recording_segments(tape: Tape) -> Iterator[LineSegment]:
    if tape.failure:
        yield LineSegment(f"✗ REC ended: {tape.failure}", "bad", right=True)
    else:
        size = tape.written // _STEP * _STEP / (1 << 20)
        yield LineSegment("● REC" + (f" {size:.1f} MiB" if size else ""), "bad", right=True)


def replay_segments(replay: "Replay") -> Iterator[LineSegment]:
    where = time_of_day(replay.recording.header.started + replay.position)
    yield LineSegment(_doing(replay), "accent", right=True)
    yield LineSegment(where, "bold", right=True)
    whole = "…" if replay.duration is None else span(replay.duration)
    yield LineSegment(f"{span(replay.position)} of {whole}", right=True, priority=1)
    if replay.speed != 1:
        yield LineSegment(f"x{replay.speed:g}", right=True)
    if replay.recording.header.masked:
        yield LineSegment("masked", "dim", right=True, priority=5)


def replay_alert(replay: "Replay") -> str:
    """What must be said of the file; empty: nothing."""
    return f"the recording is {replay.recording.note}" if replay.recording.note and replay.at_end else ""


def _doing(replay: "Replay") -> str:
    if replay.seeking:
        return "» REPLAY"
    if replay.at_end:
        return "■ REPLAY END"
    return "‖ REPLAY" if replay.paused else "▶ REPLAY"

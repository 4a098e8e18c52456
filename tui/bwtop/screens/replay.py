"""The main screen on a recording: the same tables, and keys that move through time."""

from collections.abc import Iterator
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType

from bwtop.live.recording.replay import REFUSAL, Replay
from bwtop.model.moment import moment, span, time_of_day
from bwtop.panels.tape import replay_alert, replay_segments
from bwtop.screens.main import MainScreen
from bwtop.screens.moment import MomentScreen
from bwtop_widgets.key_words import keys_of
from bwtop_widgets.status_bar import LineSegment

SEEK_SECONDS: Final = 30.0
SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
NEEDS_CLUSTER: Final = {
    "write_mode": "main.write",
    "edit": "main.edit",
    "undo": "main.undo",
    "netperf": "main.netperf",
    "stop_netperf": "main.stop-netperf",
    "doctor": "main.doctor",
    "namespace": "main.namespace",
    "context": "main.context",
}
"""Actions that ask or change a cluster, and their bindings; whatever is missed is refused by the replay's own API."""


class ReplayScreen(MainScreen):
    recorded = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "Pause", id="main.freeze", tooltip="Stop the recording where it is, or play on"),
        Binding("full_stop", "step", "Step", id="replay.step", tooltip="Pause, and go on to the next change"),
        Binding("comma", "step_back", "Back", id="replay.step-back", tooltip="Pause, and go back to the change before"),
        Binding("greater_than_sign", f"seek({SEEK_SECONDS})", "+30s", id="replay.forward", tooltip="Half a minute on"),
        Binding("less_than_sign", f"seek(-{SEEK_SECONDS})", "-30s", id="replay.backward", tooltip="Half a minute back"),
        Binding("at", "go_to", "Go to", id="replay.go-to", tooltip="Go to a moment: 10:32:05, +2m, 50%"),
        Binding("right_square_bracket", "speed(1)", "Faster", show=False, id="replay.faster", tooltip="Play faster"),
        Binding("left_square_bracket", "speed(-1)", "Slower", show=False, id="replay.slower", tooltip="Play slower"),
    ]

    @property
    def replay(self) -> Replay | None:
        return self.cluster if isinstance(self.cluster, Replay) else None

    def tape_segments(self) -> Iterator[LineSegment]:
        if self.replay:
            yield from replay_segments(self.replay)

    def tape_alert(self) -> str:
        return replay_alert(self.replay) if self.replay else ""

    def why_not(self, action: str) -> str:
        return REFUSAL if action in NEEDS_CLUSTER else super().why_not(action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done here is offered nowhere: in the footer, the help, the palette."""
        return False if action in NEEDS_CLUSTER else super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Keys that are not offered say why they do nothing."""
        if any(event.key in keys_of(self, id) for id in NEEDS_CLUSTER.values()):
            self.notify(REFUSAL, severity="warning", markup=False)

    # -- keys -----------------------------------------------------------------------------------------------------
    def action_pause(self) -> None:
        if self.replay:
            self.replay.pause(paused=not self.replay.paused)
            self.show_lines()

    def action_step(self) -> None:
        if self.replay:
            self.replay.step()

    def action_step_back(self) -> None:
        if self.replay:
            self.replay.step(back=True)

    def action_seek(self, seconds: float) -> None:
        if self.replay:
            self.replay.seek_by(seconds)

    def action_speed(self, step: int) -> None:
        if self.replay:
            at = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - self._speed))
            self.replay.speed = SPEEDS[max(0, min(at + step, len(SPEEDS) - 1))]
            self.show_lines()

    def action_go_to(self) -> None:
        if (replay := self.replay) is None:
            return
        started, duration = replay.recording.header.started, replay.duration or 0.0
        about = f"from {time_of_day(started)} to {time_of_day(started + duration)}, {span(duration)}"
        self.app.push_screen(MomentScreen(self._read_moment, about=about), self._go_to_moment)

    @property
    def _speed(self) -> float:
        return self.replay.speed if self.replay else 1.0

    def _read_moment(self, text: str) -> float:
        assert self.replay is not None
        return moment(
            text,
            position=self.replay.position,
            duration=self.replay.duration or 0.0,
            started=self.replay.recording.header.started,
        )

    def _go_to_moment(self, seconds: float | None) -> None:
        if self.replay and seconds is not None:
            self.replay.seek(seconds)

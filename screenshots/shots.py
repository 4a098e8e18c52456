"""Which pictures there are, and the steps that lead to each from the first row of the pods.

A step is a key, or something that is called again and again until it no longer gives False: so that a dialog is
open, or an answer there, before the next key. No step waits for a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual.command import CommandPalette
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from bwtop.app import BwtopApp
from bwtop.panels.detail_panel import DetailPanel
from bwtop.panels.netperf_bench import Bench
from bwtop.panels.netperf_choice import NEW, PAIR
from bwtop.panels.netperf_form import NetperfForm
from bwtop.panels.netperf_panel import NetperfPanel
from bwtop.screens.checks import ChecksScreen
from bwtop.screens.columns import ColumnsScreen
from bwtop.screens.help import HelpScreen
from bwtop.screens.limit import LimitScreen
from bwtop.screens.main import MainScreen
from bwtop.screens.moment import MomentScreen
from bwtop.screens.picker import PickerScreen
from bwtop.screens.replay import ReplayScreen
from bwtop.screens.sort import SortScreen
from bwtop.screens.sources import SourcesScreen
from bwtop.screens.write import WriteScreen
from bwtop_widgets.text_dialog import TextDialog
from screenshots import edits
from screenshots.answers import StillDoctor, conclude_on, fail_on, fall_short_on, miss_on, remember_on, run_on

Step = str | Callable[[BwtopApp], bool | None]


@dataclass(frozen=True)
class Shot:
    """A picture, and what it is a picture of."""

    name: str
    steps: Sequence[Step] = ()
    of: type[Widget] = MainScreen

    def is_of(self, app: BwtopApp) -> bool:
        """Whether that is the uppermost screen, or is seen on it."""
        if isinstance(app.screen, self.of):
            return True
        return any(found.is_on_screen for found in app.screen.query(self.of))


@dataclass(frozen=True)
class Gallery:
    """Pictures of one cluster."""

    cluster: str
    shots: Sequence[Shot]
    replay_at: float | None = None
    """A recording of the cluster is played, and stands at this second; None: the cluster itself is shown."""


def shows(screen: type[Screen[Any]]) -> Step:
    return lambda app: isinstance(app.screen, screen)


def says(id: str, words: str) -> Step:
    """In the Static of this id, on the uppermost screen."""
    return lambda app: words in _text(app, f"#{id}")


def filtered(text: str) -> Sequence[Step]:
    """What is typed is applied; the line stays open."""
    return ("slash", *text, is_filtered(text))


def is_filtered(text: str) -> Step:
    return lambda app: text in app.main.filters


def page_is_read(app: BwtopApp) -> bool:
    """Something of it; the workers that read the rest are awaited before every picture."""
    return isinstance(app.screen, ChecksScreen) and _text(app, "Static") not in ("", "reading …")


def _text(app: BwtopApp, selector: str) -> str:
    """Of the first Static that fits; empty while it is not there."""
    return next((str(found.render()) for found in app.screen.query(selector).results(Static)), "")


def typed(text: str) -> Sequence[Step]:
    """In the place of what stands in the field."""
    return ("ctrl+u", *text, lambda app: app.screen.query_one(Input).value == text)


def push(make: Callable[[BwtopApp], Screen[Any]]) -> Step:
    def step(app: BwtopApp) -> None:
        app.push_screen(make(app))

    return step


def bench(change: Callable[[Bench], None]) -> Step:
    """Puts what the test has come to into the panel."""

    def step(app: BwtopApp) -> None:
        panel = app.main.query_one(NetperfPanel)
        change(panel.bench)
        panel.show()

    return step


def chosen(field: str, value: str) -> Step:
    """In a Select of the netperf panel."""

    def step(app: BwtopApp) -> None:
        app.main.query_one(f"#netperf-{field}", Select).value = value

    return step


def pressed(button: str) -> Step:
    """Of the netperf panel."""

    def step(app: BwtopApp) -> None:
        app.main.query_one(f"#netperf-{button}", Button).press()

    return step


def _doctor(app: BwtopApp) -> ChecksScreen:
    assert app.main.cluster
    return ChecksScreen(StillDoctor(app.main.cluster))


LIMITED: Sequence[Step] = (*filtered("server"), "enter")
NETPERF: Sequence[Step] = (*LIMITED, "t", lambda app: bool(app.main.query(NetperfPanel)))
EDIT: Sequence[Step] = ("down", "W", "e", shows(LimitScreen))
ASKED: Sequence[Step] = (shows(WriteScreen), says("stage", "y writes it"))


def written(name: str, dialog: Callable[[BwtopApp], WriteScreen], stage: str) -> Shot:
    """After the last yes."""
    return Shot(name, (push(dialog), *ASKED, "y", says("stage", stage)), of=WriteScreen)


GALLERIES = (
    Gallery(
        "eks-chaining",
        (
            Shot("pods"),
            Shot("nodes", ("2",)),
            Shot("endpoints", ("3",)),
            Shot("limits", ("4",)),
            Shot("help", ("question_mark",), of=HelpScreen),
            Shot("detail", ("enter",), of=DetailPanel),
            Shot("detail-node", ("2", "enter"), of=DetailPanel),
            Shot("detail-limit", ("4", "enter"), of=DetailPanel),
            Shot("marked", ("space", "down", "V")),
            Shot("filter", filtered("node:ip-192-168-29 ra")),
            Shot("filter-wrong", ("slash", *"rate>fast")),
            Shot("filter-completed", (*filtered("state:ins"), "tab", is_filtered("state:InSync"))),
            Shot("filter-empty", (*filtered("state:drift"), "enter")),
            Shot("sort", ("s",), of=SortScreen),
            Shot("columns", ("f",), of=ColumnsScreen),
        ),
    ),
    Gallery(
        "eks-chaining",
        (
            Shot("palette", ("colon",), of=CommandPalette),
            Shot("kubectl", ("c",), of=TextDialog),
            Shot("contexts", ("C", shows(PickerScreen)), of=PickerScreen),
            Shot("namespaces", ("n", shows(PickerScreen)), of=PickerScreen),
            Shot("sources", ("exclamation_mark",), of=SourcesScreen),
            Shot("explain", ("x", page_is_read), of=ChecksScreen),
            Shot("doctor", (push(_doctor), page_is_read), of=ChecksScreen),
            Shot("netperf", NETPERF, of=NetperfForm),
            Shot("netperf-running", (*NETPERF, bench(run_on)), of=NetperfPanel),
            Shot("netperf-node", (*NETPERF, chosen("client", NEW)), of=NetperfForm),
            Shot("netperf-pair", (*NETPERF, chosen("client", PAIR)), of=NetperfForm),
            Shot("netperf-result", (*NETPERF, bench(conclude_on)), of=NetperfPanel),
            Shot("netperf-compared", (*NETPERF, bench(conclude_on), pressed("compare")), of=NetperfPanel),
            Shot("netperf-over", (*NETPERF, bench(miss_on)), of=NetperfPanel),
            Shot("netperf-under", (*NETPERF, bench(fall_short_on)), of=NetperfPanel),
            Shot("netperf-failed", (*NETPERF, bench(fail_on)), of=NetperfPanel),
            Shot("netperf-history", (*NETPERF, bench(remember_on), pressed("history")), of=NetperfPanel),
        ),
    ),
    Gallery(
        "eks-chaining",
        (
            Shot("edit", (*EDIT, *typed("80M")), of=LimitScreen),
            Shot("edit-risky", (*EDIT, *typed("80m")), of=LimitScreen),
            Shot("write", (*EDIT, *typed("80M"), "enter", *ASKED), of=WriteScreen),
            Shot("write-dangerous", (*EDIT, *typed("80m"), "enter", says("stage", "Type the value")), of=WriteScreen),
            Shot(
                "write-protected",
                (push(edits.dialog(edits.lands, guard=edits.PROTECTED)), says("stage", "Type the name"), *"cart"),
                of=WriteScreen,
            ),
            Shot("write-template", (push(edits.dialog(edits.rolls, template=True)), *ASKED), of=WriteScreen),
            Shot("write-undo", (push(edits.dialog(edits.lands, undo=True)), *ASKED), of=WriteScreen),
            written("write-conflict", edits.dialog(edits.conflicts), "not done"),
            written("write-lands", edits.dialog(edits.waits), "watching"),
            written("write-landed", edits.dialog(edits.lands), "done"),
            written("write-not-in-force", edits.dialog(edits.is_not_in_force), "not in force"),
            written("written", edits.dialog(edits.mostly_lands, pods=3), "2 done"),
            written("write-rolls", edits.dialog(edits.rolls, template=True), "watching"),
            written("write-rolled", edits.dialog(edits.has_rolled, template=True), "done"),
            written("write-stuck", edits.dialog(edits.is_stuck, template=True), "not in force"),
        ),
    ),
    Gallery(
        "incident",
        (
            Shot("incident"),
            Shot("incident-nodes", ("2",)),
            Shot("incident-detail", ("enter",), of=DetailPanel),
            Shot("incident-explain", ("x", page_is_read), of=ChecksScreen),
            Shot("incident-explain-node", ("2", "x", page_is_read), of=ChecksScreen),
            Shot("incident-sources", ("exclamation_mark",), of=SourcesScreen),
        ),
    ),
    Gallery(
        "incident",
        (
            Shot("replay", of=ReplayScreen),
            Shot("replay-help", ("question_mark",), of=HelpScreen),
            Shot("replay-go-to", ("at", *"10:01:30"), of=MomentScreen),
        ),
        replay_at=75.0,
    ),
)

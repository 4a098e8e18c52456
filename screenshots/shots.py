"""Which pictures there are, and the steps that lead to each from the first row of the pods.

A step is a key, or something that is called again and again until it no longer gives False: so that a dialog is
open, or an answer there, before the next key. No step waits for a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual.screen import Screen
from textual.widgets import Input, Static

from bwtop.app import BwtopApp
from bwtop.live.guard import guard_of
from bwtop.panels.netperf_bench import Bench
from bwtop.panels.netperf_panel import NetperfPanel
from bwtop.screens.checks import ChecksScreen
from bwtop.screens.limit import LimitScreen
from bwtop.screens.picker import PickerScreen
from bwtop.screens.write import WriteScreen
from screenshots.answers import StillBatch, StillDoctor, conclude_on, miss_on, plans_of, run_on

Step = str | Callable[[BwtopApp], bool | None]


@dataclass(frozen=True)
class Gallery:
    """Pictures of one cluster."""

    cluster: str
    shots: Sequence[tuple[str, Sequence[Step]]]
    """Names of the pictures, and their steps."""
    recorded: bool = False
    """A recording of the cluster is played, and stands at its end."""


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


def _doctor(app: BwtopApp) -> ChecksScreen:
    assert app.main.cluster
    return ChecksScreen(StillDoctor(app.main.cluster))


def _write(app: BwtopApp) -> WriteScreen:
    assert app.main.cluster
    cluster = app.main.cluster
    carts = sorted(key for key in cluster.store.pods if key.startswith("shop/c"))[:3]
    plans = plans_of(cluster, *carts, limit="80M")
    return WriteScreen(
        StillBatch(cluster), plans, title="Limit of 3 pods", guard=guard_of(cluster.profiles, cluster.api.connection)
    )


LIMITED: Sequence[Step] = (*filtered("server"), "enter")
NETPERF: Sequence[Step] = (*LIMITED, "t", lambda app: bool(app.main.query(NetperfPanel)))
EDIT: Sequence[Step] = ("down", "W", "e", shows(LimitScreen))
TYPED: Sequence[Step] = ("ctrl+u", *"80M", lambda app: app.screen.query_one(Input).value == "80M")

GALLERIES = (
    Gallery(
        "eks-chaining",
        (
            ("pods", ()),
            ("nodes", ("2",)),
            ("endpoints", ("3",)),
            ("limits", ("4",)),
            ("help", ("question_mark",)),
            ("detail", ("enter",)),
            ("detail-node", ("2", "enter")),
            ("detail-limit", ("4", "enter")),
            ("marked", ("space", "down", "V")),
            ("filter", filtered("node:ip-192-168-29 ra")),
            ("filter-completed", (*filtered("state:ins"), "tab", is_filtered("state:InSync"))),
            ("filter-empty", (*filtered("state:drift"), "enter")),
            ("sort", ("s",)),
        ),
    ),
    Gallery(
        "eks-chaining",
        (
            ("palette", ("colon",)),
            ("kubectl", ("c",)),
            ("contexts", ("C", shows(PickerScreen))),
            ("namespaces", ("n", shows(PickerScreen))),
            ("sources", ("exclamation_mark",)),
            ("explain", ("x", page_is_read)),
            ("doctor", (push(_doctor), page_is_read)),
            ("edit", (*EDIT, *TYPED)),
            ("edit-risky", (*EDIT, "ctrl+u", *"80m", lambda app: app.screen.query_one(Input).value == "80m")),
            ("write", (*EDIT, *TYPED, "enter", shows(WriteScreen), says("stage", "y writes it"))),
            ("written", (push(_write), says("stage", "y writes it"), "y", says("stage", "done"))),
            ("netperf", NETPERF),
            ("netperf-running", (*NETPERF, bench(run_on))),
            ("netperf-result", (*NETPERF, bench(conclude_on))),
            ("netperf-over", (*NETPERF, bench(miss_on))),
        ),
    ),
    Gallery(
        "incident",
        (
            ("incident", ()),
            ("incident-nodes", ("2",)),
            ("incident-detail", ("enter",)),
            ("incident-explain", ("x", page_is_read)),
            ("incident-explain-node", ("2", "x", page_is_read)),
            ("incident-sources", ("exclamation_mark",)),
        ),
    ),
)

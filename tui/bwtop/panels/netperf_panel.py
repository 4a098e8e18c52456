"""The side panel that tests a pod's limit: set up, watch, judge. It shows a Bench, which runs on without it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, OptionList, Select, Static
from textual.widgets.option_list import Option

from bwtop.model.profile import NetperfProfile
from bwtop.model.rows import PodRow
from bwtop.model.wrapping import hanging
from bwtop.netperf.experiment import Wish
from bwtop.netperf.result import Result
from bwtop.panels.netperf_bench import Bench, Stage
from bwtop.panels.netperf_body import former_lines, stage_lines
from bwtop.panels.netperf_form import NetperfForm
from bwtop.panels.netperf_lines import Line, past_lines, pod_lines
from bwtop_widgets.cell_text import visible
from bwtop_widgets.key_words import with_keys

TICK: Final = 0.25
_TONES: Final = {
    "": "",
    "dim": "$foreground-muted",
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "bold $text-error",
    "accent": "$text-accent",
    "bold": "bold",
}
_STATES: Final = ("setting-up", "running", "done", "failed", "past", "looking")
_FIRST: Final = {"setting-up": "start", "running": "stop", "past": "past", "looking": "back"}
"""What is most likely pressed next; `again` after a test."""


class NetperfPanel(Vertical):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="netperf.close", tooltip="Close the panel; a test goes on"),
        Binding("up", "scroll(-1)", "Up", show=False, id="netperf.up", tooltip="Scroll the panel up"),
        Binding("down", "scroll(1)", "Down", show=False, id="netperf.down", tooltip="Scroll the panel down"),
    ]

    class Wanted(Message):
        """Start this test."""

        def __init__(self, wish: Wish) -> None:
            super().__init__()
            self.wish = wish

    class StopWanted(Message):
        """Stop the test."""

    class CloseWanted(Message):
        """Take the panel away."""

    class ReportWanted(Message):
        """Copy these results: one, or two that are compared."""

        def __init__(self, results: Sequence[Result]) -> None:
            super().__init__()
            self.results = results

    def __init__(self, bench: Bench, row: PodRow, *, profile: NetperfProfile, protection: str) -> None:
        """`protection`: why the pod's name must be typed, or empty."""
        super().__init__(id="netperf")
        self._bench, self._row = bench, row
        store = bench.cluster.store
        nodes = {*store.nodes, *(each.node for each in store.pods.values() if each.node)}
        self._form = NetperfForm(row, store.pods, nodes, profile=profile, protection=protection)
        self._past: Sequence[Result] | None = None
        """Former tests that are listed; None: none are."""
        self._looked_at: Sequence[Result] = ()
        """One that is shown, or two that are compared; empty: the bench's own is."""
        self._policies_of = ""
        """Namespace whose policies were read."""
        self._stage: Stage = bench.stage
        self._said: dict[str, list[Line]] = {}
        self.update_classes(self._classes_now, update=False)

    @property
    def bench(self) -> Bench:
        """The test that it shows."""
        return self._bench

    @property
    def row(self) -> PodRow:
        """The pod under test."""
        return self._row

    # -- what it consists of --------------------------------------------------------------------------------------
    def compose(self) -> ComposeResult:
        with Horizontal(id="netperf-head"):
            yield Static(id="netperf-title")
            yield Button("Close", id="netperf-close", compact=True)
        with VerticalScroll(id="netperf-body", can_focus=False):
            yield Static(id="netperf-pod")
            yield self._form
            yield Static(id="netperf-text")
        yield OptionList(id="netperf-past", compact=True)
        with Horizontal(id="netperf-buttons"):
            yield Button("Start", id="netperf-start", variant="primary", compact=True)
            yield Button("Stop", id="netperf-stop", variant="error", compact=True)
            yield Button("Again", id="netperf-again", variant="primary", compact=True)
            yield Button("Add netserver", id="netperf-add", variant="warning", compact=True)
            yield Button("Back", id="netperf-back", variant="primary", compact=True)
            yield Button("Compare", id="netperf-compare", compact=True)
            yield Button("History", id="netperf-history", compact=True)
            yield Button("Report", id="netperf-report", compact=True)

    def on_mount(self) -> None:
        self.set_interval(TICK, self.show)
        self._read_policies()
        self.show()
        self.focus_first()

    def focus_first(self) -> None:
        """What is most likely pressed next."""
        self.query_one(f"#netperf-{_FIRST.get(self._state, 'again')}").focus()

    @property
    def _state(self) -> str:
        if self._past is not None:
            return "past"
        return "looking" if self._looked_at else self._bench.stage.name.lower().replace("_", "-")

    # -- what it shows --------------------------------------------------------------------------------------------
    def show(self) -> None:
        """The bench as it is now."""
        if self._bench.stage is not self._stage:
            self._stage, self._past, self._looked_at = self._bench.stage, None, ()
            self._enter()
        self._row = self._bench.cluster.store.pods.get(self._row.key, self._row)
        self._say("#netperf-title", [(self._title, "")])
        self._say("#netperf-pod", pod_lines(self._row))
        width = max(self.query_one("#netperf-text").content_size.width, 20)
        self._say("#netperf-text", self._lines(width))

    @property
    def _title(self) -> str:
        if self.has_focus_within:
            return "netperf"
        return with_keys(self.screen, "netperf · {main.netperf} goes to its buttons")

    def _enter(self) -> None:
        """Shows the parts of a state; a focus in the panel stays on something that is seen."""
        had_focus = self.has_focus_within
        self.update_classes(self._classes_now)
        if had_focus:
            self.focus_first()

    @property
    def _classes_now(self) -> dict[str, bool]:
        classes = {f"-{each}": each == self._state for each in _STATES}
        return classes | {"-first": self._bench.former is None, "-lacks-netserver": self._bench.lacks_netserver}

    def _lines(self, width: int) -> Iterable[Line]:
        if self._past is not None:
            yield "tests of this pod, the last one first; enter compares one with the last", "dim"
            return
        if self._looked_at:
            yield from _hung(former_lines(*self._looked_at), width)
            return
        lines = stage_lines(self._bench, self._row, self._form, read_only=self._read_only, width=width)
        yield from _hung(lines, width)

    def _say(self, selector: str, lines: Iterable[Line]) -> None:
        """Nothing is sent where it says what it said before."""
        said = list(lines)
        if self._said.get(selector) == said:
            return
        self._said[selector] = said
        self.query_one(selector, Static).update(_content(said))

    def _read_policies(self) -> None:
        """Those that may take the sender out of its limit; the screen does not follow them."""
        namespace = self._form.sender_namespace
        if namespace and namespace != self._policies_of:
            self._policies_of = namespace
            self.run_worker(self._bench.read_policies(namespace), group="netperf policies")

    @property
    def _read_only(self) -> str:
        """Why nothing may be written; empty: it may."""
        if getattr(self.screen, "writable", False):
            return ""
        return str(getattr(self.screen, "read_only", "bwtop is read-only"))

    # -- what is pressed ------------------------------------------------------------------------------------------
    @on(Select.Changed)
    @on(Input.Changed)
    def _changed(self) -> None:
        self._read_policies()
        self.show()

    @on(Button.Pressed, "#netperf-start")
    @on(Input.Submitted)
    def _start(self) -> None:
        if problem := self._form.problem(read_only=self._read_only):
            self.notify(problem, severity="warning", markup=False)
            return
        self.post_message(self.Wanted(self._form.wish))

    @on(Button.Pressed, "#netperf-add")
    def _add(self) -> None:
        """The same test, and a netserver added where none answers."""
        if self._read_only:
            self.notify(self._read_only, severity="warning", markup=False)
        elif self._bench.wish is not None:
            self.post_message(self.Wanted(msgspec.structs.replace(self._bench.wish, add_netserver=True)))

    @on(Button.Pressed, "#netperf-stop")
    def _stop(self) -> None:
        self.post_message(self.StopWanted())

    @on(Button.Pressed, "#netperf-again")
    def _again(self) -> None:
        self._bench.set_up()
        self.show()
        self.focus_first()

    @on(Button.Pressed, "#netperf-compare")
    def _compare(self) -> None:
        """The last test with the one of the same pods before it."""
        if self._bench.result is not None and self._bench.former is not None:
            self._look_at(self._bench.former, self._bench.result)

    @on(Button.Pressed, "#netperf-history")
    def _list_past(self) -> None:
        try:
            past = self._bench.past(self._row.key)
        except OSError as error:
            self.notify(f"the history cannot be read: {error}", severity="error", markup=False)
            return
        if not past:
            self.notify(f"{self._row.key} was not tested yet", markup=False)
            return
        self._past, self._looked_at = past, ()
        options = self.query_one("#netperf-past", OptionList).clear_options()
        options.add_options(Option(_content(past_lines(each)), id=str(at)) for at, each in enumerate(past))
        options.highlighted = min(1, len(past) - 1)
        self._enter()
        self.show()
        self.focus_first()

    @on(OptionList.OptionSelected, "#netperf-past")
    def _choose_past(self, event: OptionList.OptionSelected) -> None:
        """Compared with the last test; the last one itself as it was."""
        past = self._past or ()
        chosen = past[event.option_index]
        self._look_at(*([chosen, past[0]] if event.option_index else [chosen]))

    def _look_at(self, *results: Result) -> None:
        self._past, self._looked_at = None, results
        self._enter()
        self.show()
        self.focus_first()

    @on(Button.Pressed, "#netperf-back")
    def _go_back(self) -> None:
        self._look_at()

    @on(Button.Pressed, "#netperf-report")
    def _report(self) -> None:
        bench = self._bench
        own = [each for each in (bench.former, bench.result) if each is not None]
        self.post_message(self.ReportWanted(self._looked_at or own))

    def action_scroll(self, lines: int) -> None:
        self.query_one("#netperf-body").scroll_relative(y=lines, animate=False)

    @on(Button.Pressed, "#netperf-close")
    def action_close(self) -> None:
        """From former tests back to this one first."""
        if self._past is not None or self._looked_at:
            self._look_at()
        else:
            self.post_message(self.CloseWanted())


def _hung(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """What is marked goes on behind its mark."""
    for text, tone in lines:
        if text.startswith(("! ", "✗ ")):
            yield from ((piece, tone) for piece in hanging(text[:2], text[2:], width=width))
        else:
            yield text, tone


def _content(lines: Iterable[Line]) -> Content:
    pieces = [(("\n" if at else "") + visible(text), _TONES[tone]) for at, (text, tone) in enumerate(lines)]
    return Content.assemble(*pieces)

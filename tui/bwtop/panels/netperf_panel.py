"""The side panel that tests a pod's limit: set up, watch, judge. It shows a Bench, which runs on without it."""

from collections.abc import Iterable
from typing import ClassVar, Final

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Select, Static

from bwtop.model.edit import Risk, propose
from bwtop.model.netperf import NetperfTest
from bwtop.model.profile import NetperfProfile
from bwtop.model.rows import PodRow
from bwtop.netperf.experiment import Wish
from bwtop.panels.netperf_bench import Bench, Stage
from bwtop.panels.netperf_choice import NEW, PAIR, client_options, intended, wish_for, writes
from bwtop.panels.netperf_lines import Line, compared_lines, pod_lines, result_lines, running_lines
from bwtop.panels.netperf_surroundings import facts_between
from bwtop_widgets.cell_text import visible

TICK: Final = 0.25
_TONES: Final = {
    "": "",
    "dim": "$text-muted",
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "bold $text-error",
    "accent": "$text-accent",
    "bold": "bold",
}
_DEFAULT_LIMIT: Final = "10M"


class NetperfPanel(Vertical):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="netperf.close", tooltip="Close the panel; a test goes on"),
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
        """Copy the result."""

    def __init__(
        self, bench: Bench, row: PodRow, rows: Iterable[PodRow], *, profile: NetperfProfile, protection: str
    ) -> None:
        """`rows`: pods that may be the other end; `protection`: why the pod's name must be typed, or empty."""
        super().__init__(id="netperf")
        self._bench, self._row, self._profile, self._protection = bench, row, profile, protection
        self._options, self._reason = client_options(row, rows)
        self._compares = False
        self._stage: Stage | None = None
        self._said: dict[str, list[Line]] = {}

    @property
    def bench(self) -> Bench:
        """The test that it shows."""
        return self._bench

    # -- what it consists of --------------------------------------------------------------------------------------
    def compose(self) -> ComposeResult:
        yield Static(Content("netperf"), id="netperf-title")
        with VerticalScroll(id="netperf-body", can_focus=False):
            yield Static(id="netperf-pod")
            with Vertical(id="netperf-form"):
                yield from self._compose_form()
            yield Static(id="netperf-text")
        with Horizontal(id="netperf-buttons"):
            yield Button("Start", id="netperf-start", variant="primary", compact=True)
            yield Button("Stop", id="netperf-stop", variant="error", compact=True)
            yield Button("Again", id="netperf-again", variant="primary", compact=True)
            yield Button("Add netserver", id="netperf-add", variant="warning", compact=True)
            yield Button("Compare", id="netperf-compare", compact=True)
            yield Button("Report", id="netperf-report", compact=True)
            yield Button("Close", id="netperf-close", compact=True)

    def _compose_form(self) -> ComposeResult:
        tests = [(Content(f"{test.value} {test.words}"), test) for test in NetperfTest]
        usual = NetperfTest(self._profile.tests[0]) if self._profile.tests else NetperfTest.TCP_MAERTS
        clients = [(Content(visible(shown)), value) for shown, value in self._options]
        yield _labelled("test", Select(tests, value=usual, allow_blank=False, compact=True, id="netperf-test"))
        yield _labelled("client", Select(clients, allow_blank=False, compact=True, id="netperf-client"))
        yield _labelled("limit", Input(_DEFAULT_LIMIT, compact=True, id="netperf-limit"), id="netperf-limit-row")
        with Horizontal(id="netperf-numbers"):
            for name, value in (
                ("seconds", round(self._profile.duration)),
                ("samples", self._profile.samples),
                ("streams", 1),
            ):
                yield Static(Content(name), classes="-label")
                yield Input(str(value), type="integer", max_length=3, compact=True, id=f"netperf-{name}")
        if self._protection:
            yield _labelled("name", Input(placeholder=self._row.pod, compact=True, id="netperf-name"))

    def on_mount(self) -> None:
        self.set_interval(TICK, self.show)
        self.show()
        self.focus_first()

    def focus_first(self) -> None:
        """What is most likely pressed next."""
        first = {Stage.SETTING_UP: "start", Stage.RUNNING: "stop"}
        self.query_one(f"#netperf-{first.get(self._bench.stage, 'again')}").focus()

    # -- what it shows --------------------------------------------------------------------------------------------
    def show(self) -> None:
        """The bench as it is now."""
        if self._bench.stage is not self._stage:
            self._enter(self._bench.stage)
        self._row = self._bench.cluster.store.pods.get(self._row.key, self._row)
        self._say("#netperf-pod", pod_lines(self._row))
        width = max(self.query_one("#netperf-text").content_size.width, 20)
        self._say("#netperf-text", self._lines(width))

    def _enter(self, stage: Stage) -> None:
        """Shows the parts of a stage; the focus stays on something that is seen."""
        had_focus = self.has_focus_within
        self._stage = stage
        for each in Stage:
            self.set_class(each is stage, f"-{each.name.lower().replace('_', '-')}")
        self.set_class(self._bench.former is None, "-first")
        self.set_class(self._bench.lacks_netserver, "-lacks-netserver")
        if had_focus:
            self.focus_first()

    def _lines(self, width: int) -> Iterable[Line]:
        bench = self._bench
        match bench.stage:
            case Stage.SETTING_UP:
                yield from self._intention()
            case Stage.RUNNING:
                yield from running_lines(bench.plan, bench.progress, bench.curve, bench.step, width=width)
            case Stage.FAILED:
                yield f"✗ {bench.error}", "bad"
                if bench.lacks_netserver:
                    yield f"bwtop can add a netserver to {self._row.key}: its entry stays in the pod", "warn"
            case Stage.DONE if bench.result is not None:
                if self._compares and bench.former is not None:
                    yield from compared_lines(bench.former, bench.result)
                else:
                    yield from result_lines(bench.result, bench.former)
                if bench.error:
                    yield f"✗ {bench.error}", "bad"

    def _intention(self) -> Iterable[Line]:
        """What would be done, and why it cannot be."""
        client, wish = self._client, self._wish()
        if client == self._options[0][1]:
            yield self._reason, "dim"
        if client == PAIR:
            yield f"makes both pods in {self._row.namespace}, on two nodes, and removes them afterwards", "dim"
        yield from self._load(wish)
        if problem := self._problem(wish):
            yield f"✗ {problem}", "bad"

    def _load(self, wish: Wish) -> Iterable[Line]:
        """How much is sent and where, and why a limit may not bite."""
        store = self._bench.cluster.store
        other = store.pods.get(self._client)
        if other is None:
            yield f"sends for {wish.settings.seconds * wish.settings.samples} s between two nodes", ""
            return
        facts = facts_between(store, self._row, other, wish.settings.test.sender)
        plan = intended(self._row, other, settings=wish.settings, facts=facts)
        yield plan.load(), ""
        yield from ((f"! {warning}", "warn") for warning in plan.warnings())

    def _say(self, selector: str, lines: Iterable[Line]) -> None:
        """Nothing is sent where it says what it said before."""
        said = list(lines)
        if self._said.get(selector) == said:
            return
        self._said[selector] = said
        pieces = [(("\n" if at else "") + visible(text), _TONES[tone]) for at, (text, tone) in enumerate(said)]
        self.query_one(selector, Static).update(Content.assemble(*pieces))

    # -- what was chosen ------------------------------------------------------------------------------------------
    @property
    def _client(self) -> str:
        return str(self.query_one("#netperf-client", Select).value)

    @property
    def _test(self) -> NetperfTest:
        return NetperfTest(self.query_one("#netperf-test", Select).value)

    def _text(self, name: str) -> str:
        return self.query_one(f"#netperf-{name}", Input).value.strip()

    def _number(self, name: str) -> int:
        """0, which no test takes, for what is no number."""
        text = self._text(name)
        return int(text) if text.isdigit() else 0

    def _wish(self) -> Wish:
        return wish_for(
            self._row,
            self._client,
            test=self._test,
            numbers=(self._number("seconds"), self._number("samples"), self._number("streams")),
            limit=self._text("limit"),
            image=self._profile.image,
        )

    def _problem(self, wish: Wish) -> str:
        """Why it cannot be started; empty when it can."""
        if problem := wish.problem():
            return problem
        if wish.limit and (proposal := propose(wish.limit)).risk is not Risk.NONE:
            return proposal.reason
        if writes(self._client, add_netserver=wish.add_netserver) and not self._writable:
            return f"{self._read_only}; pods would be made: allow it, or choose pods that are there"
        if self._protection and self._text("name") != self._row.pod:
            return f"{self._protection}: type the pod's name to start"
        return ""

    @property
    def _writable(self) -> bool:
        return bool(getattr(self.screen, "writable", False))

    @property
    def _read_only(self) -> str:
        return str(getattr(self.screen, "read_only", "bwtop is read-only"))

    # -- what is pressed ------------------------------------------------------------------------------------------
    @on(Select.Changed)
    @on(Input.Changed)
    def _changed(self) -> None:
        self.set_class(self._client == PAIR, "-pair")
        self.set_class(self._client in (NEW, PAIR), "-makes")
        self.show()

    @on(Button.Pressed, "#netperf-start")
    @on(Input.Submitted)
    def _start(self) -> None:
        wish = self._wish()
        if problem := self._problem(wish):
            self.notify(problem, severity="warning", markup=False)
            return
        self._compares = False
        self.post_message(self.Wanted(wish))

    @on(Button.Pressed, "#netperf-add")
    def _add(self) -> None:
        """The same test, and a netserver added where none answers."""
        if not self._writable:
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

    @on(Button.Pressed, "#netperf-compare")
    def _compare(self) -> None:
        self._compares = not self._compares
        self.show()

    @on(Button.Pressed, "#netperf-report")
    def _report(self) -> None:
        self.post_message(self.ReportWanted())

    @on(Button.Pressed, "#netperf-close")
    def action_close(self) -> None:
        self.post_message(self.CloseWanted())


def _labelled(label: str, field: Select[NetperfTest] | Select[str] | Input, *, id: str | None = None) -> Horizontal:
    return Horizontal(Static(Content(label), classes="-label"), field, classes="-row", id=id)

"""What is chosen before a netperf test: its kind, the other end, how long. Whoever mounts the form starts the test."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Select, Static

from bwtop.model.edit import Risk, propose
from bwtop.model.netperf import NetperfTest, Sender
from bwtop.model.profile import NetperfProfile
from bwtop.model.rows import PodRow
from bwtop.netperf.experiment import Wish
from bwtop.netperf.plan import Settings
from bwtop.panels.netperf_choice import (
    NEW,
    OTHER,
    PAIR,
    Choice,
    address_options,
    client_options,
    client_problem,
    node_options,
    wish_for,
    writes,
)
from bwtop_widgets.cell_text import visible

_DEFAULT_LIMIT: Final = "10M"
_SENT_BY: Final = {Sender.SERVER: "server's egress", Sender.CLIENT: "client's egress", None: "round trips"}


class NetperfForm(Vertical):
    def __init__(
        self,
        row: PodRow,
        pods: Mapping[str, PodRow],
        nodes: Iterable[str],
        *,
        profile: NetperfProfile,
        protection: str,
    ) -> None:
        """`pods` may be the other end, `nodes` may get one; `protection`: why the pod's name must be typed, if so."""
        super().__init__(id="netperf-form")
        self._row, self._pods, self._places = row, pods, node_options(row, nodes)
        self._profile, self._protection = profile, protection
        self._options, self.reason = client_options(row, pods.values())

    # -- what it consists of --------------------------------------------------------------------------------------
    def compose(self) -> ComposeResult:
        tests = [(f"{test.value} {_SENT_BY[test.sender]}", test) for test in NetperfTest]
        usual = NetperfTest(self._profile.tests[0]) if self._profile.tests else NetperfTest.TCP_MAERTS
        yield _row("test", _select(tests, "test", value=usual))
        yield _row("client", _select(self._options, "client", value=self._options[0][1]))
        names = SuggestFromList(sorted(self._pods.keys() - {self._row.key}))
        yield _row("pod", Input(placeholder="namespace/pod", suggester=names, compact=True, id="netperf-pod-name"))
        yield _row("on node", _select(self._places, "node", value=""))
        yield _row("limit", Input(_DEFAULT_LIMIT, compact=True, id="netperf-limit"))
        if addresses := address_options(self._row):
            yield _row("address", _select(addresses, "address", value=0))
        with Horizontal(id="netperf-numbers"):
            for name, value in (
                ("seconds", round(self._profile.duration)),
                ("samples", self._profile.samples),
                ("streams", 1),
            ):
                yield Static(Content(name), classes="-label")
                yield Input(str(value), type="integer", max_length=3, compact=True, id=f"netperf-{name}")
        if self._protection:
            yield _row("name", Input(placeholder=self._row.pod, compact=True, id="netperf-name"))

    @on(Select.Changed)
    def _show_fields(self) -> None:
        """Those that the chosen client needs."""
        for client, name in ((OTHER, "pod"), (NEW, "node"), (PAIR, "limit")):
            self.set_class(self._value("client") == client, f"-with-{name}")

    # -- what was chosen ------------------------------------------------------------------------------------------
    @property
    def client(self) -> str:
        """`namespace/name`, NEW or PAIR; empty: a pod is to be named, and is not yet."""
        chosen = str(self._value("client"))
        if chosen != OTHER:
            return chosen
        name = self._text("pod-name")
        return name if "/" in name or not name else f"{self._row.namespace}/{name}"

    @property
    def proposed(self) -> bool:
        """Whether the client is the one that was proposed, for `reason`."""
        return self.client == self._options[0][1]

    @property
    def node(self) -> str:
        """Where a client is to be made; empty: on any node but the server's."""
        return str(self._value("node"))

    @property
    def sender_namespace(self) -> str:
        """Of the pod whose limit would be tested; empty where that is none of those that are there."""
        sender, other = self.settings.test.sender, self._pods.get(self.client)
        if self.client == PAIR or sender is None:
            return ""
        return self._row.namespace if sender is Sender.SERVER else other.namespace if other else ""

    @property
    def wish(self) -> Wish:
        choice = Choice(
            client=self.client,
            node=self.node,
            limit=self._text("limit"),
            image=self._profile.image,
            settings=self.settings,
        )
        return wish_for(self._row, choice)

    @property
    def settings(self) -> Settings:
        family = self._value("address") if self.query("#netperf-address") else 0
        return Settings(
            test=NetperfTest(self._value("test")),
            seconds=self._number("seconds"),
            samples=self._number("samples"),
            streams=self._number("streams"),
            family=int(str(family)) or None,
        )

    def problem(self, *, read_only: str) -> str:
        """Why the test cannot be started; empty when it can. `read_only`: why nothing may be written, if so."""
        wish, client = self.wish, self.client
        if problem := client_problem(self._row, client, self._pods) or wish.problem():
            return problem
        if wish.limit and (proposal := propose(wish.limit)).risk is not Risk.NONE:
            return proposal.reason
        if writes(client, add_netserver=wish.add_netserver) and read_only:
            return f"{read_only}; pods would be made: allow it, or choose pods that are there"
        if self._protection and self._text("name") != self._row.pod:
            return f"{self._protection}: type the pod's name to start"
        return ""

    def _value(self, name: str) -> object:
        value: object = self.query_one(f"#netperf-{name}", Select).value
        return value

    def _text(self, name: str) -> str:
        return self.query_one(f"#netperf-{name}", Input).value.strip()

    def _number(self, name: str) -> int:
        """0, which no test takes, for what is no number."""
        text = self._text(name)
        return int(text) if text.isdigit() else 0


def _select(options: Sequence[tuple[str, object]], name: str, *, value: object) -> Select[object]:
    shown = [(Content(visible(text)), each) for text, each in options]
    return Select(shown, value=value, allow_blank=False, compact=True, id=f"netperf-{name}")


def _row(label: str, field: Select[object] | Input) -> Horizontal:
    return Horizontal(Static(Content(label), classes="-label"), field, classes="-row", id=f"{field.id}-row")

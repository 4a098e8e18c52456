"""All that is known of one row, with its history, its events, and the ways on from it."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from bwtop.live.events import Event
from bwtop.live.store import Store
from bwtop.model.quantity import format_rate
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.model.wrapping import hanging
from bwtop.panels.cells import created_age
from bwtop.panels.facts import Fact, facts
from bwtop.panels.jumps import Jump, jumps
from bwtop.panels.row import Row
from bwtop.panels.views import VIEWS
from bwtop_widgets.cell_text import visible
from bwtop_widgets.choice_list import ChoiceList
from bwtop_widgets.graph import graph

LABEL_WIDTH = 11
LINK_WIDTH = 10
"""Of `Endpoints`, and of `Edit limit`."""
GRAPH_HEIGHT, POINT_WIDTH = 5, 2
MOST_EVENTS = 12
_TONES = {
    "dim": "$foreground-muted", "good": "$text-success", "warn": "$text-warning", "bad": "bold $text-error",
    "bold": "bold",
}  # fmt: skip
LinkTo = tuple[str, str, str]
"""Key, text and action of the screen, for what is not a view."""


_KINDS: dict[type[Row], tuple[str, str]] = {
    PodRow: ("pod", "pods"),
    NodeRow: ("node", "nodes"),
    EndpointRow: ("endpoint", "endpoints"),
    LimitRow: ("limit", "limits"),
}
"""What a row is called, and its view."""


def _page_key(keys: str, pages: int, description: str, *, id: str, tooltip: str) -> Binding:
    """Before the list of links, which is short: the text below it is what one pages through."""
    return Binding(keys, f"page({pages})", description, show=False, priority=True, id=id, tooltip=tooltip)


class DetailPanel(Vertical):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,left,h", "close", "Back", id="detail.close", tooltip="Back to the table"),
        *(
            Binding(
                str(number + 1),
                f"jump({number})",
                view.title,
                show=False,
                id=f"detail.{view.key}",
                tooltip=f"This object in {view.title.lower()}",
            )
            for number, view in enumerate(VIEWS)
        ),
        Binding("right_square_bracket", "step(1)", "Next row", show=False, id="detail.next", tooltip="The next row"),
        Binding("left_square_bracket", "step(-1)", "Before", show=False, id="detail.before", tooltip="The row before"),
        _page_key("pagedown,ctrl+f", 1, "Page down", id="detail.page-down", tooltip="Read on"),
        _page_key("pageup,ctrl+b", -1, "Page up", id="detail.page-up", tooltip="Read back"),
    ]  # fmt: skip

    class Jumped(Message):
        """Somebody wants to see the object in another view."""

        def __init__(self, jump: Jump) -> None:
            super().__init__()
            self.jump = jump

    class Acted(Message):
        """Somebody chose an action of the screen."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    class Stepped(Message):
        """Somebody wants to see another row of the table, so many rows on."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

    class Closed(Message):
        pass

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.events: Sequence[Event] | None = None
        """None: not read yet."""
        self.events_error = ""
        self.row: Row | None = None
        self._gone = False
        self._store: Store | None = None
        self._jumps: dict[str, Jump] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="detail-title")
        yield ChoiceList(id="detail-links")
        with VerticalScroll(can_focus=False):
            yield Static(id="detail-facts")
            yield Static(id="detail-graph")
            yield Static(id="detail-events")

    def show(self, row: Row, store: Store, *, gone: bool, links: Sequence[LinkTo]) -> None:
        """What is known now; `gone`: the object is no more, and this is what was known last."""
        self.row, self._gone, self._store = row, gone, store
        self._jumps = {jump.view: jump for jump in jumps(row, store)}
        self.query_one(ChoiceList).offer(
            [*self._view_links(row), *((action, f"{key}  {text}") for key, text, action in links)]
        )
        self._say("#detail-title", self._title(row))
        self._say("#detail-graph", self._graph(row, store))
        self._lay_out()

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        """What is wrapped at the width that there is, once there is one."""
        width = self.query_one(VerticalScroll).scrollable_content_region.width
        if width and self.row is not None and self._store is not None:
            self._say("#detail-facts", _lines(facts(self.row, self._store), width))
            self._say("#detail-events", self._event_lines(self.row, self._store, width))

    def focus_links(self) -> None:
        self.query_one(ChoiceList).focus()

    def _say(self, selector: str, content: Content) -> None:
        """Static sends all of its lines again, whether they differ or not."""
        static = self.query_one(selector, Static)
        if static.content != content:
            static.update(content)

    def _title(self, row: Row) -> Content:
        kind, _ = _KINDS[type(row)]
        title = Content.assemble((f"{kind} {visible(row.key)}", "bold"))
        return (
            title.append(Content.styled("  ✗ gone; this is what was known last", _TONES["bad"]))
            if self._gone
            else title
        )

    def _view_links(self, row: Row) -> Iterator[tuple[str, str]]:
        """To what there is in the other views."""
        _, own = _KINDS[type(row)]
        for number, view in enumerate(VIEWS):
            if (jump := self._jumps.get(view.key)) and not jump.missing and view.key != own:
                yield view.key, f"{number + 1}  {view.title:<{LINK_WIDTH}}  {jump.text}"

    def _graph(self, row: Row, store: Store) -> Content:
        rates = store.history(row) if isinstance(row, PodRow) else ()
        if not rates or not isinstance(row, PodRow):
            return Content("")
        limit = row.programmed.bits_per_second if row.programmed and row.programmed.bits_per_second else None
        top = max(*rates, limit or 0, 1.0) * (1.15 if limit else 1)
        points = [rate for rate in rates for _ in range(POINT_WIDTH)]
        lines = graph(points, width=24 * POINT_WIDTH, height=GRAPH_HEIGHT, top=top, mark=limit)
        named = [""] * GRAPH_HEIGHT
        if limit:
            named[next(index for index, line in enumerate(lines) if "┄" in line or index == GRAPH_HEIGHT - 1)] = "limit"
        named[0] = named[0] or format_rate(top)
        named[-1] = named[-1] or "0"
        body = "\n".join(f" {name:>{LABEL_WIDTH}}  {line}" for name, line in zip(named, lines, strict=True))
        ages = f" {'':>{LABEL_WIDTH}}  {'2 minutes ago':<{24 * POINT_WIDTH - 3}}now"
        return Content(f"\n{body}\n{ages}\n")

    def _event_lines(self, row: Row, store: Store, width: int) -> Content:
        if not isinstance(row, PodRow):
            return Content("")
        return _lines(self._event_facts(store), width)

    def _event_facts(self, store: Store) -> Iterator[Fact]:
        if self.events_error:
            yield Fact("events", f"not known: {self.events_error}", "warn")
        elif self.events is None:
            yield Fact("events", "reading", "dim")
        elif not self.events:
            yield Fact("events", "none", "dim")
        for number, event in enumerate((self.events or ())[:MOST_EVENTS]):
            age = created_age(event.at or None, store) or "–"
            times = f" (x{event.count})" if event.count > 1 else ""
            yield Fact(
                "" if number else "events",
                f"{age:>5}  {event.reason}: {event.message}{times}",
                "warn" if event.warning else "",
            )

    def action_close(self) -> None:
        self.post_message(self.Closed())

    def action_step(self, rows: int) -> None:
        self.post_message(self.Stepped(rows))

    def action_page(self, pages: int) -> None:
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=pages * max(1, scroll.size.height - 1), animate=False)

    def action_jump(self, number: int) -> None:
        jump = self._jumps.get(VIEWS[number].key)
        if jump is None or jump.missing:
            self.notify(jump.missing if jump else "nothing there", severity="warning", markup=False)
        else:
            self.post_message(self.Jumped(jump))

    @on(ChoiceList.OptionSelected)
    def _chosen(self, event: ChoiceList.OptionSelected) -> None:
        event.stop()
        if jump := self._jumps.get(event.option.id or ""):
            self.post_message(self.Jumped(jump))
        elif event.option.id:
            self.post_message(self.Acted(event.option.id))


def _lines(known: Iterator[Fact], width: int) -> Content:
    """Labels at the left, texts behind them, hanging; none of it is markup."""
    lines = []
    for fact in known:
        label = f" {fact.label:>{LABEL_WIDTH}}  "
        for piece in hanging(label, visible(fact.text), width=width):
            shown = Content.styled(piece[: len(label)], _TONES["dim"])
            lines.append(shown.append(Content.styled(piece[len(label) :], _TONES.get(fact.tone, ""))))
    return Content("\n").join(lines)

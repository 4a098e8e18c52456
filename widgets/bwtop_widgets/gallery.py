"""Each widget in its states, to look at and to play with: `python -m bwtop_widgets.live_table` and the like."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from time import monotonic
from typing import ClassVar, Protocol

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from bwtop_widgets.age_badge import AgeBadge, format_age
from bwtop_widgets.choice_list import ChoiceList
from bwtop_widgets.clipboard import copy
from bwtop_widgets.columns import Cell, Column
from bwtop_widgets.filter_input import FilterInput
from bwtop_widgets.live_table import LiveTable
from bwtop_widgets.status_bar import LineSegment, SegmentsLine
from bwtop_widgets.text_dialog import TextDialog


@dataclass(frozen=True)
class River:
    name: str
    level: float | None
    note: str

    @property
    def cell(self) -> Cell:
        if self.level is None:
            return Cell("–", "dim")
        return Cell(f"{self.level:.1f}", "bad" if self.level > 9 else "warn" if self.level > 7 else "")


RIVERS = (
    Column[River](key="name", title="RIVER", cell=lambda r: r.name, sort=lambda r: r.name, min_width=10, max_width=30),
    Column[River](
        key="level",
        title="LEVEL",
        cell=lambda r: r.cell,
        sort=lambda r: r.level,
        min_width=6,
        right=True,
        descending=True,
    ),
    Column[River](
        key="note",
        title="NOTE",
        cell=lambda r: r.note,
        sort=lambda r: r.note,
        min_width=8,
        max_width=60,
        priority=1,
    ),
)


def river(index: int) -> River:
    notes = ("", "rising", "漢字 are two cells", "\x1b[31mescape\x1b[0m [b]markup[/b]", "a long note " * 6)
    return River(f"river-{index:05}", None if index % 11 == 0 else index % 97 / 10, notes[index % len(notes)])


class TableGallery(App[None]):
    """Ten thousand rivers, two hundred of which change each second."""

    BINDINGS: ClassVar[list[BindingType]] = [("p", "freeze", "Freeze"), ("f", "few", "Filter"), ("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield LiveTable(RIVERS, sort_key="level", descending=True, empty_text="No river is that high.")

    def on_mount(self) -> None:
        self.chance = Random(1)
        self.rivers = {item.name: item for item in map(river, range(10_000))}
        self.table: LiveTable[River] = self.query_one(LiveTable)
        self.table.load(self.rivers)
        self.set_interval(1, self.flow)

    def flow(self) -> None:
        for key in self.chance.sample(sorted(self.rivers), 200):
            self.rivers[key] = replace(self.rivers[key], level=self.chance.uniform(0, 10))
            self.table.apply([(key, self.rivers[key])])
        self.table.flush()

    def action_freeze(self) -> None:
        self.table.frozen = not self.table.frozen

    def action_few(self) -> None:
        self.table.filter(lambda item: item.level is not None and item.level > 9.99)


class LinesGallery(App[None]):
    """The one-line widgets: a status line, badges and a filter."""

    CSS = "Screen { layout: vertical; } AgeBadge, Static { margin: 1 1 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield SegmentsLine()
        yield AgeBadge(id="live")
        yield AgeBadge(id="lost")
        yield Static(id="typed", markup=False)
        yield FilterInput(placeholder="words to look for")

    def on_mount(self) -> None:
        self.started = monotonic()
        self.query_one(FilterInput).focus()
        self.set_interval(1, self.tick)
        self.tick()

    def tick(self) -> None:
        age = monotonic() - self.started
        self.query_one("#live", AgeBadge).show("live", symbol="●", seconds=age, tone="good")
        self.query_one("#lost", AgeBadge).show("lost", symbol="✗", seconds=age + 100_000, tone="bad")
        self.query_one(SegmentsLine).show(
            [
                LineSegment("rivers", "bold"),
                LineSegment("all of the valleys", priority=3),
                LineSegment("measured hourly", "dim", priority=9),
                LineSegment("● CALM", "good", right=True),
                LineSegment(f"up {format_age(age)}", right=True, priority=5),
            ]
        )

    def on_filter_input_filter_changed(self, event: FilterInput.FilterChanged) -> None:
        self.query_one("#typed", Static).update(f"filter: {event.text!r}")


class TextGallery(App[None]):
    """A text that was copied, in its dialog."""

    def on_mount(self) -> None:
        text = "\n".join(river(index).note for index in range(5)) + "\n" + "a long line that is wrapped " * 9
        self.push_screen(TextDialog(text, title="Rivers", note=copy(self, text).note), lambda _: self.exit())


class ListGallery(App[None]):
    """Rivers to choose from."""

    def compose(self) -> ComposeResult:
        yield ChoiceList()

    def on_mount(self) -> None:
        self.query_one(ChoiceList).offer(
            [(str(index), f"{river(index).name} {river(index).note}") for index in range(50)]
        )

    def on_option_list_option_selected(self, event: ChoiceList.OptionSelected) -> None:
        self.notify(f"chosen: {event.option.prompt}", markup=False)


class Drawing(Protocol):
    def __call__(self, *, ascii: bool) -> str: ...


def print_lines(draw: Drawing) -> None:
    """A drawing in blocks and in ASCII, side by side."""
    print(f"|{draw(ascii=False)}|   |{draw(ascii=True)}|")


def print_plain(plain: Callable[[str], str], glyphs: str) -> None:
    """Glyphs and the ASCII for them, one below the other."""
    for start in range(0, len(glyphs), 60):
        line = glyphs[start : start + 60]
        print(f"{line}\n{plain(line)}\n")

"""Rows, columns and an application to test the table with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from bwtop_widgets.live_table import Cell, Column, LiveTable
from widgets.terminal import screen_lines


@dataclass(frozen=True)
class River:
    name: str
    level: int | None = 0
    note: str = ""


def level_cell(river: River) -> Cell:
    if river.level is None:
        return Cell("–", "dim")
    return Cell(str(river.level), "bad" if river.level > 90 else "")


NAME = Column[River](key="name", title="RIVER", cell=lambda r: r.name, sort=lambda r: r.name, min_width=10)
LEVEL = Column[River](
    key="level", title="LEVEL", cell=level_cell, sort=lambda r: r.level, min_width=5, right=True, descending=True
)
NOTE = Column[River](
    key="note", title="NOTE", cell=lambda r: r.note, sort=lambda r: r.note, min_width=10, max_width=40, priority=1
)


def rivers(count: int) -> dict[str, River]:
    """`r000` with level 0, `r001` with level 1, and so on."""
    return {f"r{index:03}": River(f"r{index:03}", index) for index in range(count)}


@dataclass
class Seen:
    """Messages that passed through the application."""

    messages: list[Message] = field(default_factory=list)

    def of(self, kind: type[Message]) -> list[Message]:
        """Each once, though it passes through every widget on its way up."""
        return list(dict.fromkeys(message for message in self.messages if isinstance(message, kind)))


async def painted(app: App[None]) -> None:
    """Return when all that changed so far is on the screen, a scrollbar that shows up because of it included."""
    for _ in range(3):
        done = asyncio.Event()
        app.screen.call_after_refresh(done.set)
        await done.wait()


class Rivers(App[None]):
    """A table alone on the screen."""

    pilot: Pilot[None]

    def __init__(self, *, theme: str = "textual-dark") -> None:
        super().__init__()
        self.theme = theme
        self.seen = Seen()
        self.table: LiveTable[River] = LiveTable(
            (NAME, LEVEL, NOTE), sort_key="name", empty_text="No rivers.\nPress a key."
        )

    def compose(self) -> ComposeResult:
        yield self.table

    async def painted(self) -> None:
        await painted(self)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.painted()


@asynccontextmanager
async def running(
    count: int = 100, *, size: tuple[int, int] = (80, 24), theme: str = "textual-dark"
) -> AsyncIterator[Rivers]:
    """The application with so many rivers in its table, on a screen of that size."""
    app = Rivers(theme=theme)
    async with app.run_test(size=size, message_hook=app.seen.messages.append) as app.pilot:
        app.table.load(rivers(count))
        await app.painted()
        yield app


BODY = 23
"""Lines of rows on a screen of 24."""


async def lines(app: Rivers) -> list[str]:
    await app.painted()
    return screen_lines(app)


async def rows(app: Rivers) -> list[str]:
    return [" ".join(line.split()) for line in (await lines(app))[1:] if line]

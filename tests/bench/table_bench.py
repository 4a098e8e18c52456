"""Figures of the live table on a terminal of 120x40: `PYTHONPATH=widgets python tests/bench/table_bench.py [ROWS...]`.

The application runs in a child process; the parent plays the terminal: it reads all output and says that it knows
synchronized output, as most terminals do. Bytes are what the driver is given to write, CPU is the child's own.
"""

import asyncio
import fcntl
import gc
import os
import pty
import struct
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random

from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from bwtop_widgets.columns import Cell, Column
from bwtop_widgets.live_table import LiveTable

SECONDS = 8
STATES = (Cell("✓ in sync", "good"), Cell("✗ mismatch", "bad"), Cell("… pending", "dim"), Cell("unlimited", "dim"))


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    group: str
    place: str
    limit: int
    rate: int
    history: str
    state: int


def row(index: int, chance: Random) -> Row:
    return Row(
        f"item-{index:06}-{chance.getrandbits(32):08x}",
        f"group-{index % 50}",
        f"ip-192-168-{index % 250}-{index % 99}.example",
        index % 7 * 10,
        chance.randrange(100_000),
        history(chance),
        index % 4,
    )


def history(chance: Random) -> str:
    return "".join(chance.choice("▁▂▃▄▅▆▇█") for _ in range(12))


def changed(old: Row, chance: Random) -> Row:
    return replace(old, rate=chance.randrange(100_000), history=old.history[1:] + chance.choice("▁▂▃▄▅▆▇█"))


COLUMNS = (
    Column[Row](key="group", title="GROUP", cell=lambda r: r.group, sort=lambda r: r.group, min_width=9, max_width=20),
    Column[Row](key="name", title="NAME", cell=lambda r: r.name, sort=lambda r: r.name, min_width=16, max_width=40),
    Column[Row](
        key="place",
        title="PLACE",
        cell=lambda r: Cell(r.place, "dim"),
        sort=lambda r: r.place,
        min_width=12,
        clip="start",
    ),
    Column[Row](
        key="limit", title="LIMIT", cell=lambda r: f"{r.limit}M", sort=lambda r: r.limit, min_width=6, right=True
    ),
    Column[Row](
        key="rate", title="RATE", cell=lambda r: f"{r.rate / 1000:.1f}M", sort=lambda r: r.rate, min_width=7, right=True
    ),
    Column[Row](
        key="history", title="HISTORY", cell=lambda r: Cell(r.history, "accent"), sort=lambda r: r.rate, min_width=12
    ),
    Column[Row](key="state", title="STATE", cell=lambda r: STATES[r.state], sort=lambda r: r.state, min_width=12),
)


class Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.bytes = 0
        self.painted = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield LiveTable(COLUMNS, sort_key="name")

    def on_ready(self) -> None:
        write = self._driver.write  # type: ignore[union-attr]

        def counting(data: str) -> None:
            self.bytes += len(data.encode())
            write(data)
            if len(data) > 20:
                self.painted.set()

        self._driver.write = counting  # type: ignore[method-assign,union-attr]


class Figures:
    def __init__(self, app: Bench, rows: int, lines: list[str]) -> None:
        self.app = app
        self.table: LiveTable[Row] = app.query_one(LiveTable)
        self.chance = Random(7)
        self.rows = {item.name: item for item in (row(index, self.chance) for index in range(rows))}
        self.keys = list(self.rows)
        self.lines = lines

    async def step(self, name: str, act: Callable[[], object]) -> None:
        await asyncio.sleep(0.3)
        self.app.painted.clear()
        before, cpu, start = self.app.bytes, time.process_time(), time.perf_counter()
        act()
        called = time.perf_counter() - start
        with suppress(TimeoutError):  # nothing to paint, which is the best figure
            await asyncio.wait_for(self.app.painted.wait(), 1)
        sent = self.app.bytes - before
        painted = time.perf_counter() - start if sent else 0
        used = time.process_time() - cpu
        await asyncio.sleep(0.2)
        sent = self.app.bytes - before
        self.say(
            f"{name:30} call {called * 1e3:7.1f} ms, painted {painted * 1e3:7.1f}, CPU {used * 1e3:6.1f}, {sent:6} B"
        )

    async def live(self, name: str, pick: Callable[[], list[str]], *, every: float = 1.0) -> None:
        await asyncio.sleep(0.5)
        before, cpu, end = self.app.bytes, time.process_time(), time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            await asyncio.sleep(every)
            self.change(pick())
            self.table.flush()
        used, sent = time.process_time() - cpu, self.app.bytes - before
        self.say(f"{name:46} {used / SECONDS * 100:5.1f} % CPU {sent / SECONDS:8.0f} B/s")

    def change(self, keys: list[str]) -> None:
        for key in keys:
            self.rows[key] = changed(self.rows[key], self.chance)
        self.table.apply((key, self.rows[key]) for key in keys)

    def some(self, count: int) -> Callable[[], list[str]]:
        return lambda: self.chance.sample(self.keys, count)

    def touch(self) -> None:
        self.change([self.table.visible_keys()[5]])
        self.table.flush()

    def remove(self) -> None:
        self.table.apply([(self.keys.pop(), None)])
        self.table.flush()

    def press(self, key: str) -> Callable[[], object]:
        return lambda: self.app.post_message(events.Key(key, None))

    def say(self, line: str) -> None:
        self.lines.append(f"{len(self.rows):7} rows  {line}")


async def measure(pilot: Pilot[None], rows: int, lines: list[str]) -> None:
    assert isinstance(pilot.app, Bench)
    figures = Figures(pilot.app, rows, lines)
    table = figures.table
    await figures.step("load", lambda: table.load(figures.rows))
    gc.freeze()  # as bwtop does once its rows are there: they are not walked through again and again
    await figures.step("one visible row", figures.touch)
    await figures.step("one row fewer, off screen", figures.remove)
    await figures.step("key: down", figures.press("down"))
    await figures.step("key: page down", figures.press("pagedown"))
    await figures.step("sort by rate", lambda: table.sort_by("rate", descending=True))
    await figures.step("filter", lambda: table.filter(lambda item: item.state == 1))
    table.filter(None)
    table.sort_by("name", descending=False)
    table.action_top()
    await figures.live("idle, flushed at 1 Hz", list)
    await figures.live("200 random updates/s", figures.some(200))
    await figures.live("all visible rows change at 1 Hz", table.visible_keys)
    table.sort_by("rate", descending=True)
    await figures.live("200 random updates/s, sorted by rate, 1 Hz", figures.some(200))
    await figures.live("500 random updates/s, sorted by rate, 1 Hz", figures.some(500))
    pilot.app.exit()


def child(rows: int, result: int) -> None:
    lines: list[str] = []
    Bench().run(auto_pilot=lambda pilot: measure(pilot, rows, lines))
    os.write(result, "\n".join(lines).encode())


def run(rows: int) -> str:
    """The figures for so many rows, from a child on a terminal of its own."""
    read, write = os.pipe()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        child(rows, write)
        os._exit(0)
    os.close(write)
    try:
        while data := os.read(terminal, 65536):
            if b"\x1b[?2026$p" in data:
                os.write(terminal, b"\x1b[?2026;2$y")
    except OSError:  # Linux's way to say that the other side is gone
        pass
    os.waitpid(pid, 0)
    return os.read(read, 65536).decode() or "the bench ended without figures"


if __name__ == "__main__":
    for count in [int(argument) for argument in sys.argv[1:]] or [1_000, 10_000, 100_000]:
        print(run(count), flush=True)

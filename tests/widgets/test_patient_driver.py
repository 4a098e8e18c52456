"""Keys arrive as they do with Textual's own driver; without any, the thread that reads them sleeps."""

import asyncio
import os
import pty
import threading
import tty
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from textual.app import App
from textual.events import Key
from textual.message import Message

from bwtop_widgets.patient_driver import PatientDriver

STATUS = Path("/proc/self/task")


class Reading:
    """A driver whose thread reads a terminal that we type into."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.driver = PatientDriver(App())
        self.driver.fileno = theirs
        self.keys: list[str] = []
        self.driver.process_message = self._take  # type: ignore[method-assign]
        self.thread = threading.Thread(target=self.driver.run_input_thread, daemon=True)
        self.thread.start()

    def _take(self, message: Message) -> None:
        if isinstance(message, Key):
            self.keys.append(message.key)

    def close(self) -> None:
        os.close(self._ours)
        os.close(self.driver.fileno)

    def type(self, data: bytes) -> None:
        os.write(self._ours, data)

    async def reads(self, *keys: str) -> None:
        await until(lambda: self.keys == [*keys])

    def naps(self) -> int:
        """How often the thread went to sleep so far."""
        status = (STATUS / str(self.thread.native_id) / "status").read_text()
        return int(status.partition("voluntary_ctxt_switches:")[2].split()[0])


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - a thread's doing, which sets no event
            await asyncio.sleep(0.01)


@pytest.fixture
async def reading() -> AsyncIterator[Reading]:
    """It ends as soon as it is told, while it sleeps."""
    started = Reading()
    yield started
    started.driver.exit_event.set()
    await asyncio.to_thread(started.thread.join, 10)
    assert not started.thread.is_alive()
    started.close()


async def test_keys_and_a_character_in_two_parts_arrive(reading: Reading) -> None:
    reading.type(b"j\x1b[A\r\xc3")
    await reading.reads("j", "up", "enter")
    reading.type(b"\xa4k")
    await reading.reads("j", "up", "enter", "ä", "k")


async def test_an_escape_alone_is_told_once_nothing_has_followed(reading: Reading) -> None:
    reading.type(b"\x1b")
    await reading.reads("escape")


async def test_it_goes_on_after_it_was_ended_and_begun_again(reading: Reading) -> None:
    reading.driver.exit_event.set()
    await until(lambda: not reading.thread.is_alive())
    reading.driver.exit_event.clear()
    reading.thread = threading.Thread(target=reading.driver.run_input_thread, daemon=True)
    reading.thread.start()
    reading.type(b"q")
    await reading.reads("q")


@pytest.mark.skipif(not STATUS.exists(), reason="/proc is Linux's")
async def test_it_sleeps_while_nobody_types(reading: Reading) -> None:
    reading.type(b"j")
    await reading.reads("j")
    before = reading.naps()
    await asyncio.sleep(0.8)
    assert reading.naps() - before <= 2, "to see that no escape sequence follows, and then no more"

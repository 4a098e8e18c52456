"""A terminal that went away holds nobody up."""

import asyncio
import contextlib
import os
import pty
import signal
import threading

import pytest
from textual.app import App
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from bwtop_widgets.lasting_driver import LastingDriver


async def test_an_app_whose_terminal_is_gone_can_still_write_and_stop() -> None:
    ours, theirs = pty.openpty()
    driver = LastingDriver(App())
    terminal = os.fdopen(theirs, "w")
    driver._file._file = terminal  # type: ignore[attr-defined]
    writer = WriterThread(driver._file)
    writer.start()
    os.close(ours)

    def write_and_stop() -> None:
        for _ in range(3 * MAX_QUEUED_WRITES):
            writer.write("a picture that nobody sees" * 1000)
        writer.stop()

    ending = threading.Thread(target=write_and_stop, daemon=True)
    ending.start()
    await asyncio.to_thread(ending.join, 5)
    with contextlib.suppress(OSError):
        terminal.close()
    assert not ending.is_alive()


@pytest.mark.parametrize(("terminal", "ends", "resumed"), [(True, False, 1), (True, True, 0), (False, False, 0)])
async def test_sigcont_resumes_only_what_has_a_terminal_and_does_not_end(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, ends: bool, resumed: int
) -> None:
    driver = LastingDriver(App())
    driver._app._exit = ends
    times = []
    monkeypatch.setattr(driver, "resume_application_mode", lambda: times.append(1))
    monkeypatch.setattr("os.isatty", lambda _: terminal)
    os.kill(os.getpid(), signal.SIGCONT)
    assert len(times) == resumed

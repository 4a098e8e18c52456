"""Signals that end a command as ctrl-c does: what it has begun is stopped and cleaned up first."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def cancelled_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP (the terminal was closed) cancel the task that runs in here."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    numbers = (signal.SIGTERM, signal.SIGHUP)
    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # not in a thread that is not the main one
        for number in numbers:
            loop.add_signal_handler(number, task.cancel)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            for number in numbers:
                loop.remove_signal_handler(number)

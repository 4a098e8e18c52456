"""A driver for a terminal that may be closed at any moment.

Textual writes from a thread of its own, which an error of the terminal ends; its queue then fills up, and an app that
is told to end waits for room in it for ever. And SIGHUP goes to the leader of the session only: what `make` or a script
has started is not told that its terminal is gone, and would read the end of its input over and over.
"""

import os
import select
import signal
import sys
import threading
from typing import IO, Any

from bwtop_widgets.patient_driver import PatientDriver

__all__ = ["LastingDriver"]


class _Lasting:
    """A file that takes what is written although its terminal is gone."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        try:
            return self._file.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:  # nobody is there to see it; SIGHUP, or the end of input, tells the app
            return

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the file has
        return getattr(self._file, name)


class LastingDriver(PatientDriver):
    """Textual's own; only the end of the terminal is not the end of the writing thread, and is always told."""

    def __init__(self, *words: Any, **named: Any) -> None:  # noqa: ANN401 - as Textual calls it
        super().__init__(*words, **named)
        if self._file is not None:
            self._file = _Lasting(self._file)  # type: ignore[assignment]
        if sys.platform == "linux" and os.isatty(self.fileno):  # elsewhere poll does not know terminals
            threading.Thread(target=_tell_hang_up, args=(self.fileno,), name="hang-up", daemon=True).start()

    def _sigcont_application(self, *words: Any) -> None:  # noqa: ANN401 - as Textual declares it
        """The kernel sends SIGCONT after SIGHUP, too: an app that is ending must not begin to read its input anew."""
        reads = self._key_thread is not None and self._key_thread.is_alive()
        if os.isatty(self.fileno) and not self._app._exit and not reads:
            super()._sigcont_application(*words)


def _tell_hang_up(fileno: int) -> None:
    """Waits, at no cost, until the terminal is gone, and sends the signal that a shell would have sent."""
    terminal = select.poll()
    terminal.register(fileno, 0)
    if any(event & select.POLLHUP for _, event in terminal.poll()):
        os.kill(os.getpid(), signal.SIGHUP)

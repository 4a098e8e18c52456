"""A driver that sleeps while nobody types.

Textual's own looks ten times a second for the end of the app, and of an escape sequence: an eighth of what a screen
costs that has little to do. This one looks for the latter after input only, and is woken for the former.
"""

import codecs
import os
import select
import threading
from typing import Any, Final

from textual._xterm_parser import XTermParser
from textual.constants import ESCAPE_DELAY
from textual.drivers.linux_driver import LinuxDriver

__all__ = ["PatientDriver"]

SETTLING: Final = ESCAPE_DELAY + 0.01
"""Seconds without input after which an escape sequence is over, or was the escape key."""


class Bell(threading.Event):
    """An event that `select` sees as well; its pipe stays open, one a process."""

    def __init__(self) -> None:
        super().__init__()
        self._heard, self._struck = os.pipe()
        os.set_blocking(self._heard, False)

    def fileno(self) -> int:
        """Readable while the event is set."""
        return self._heard

    def set(self) -> None:
        rung = self.is_set()
        super().set()
        if not rung:  # last: who is woken finds the event set
            os.write(self._struck, b"!")

    def clear(self) -> None:
        if self.is_set():
            os.read(self._heard, 1)
        super().clear()


class PatientDriver(LinuxDriver):
    def __init__(self, *words: Any, **named: Any) -> None:  # noqa: ANN401 - as Textual calls it
        super().__init__(*words, **named)
        self.exit_event: Bell = Bell()

    def run_input_thread(self) -> None:
        """Until the event is set, or the terminal has no more input."""
        parser = XTermParser(self._debug)
        decode = codecs.getincrementaldecoder("utf-8")().decode
        settling = False
        while not self.exit_event.is_set():
            ready, _, _ = select.select([self.fileno, self.exit_event], [], [], SETTLING if settling else None)
            settling = self.fileno in ready
            if settling:
                read = os.read(self.fileno, 4096)
                if not read:
                    return
                if text := decode(read):  # nothing would be the end of the input to the parser
                    for event in parser.feed(text):
                        self.process_message(event)
            for event in parser.tick():
                self.process_message(event)

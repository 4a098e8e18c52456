"""A terminal that remembers what a program left it in: its modes, its line discipline, its exit status."""

import contextlib
import os
import re
import signal
import termios
from collections.abc import Mapping, Sequence
from typing import Any

from bench.program import Program, ProgramEndedError, now
from bench.vt import Screen

_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_KEYBOARD = re.compile(rb"\x1b\[([<>])[0-9;]*u")
_USUALLY_ON = frozenset({b"7", b"25"})
"""Line wrap and the cursor."""


class Recorder(Screen):
    """A screen that keeps all that was sent to it."""

    def __init__(self, columns: int = 120, lines: int = 40) -> None:
        super().__init__(columns, lines)
        self.sent = bytearray()

    def feed(self, data: bytes) -> bytes:
        self.sent += data
        return super().feed(data)

    def changed_modes(self) -> set[str]:
        """Private modes that are not as a terminal has them at first; `keyboard` for a keyboard protocol left on."""
        last = {mode: end for modes, end in _MODE.findall(self.sent) for mode in modes.split(b";")}
        found = {mode.decode() for mode, end in last.items() if (end == b"h") is not (mode in _USUALLY_ON)}
        pushed = sum(1 if way == b">" else -1 for way in _KEYBOARD.findall(self.sent))
        return found | ({"keyboard"} if pushed > 0 else set())


class Terminal(Program):
    """bwtop, or a shell, on a terminal of its own."""

    screen: Recorder

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str]) -> None:
        super().__init__(command, env=env)
        self.screen = Recorder()
        self._before = self.line_discipline()

    def line_discipline(self) -> list[Any]:
        return termios.tcgetattr(self._terminal)

    def wait_for(self, pattern: str, *, timeout: float = 20.0) -> None:
        assert self.until(self.sees(pattern), timeout=timeout), f"no {pattern!r} on:\n{self.screen.text()}"

    def end(self, *, within: float = 20.0) -> int:
        """The exit status, negative for a signal, once all output was taken."""
        deadline = now() + within
        with contextlib.suppress(ProgramEndedError):
            while now() < deadline:
                self.pump(0.2)
        while now() < deadline:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"still running after {within} s:\n{self.screen.text()}")

    def has_ended(self) -> bool:
        return os.waitpid(self.pid, os.WNOHANG)[0] != 0

    def kill(self) -> None:
        """Leaves nothing behind, however far it came."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        with contextlib.suppress(OSError):
            os.close(self._terminal)

    def hang_up(self) -> None:
        """The window is closed."""
        os.close(self._terminal)

    def assert_sane(self) -> None:
        """As it was before the program."""
        assert self.screen.changed_modes() == set()
        assert self.line_discipline() == self._before
        assert b"Traceback" not in self.screen.sent

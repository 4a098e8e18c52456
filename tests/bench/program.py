"""A full-screen program on a pseudo-terminal, and what it costs: CPU seconds, memory, bytes, latencies."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from bench.vt import Screen

TICKS = os.sysconf("SC_CLK_TCK")
now = time.perf_counter


class ProgramEndedError(RuntimeError):
    """The program ended while it was measured; carries its last screen."""


class Program:
    """Runs `command` from construction on; `began` and `at` are times of `now()`, `at` that of the last read."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        lines: int = 40,
        env: Mapping[str, str] = {},
        priority: int = 0,
    ) -> None:
        """`priority` is a nice value, for its session too; negative needs root."""
        self.screen = Screen(columns, lines)
        self.bytes = 0
        """Written to the terminal so far."""
        environment = dict(os.environ) | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | dict(env)
        self.began = self.at = now()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            raise_priority(priority)
            time.sleep(0.02)  # the parent sets the size first
            os.execvpe(command[0], list(command), environment)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- the screen -----------------------------------------------------------------------------------------------
    def pump(self, timeout: float) -> bool:
        """Waits for output and takes it; False when none came."""
        ready, _, _ = select.select([self._terminal], [], [], max(0.0, timeout))
        if not ready:
            return False
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:
            data = b""
        if not data:
            raise ProgramEndedError(f"the program ended:\n{self.screen.text()}")
        self.at = now()
        self.bytes += len(data)
        if reply := self.screen.feed(data):
            os.write(self._terminal, reply)
        return True

    def until(self, holds: Callable[[], bool], *, timeout: float) -> float | None:
        """Time of the read after which `holds()`; None when it does not within `timeout` seconds."""
        deadline = now() + timeout
        if holds():
            return now()
        while (left := deadline - now()) > 0:
            if self.pump(min(left, 0.5)) and holds():
                return self.at
        return None

    def sees(self, pattern: str) -> Callable[[], bool]:
        """Whether a regular expression matches somewhere on the screen."""
        compiled = re.compile(pattern, re.M)
        return lambda: compiled.search(self.screen.text()) is not None

    def watch(self, seconds: float) -> None:
        """Takes output for a while."""
        deadline = now() + seconds
        while (left := deadline - now()) > 0:
            self.pump(min(left, 0.25))

    # -- keys -----------------------------------------------------------------------------------------------------
    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def press(self, key: str, *, timeout: float = 5.0) -> float | None:
        """Milliseconds from a key until the cursor bar has moved; None when it does not."""
        while self.pump(0):
            pass
        before, pressed = self.screen.bars(), now()
        self.type(key)
        moved = self.until(lambda: self.screen.bars() != before, timeout=timeout)
        return None if moved is None else (moved - pressed) * 1000

    # -- what it costs --------------------------------------------------------------------------------------------
    def cpu(self) -> float:
        """CPU seconds of the program and all below it, those that ended included."""
        return sum(map(_cpu, _tree(self.pid)))

    def rss(self) -> float:
        """Resident memory of the program and all below it, MiB."""
        return sum(map(_rss, _tree(self.pid)))

    def stop(self) -> None:
        """Asks, then insists."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            if self._ended(within=3.0):
                break
        os.close(self._terminal)

    def _ended(self, *, within: float) -> bool:
        deadline = now() + within
        while now() < deadline:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return True
            try:
                self.pump(0.05)
            except ProgramEndedError:
                time.sleep(0.02)
        return False


def raise_priority(priority: int) -> None:
    """Of this process and, because nice counts only inside a session (sched_autogroup_enabled), of its session."""
    if priority:
        os.setpriority(os.PRIO_PROCESS, 0, priority)
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(priority))


def _tree(root: int) -> list[int]:
    """Process ids of root and of everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def _stat(pid: int) -> list[str]:
    """/proc/PID/stat from the state on; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu(pid: int) -> float:
    return sum(int(ticks) for ticks in _stat(pid)[11:15]) / TICKS


def _rss(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0

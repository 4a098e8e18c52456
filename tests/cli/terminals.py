"""bwtop, or a shell, on a pseudo-terminal: what it wrote, byte by byte, and how it ended."""

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence

_SEQUENCE = re.compile(rb"\x1b(\[[0-9;?]*[ -/]*[@-~]|[PX^_\]].*?(\x07|\x1b\\)|[@-Z\\-_=>])", re.S)


class Terminal:
    def __init__(self, pid: int, descriptor: int) -> None:
        self._pid, self._descriptor = pid, descriptor
        self.written = b""

    @property
    def text(self) -> str:
        """Without the sequences that move the cursor and set colours, and without bells."""
        return _SEQUENCE.sub(b"", self.written).decode(errors="ignore").replace("\a", "")

    def type(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def until(self, words: str, *, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.text:
            assert self._read(deadline - time.monotonic()), f"no {words!r} on the terminal: {self.text[-2000:]!r}"

    def ended(self, *, seconds: float = 60.0) -> int:
        """Exit status."""
        deadline = time.monotonic() + seconds
        while self._read(deadline - time.monotonic()):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], max(seconds, 0))
        if not ready:
            return False
        with contextlib.suppress(OSError):
            if data := os.read(self._descriptor, 1 << 16):
                self.written += data
                return True
        return False


@contextlib.contextmanager
def terminal(
    words: Sequence[str],
    environ: Mapping[str, str],
    *,
    program: Sequence[str] = (sys.executable, "-m", "bwtop"),
    columns: int = 100,
    lines: int = 30,
) -> Iterator[Terminal]:
    """`bwtop WORDS` on a terminal of its own, killed in the end if it still runs; or another program."""
    pid, descriptor = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.execvpe(program[0], [*program, *words], dict(environ))
    try:
        yield Terminal(pid, descriptor)
    finally:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        os.close(descriptor)

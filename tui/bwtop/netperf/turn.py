"""One test at a time: two would measure each other."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from bwtop.netperf.errors import Failure, NetperfError


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Holds the turn of this user on this machine; raises NetperfError when another bwtop has it, OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder / "turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            hint = "wait until it is done, or stop it"
            raise NetperfError(Failure.OTHER, "another bwtop is running a test", hint=hint) from None
        yield
    finally:
        os.close(file)

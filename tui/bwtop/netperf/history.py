"""Results of former tests: a line of JSON each, under the user's XDG state, mode 0600."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

from bwtop.netperf.result import Result

_OPEN: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class Runs:
    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, result: Result) -> None:
        """Raises OSError. Appends in one write, so that several bwtops may share the file."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, _OPEN, 0o600)
        try:
            os.write(file, msgspec.json.encode(result) + b"\n")
        finally:
            os.close(file)

    def results(self, *, pair: str | None = None, pod: str | None = None) -> Sequence[Result]:
        """The oldest first; of one pair of pods, or of one pod (`namespace/name`) under test. Raises OSError.

        A line that does not read, as one of a later bwtop, is left out.
        """
        if not self.path.exists():
            return ()
        found = [result for line in self.path.read_bytes().splitlines() if (result := _result(line)) is not None]
        return [
            result
            for result in found
            if pair in (None, result.pair) and pod in (None, f"{result.server.namespace}/{result.server.pod}")
        ]


def history_path() -> Path:
    """`~/.local/state/bwtop/netperf.jsonl` on Linux, unless XDG_STATE_HOME says otherwise."""
    return Path(platformdirs.user_state_dir("bwtop")) / "netperf.jsonl"


def _result(line: bytes) -> Result | None:
    try:
        return msgspec.json.decode(line, type=Result)
    except msgspec.DecodeError:
        return None

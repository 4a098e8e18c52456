"""What bwtop has made in clusters and not yet removed: a small file a pod under XDG state, written before it is made.

Whoever starts next finds what a killed bwtop left behind, and removes it.
"""

import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import platformdirs


class Entry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A pod that may be there."""

    server: str
    """URL of the API server."""
    namespace: str
    pod: str
    process: int
    """Process ID of the bwtop that made it."""
    started: int
    """When that process started, in the kernel's clock ticks since boot: process IDs are used again; 0: not known."""

    @property
    def abandoned(self) -> bool:
        """Its bwtop runs no more."""
        return not _alive(self.process, self.started)


class Ledger:
    """Entries of all bwtops of this user on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, *, server: str, namespace: str, pod: str) -> None:
        """Raises OSError: better known before a pod is made than after."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        process = os.getpid()
        entry = Entry(server=server, namespace=namespace, pod=pod, process=process, started=_started(process))
        path = self._path(namespace, pod)
        half = path.with_suffix(".new")
        half.write_bytes(msgspec.json.encode(entry))
        half.replace(path)

    def remove(self, *, namespace: str, pod: str) -> None:
        with contextlib.suppress(OSError):
            self._path(namespace, pod).unlink()

    def entries(self, server: str) -> Sequence[Entry]:
        """Those of one API server; what does not read is left out."""
        return [entry for entry in self._all() if entry.server == server]

    def _all(self) -> Iterable[Entry]:
        try:
            paths = sorted(self.folder.glob("*.json"))
        except OSError:
            return
        for path in paths:
            with contextlib.suppress(OSError, msgspec.DecodeError):
                yield msgspec.json.decode(path.read_bytes(), type=Entry)

    def _path(self, namespace: str, pod: str) -> Path:
        return self.folder / f"{namespace}.{pod}.json"


def ledger_folder() -> Path:
    """`~/.local/state/bwtop/netperf-pods` on Linux, unless XDG_STATE_HOME says otherwise."""
    return Path(platformdirs.user_state_dir("bwtop")) / "netperf-pods"


def _alive(process: int, started: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return not started or _started(process) in (started, 0)


def _started(process: int) -> int:
    """Field 22 of /proc/PID/stat; the command in the second may hold spaces and parentheses."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return int(fields[19])
    except (OSError, ValueError, IndexError):
        return 0

"""The audit log: a line of JSON for every write that bwtop made or tried, under the user's XDG state, mode 0600."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

import msgspec
import platformdirs

_OPEN = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One write of one annotation."""

    at: str
    """RFC 3339."""
    user: str
    """As the API server sees it, where it says."""
    context: str
    server: str
    kind: str = "Pod"
    """`Deployment` and the like: the limit in its template."""
    namespace: str
    name: str
    uid: str
    old: str | None
    """The annotation; None: there was none."""
    new: str | None
    """None: to be removed."""
    result: str
    reason: str


class AuditLog:
    """Lines are appended in one write each, so that several bwtops may share the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> None:
        """Raises OSError when nothing can be written: better known before a cluster is changed than after."""
        os.close(self._opened())

    def record(self, entry: AuditEntry) -> None:
        """Raises OSError."""
        file = self._opened()
        try:
            os.write(file, msgspec.json.encode(entry) + b"\n")
        finally:
            os.close(file)

    def entries(self) -> Sequence[AuditEntry]:
        """The oldest first; a line that does not read, as one cut by a full disk, is left out. Raises OSError."""
        if not self.path.exists():
            return ()
        found = map(_entry, self.path.read_bytes().splitlines())
        return [entry for entry in found if entry is not None]

    def _opened(self) -> int:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, _OPEN, 0o600)
        if stat.S_IMODE(os.fstat(file).st_mode) != 0o600:
            os.fchmod(file, 0o600)
        return file


def audit_path() -> Path:
    """`~/.local/state/bwtop/audit.jsonl` on Linux, unless XDG_STATE_HOME says otherwise."""
    return Path(platformdirs.user_state_dir("bwtop")) / "audit.jsonl"


def _entry(line: bytes) -> AuditEntry | None:
    try:
        return msgspec.json.decode(line, type=AuditEntry)
    except msgspec.DecodeError:
        return None

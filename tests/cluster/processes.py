"""Server processes of a test cluster: started in a session of their own, stopped for sure."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

STOP_SECONDS = 10.0
_children: dict[int, subprocess.Popen[bytes]] = {}
"""What this process started, to be waited for."""


class ServerDiedError(RuntimeError):
    """A server ended on its own; carries the end of its log."""


def start(
    name: str, command: Sequence[str], *, directory: Path, keep: bool, priority: int = 0, env: Mapping[str, str] = {}
) -> int:
    """Starts `command` with its output in NAME.log and its process id in NAME.pid, and returns the id.

    Unless `keep`, the kernel ends it when its parent dies, however that happens. A priority counts only when it is
    given to the session too (sched_autogroup_enabled, Debian's default). NAME.command has what `restart` needs.
    """
    again = {"command": list(command), "keep": keep, "priority": priority, "env": dict(env)}
    (directory / f"{name}.command").write_text(json.dumps(again))
    if not keep and (setpriv := shutil.which("setpriv")):
        command = [setpriv, "--pdeathsig", "KILL", *command]
    with (directory / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env=dict(os.environ) | dict(env),
        )  # fmt: skip
    _children[process.pid] = process
    (directory / f"{name}.pid").write_text(str(process.pid))
    if priority:
        os.setpriority(os.PRIO_PGRP, process.pid, priority)
        Path(f"/proc/{process.pid}/autogroup").write_text(str(priority))
    return process.pid


def restart(name: str, directory: Path, *, gracefully: bool = True) -> None:
    """Ends the process, or kills it, and starts it again as it was."""
    if not gracefully:
        os.killpg(int((directory / f"{name}.pid").read_text()), signal.SIGKILL)
    stop(name, directory)
    again = json.loads((directory / f"{name}.command").read_text())
    start(name, again["command"], directory=directory, keep=again["keep"], priority=again["priority"], env=again["env"])


def check_alive(name: str, directory: Path) -> None:
    """Raises ServerDiedError when the process that NAME.pid names is gone."""
    if not _running(int((directory / f"{name}.pid").read_text())):
        tail = (directory / f"{name}.log").read_text(errors="replace")[-2000:]
        raise ServerDiedError(f"{name} ended:\n{tail}")


def stop(name: str, directory: Path) -> None:
    """Ends the process that NAME.pid names and whatever it started, politely first."""
    record = directory / f"{name}.pid"
    if not record.exists():
        return
    pid = int(record.read_text())
    record.unlink()
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, number)
        if _gone(pid, seconds=STOP_SECONDS):
            return


def _gone(pid: int, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _running(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _running(pid: int) -> bool:
    if child := _children.get(pid):
        return child.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

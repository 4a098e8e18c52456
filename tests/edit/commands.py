"""`bwtop limit` as a shell runs it: without a terminal, or on one of its own."""

import json
import os
import pty
import subprocess
import sys
from typing import Any

from click.testing import CliRunner, Result

from bwtop.cli.limit import limit
from sources import SOURCES

ANNOTATION = "kubernetes.io/egress-bandwidth"


def run(*arguments: str, kubeconfig: str = "/nowhere") -> Result:
    """Without a terminal, as in a script."""
    return CliRunner().invoke(limit, ["--kubeconfig", kubeconfig, *arguments], catch_exceptions=False)


def items(result: Result) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(result.stdout)["items"]
    return found


def type_to(kubeconfig: str, *arguments: str, answers: str) -> tuple[int, str, str]:
    """Runs it on a terminal of its own; exit status, stdout and what was asked."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bwtop", "limit", *arguments, "--kubeconfig", kubeconfig]
    os.write(ours, answers.encode())
    done = subprocess.run(
        command, stdin=theirs, capture_output=True, text=True, timeout=30, env=os.environ | {"PYTHONPATH": SOURCES}
    )
    os.close(ours)
    os.close(theirs)
    return done.returncode, done.stdout, done.stderr


def until(running: "subprocess.Popen[bytes]", words: str) -> str:
    """What it says on stderr up to these words."""
    text = ""
    while words not in text:
        more = os.read(running.stderr.fileno(), 4096).decode()
        assert more, text
        text += more
    return text

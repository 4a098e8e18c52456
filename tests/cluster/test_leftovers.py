"""What bwtop starts on a node ends with bwtop: the API server does not end it (kubernetes#89031)."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from bench.program import Program
from bwtop.model.frames import READER
from cluster.rig import Rig
from cluster.test_get import SOURCES

pytestmark = pytest.mark.cluster

ENVIRONMENT = {"PYTHONPATH": SOURCES}
STARTS_WITHIN, ENDS_WITHIN = 20.0, 5.0
"""Seconds; the end is two periods and the time that it takes to notice."""


def reading_scripts(rig: Rig) -> list[int]:
    """Process ids of the scripts that run in this cluster's containers."""
    root = f"CONTAINER_ROOT={rig.directory}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        except OSError:  # it has just ended
            continue
        if READER.encode() in command.split(b"\0") and root in environment:
            found.append(int(process.name))
    return found


def test_the_scripts_in_agents_end_even_when_bwtop_is_killed(furnished: Rig) -> None:
    with Program([sys.executable, "-m", "bwtop", "--kubeconfig", str(furnished.kubeconfig)], env=ENVIRONMENT) as bwtop:
        assert bwtop.until(lambda: bool(reading_scripts(furnished)), timeout=STARTS_WITHIN)
        os.kill(bwtop.pid, signal.SIGKILL)
    deadline = time.monotonic() + ENDS_WITHIN
    while reading_scripts(furnished) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert reading_scripts(furnished) == []

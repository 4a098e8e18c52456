"""What bwtop starts on a node ends with bwtop: the API server does not end it (kubernetes#89031)."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.program import Program
from bwtop.model.frames import READER
from cluster.rig import Rig
from sources import SOURCES

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
    with running(furnished) as bwtop:
        os.kill(bwtop.pid, signal.SIGKILL)
    assert_none_left(furnished)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda one: one.name)
def test_the_scripts_in_agents_end_with_bwtop_when_a_signal_ends_it(furnished: Rig, number: signal.Signals) -> None:
    with running(furnished) as bwtop:
        os.kill(bwtop.pid, number)
    assert_none_left(furnished)


def test_the_scripts_in_agents_end_when_another_namespace_is_gone_to_and_new_ones_take_over(furnished: Rig) -> None:
    with running(furnished) as bwtop:
        before = reading_scripts(furnished)
        bwtop.type("n")
        assert bwtop.until(bwtop.sees("Namespace"), timeout=STARTS_WITHIN)
        bwtop.type("default")
        assert bwtop.until(bwtop.sees("  default"), timeout=STARTS_WITHIN)
        bwtop.watch(0.5)
        bwtop.type("\r")
        assert bwtop.until(bwtop.sees("/ default"), timeout=STARTS_WITHIN)
        assert bwtop.until(lambda: not set(before) & set(reading_scripts(furnished)), timeout=STARTS_WITHIN)
        assert bwtop.until(lambda: bool(reading_scripts(furnished)), timeout=STARTS_WITHIN)
        bwtop.type("q")
    assert_none_left(furnished)


@contextlib.contextmanager
def running(rig: Rig) -> Iterator[Program]:
    """bwtop, once it has a script in an agent."""
    with Program([sys.executable, "-m", "bwtop", "--kubeconfig", str(rig.kubeconfig)], env=ENVIRONMENT) as bwtop:
        assert bwtop.until(lambda: bool(reading_scripts(rig)), timeout=STARTS_WITHIN)
        yield bwtop


def assert_none_left(rig: Rig) -> None:
    deadline = time.monotonic() + ENDS_WITHIN
    while reading_scripts(rig) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert reading_scripts(rig) == []

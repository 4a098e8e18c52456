"""However bwtop ends: the terminal is as it was, the connections are closed, and nobody sees a traceback."""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from cli.conftest import Demo
from cli.left_terminal import Terminal

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads a pseudo-terminal as Linux has it")

BWTOP = [sys.executable, "-m", "bwtop"]
ROWS = "netperf-server .*in sync"


@contextmanager
def bwtop(environment: dict[str, str], *words: str) -> Iterator[Terminal]:
    """On the screen with its rows."""
    terminal = Terminal([*BWTOP, *words], env=environment)
    try:
        terminal.wait_for(ROWS)
        yield terminal
    finally:
        terminal.kill()


def connections(demo: Demo) -> int:
    """Open watches, and commands that run in containers."""

    def count() -> int:
        commands = [task for task in asyncio.all_tasks() if "_Socket.receive" in repr(task)]
        return len(demo.server.watches) + len(commands)

    return int(demo.call(count))


def eventually(holds: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(("key", "status"), [("q", 0), ("\x11", 0), ("\x03", 130)], ids=["q", "ctrl-q", "ctrl-c"])
def test_a_key_ends_it(demo: Demo, environment: dict[str, str], key: str, status: int) -> None:
    with bwtop(environment) as terminal:
        assert eventually(lambda: connections(demo) > 5), "five watches, and an agent that is read"
        terminal.type(key)
        assert terminal.end() == status
        terminal.assert_sane()
        assert eventually(lambda: connections(demo) == 0)


def test_ctrl_c_ends_it_from_within_a_dialog_and_from_the_filter(environment: dict[str, str]) -> None:
    for keys, shown in (("/", "esc clears"), ("s", "Sort by")):
        with bwtop(environment) as terminal:
            terminal.type(keys)
            terminal.wait_for(shown)
            terminal.type("\x03")
            assert terminal.end() == 130
            terminal.assert_sane()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda one: one.name)
def test_a_signal_ends_it(demo: Demo, environment: dict[str, str], number: signal.Signals) -> None:
    with bwtop(environment) as terminal:
        os.kill(terminal.pid, number)
        assert terminal.end() == 128 + number
        terminal.assert_sane()
        assert eventually(lambda: connections(demo) == 0)


def test_a_terminal_that_is_closed_ends_it(demo: Demo, environment: dict[str, str]) -> None:
    with bwtop(environment) as terminal:
        terminal.hang_up()
        assert eventually(terminal.has_ended, seconds=8)
        assert eventually(lambda: connections(demo) == 0)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only SIGHUP tells")
def test_a_terminal_that_is_closed_ends_it_where_no_signal_comes(demo: Demo, environment: dict[str, str]) -> None:
    """The kernel sends SIGHUP to the leader of the session, here a shell that keeps it to itself, as make may."""
    terminal = Terminal(["sh", "-c", f"trap : HUP; {' '.join(BWTOP)}; exit 0"], env=environment)
    try:
        terminal.wait_for(ROWS)
        (bwtop_itself,) = map(int, Path(f"/proc/{terminal.pid}/task/{terminal.pid}/children").read_text().split())
        terminal.hang_up()
        assert eventually(lambda: connections(demo) == 0)
        with suppress(ProcessLookupError):
            os.kill(bwtop_itself, signal.SIGCONT)  # as the kernel does when the shell ends
        assert eventually(lambda: not os.path.exists(f"/proc/{bwtop_itself}/fd/0"))
    finally:
        terminal.kill()


def test_it_ends_at_once_while_the_api_server_hangs(demo: Demo, environment: dict[str, str]) -> None:
    with bwtop(environment) as terminal:
        demo.call(demo.server.faults.delay, "*", seconds=60.0)
        demo.call(demo.server.faults.cut_watches)
        terminal.watch(1.0)
        terminal.type("q")
        assert terminal.end() == 0, "it does not wait the minute that the server takes"
        terminal.assert_sane()


def test_it_ends_while_it_still_looks_for_a_way_to_the_cluster(environment: dict[str, str]) -> None:
    with_nobody = Terminal([*BWTOP, "--server", "https://127.0.0.1:9"], env=environment)
    with_nobody.wait_for("next try in")
    with_nobody.type("q")
    assert with_nobody.end() == 0
    with_nobody.assert_sane()


@pytest.mark.skipif(not shutil.which("bash"), reason="needs a shell with job control")
def test_ctrl_z_gives_the_terminal_back_and_fg_brings_the_screen_again(environment: dict[str, str]) -> None:
    shell = Terminal(["bash", "--norc", "--noprofile", "-i"], env=environment | {"PS1": "prompt> ", "HISTFILE": ""})
    try:
        shell.wait_for("prompt> ")
        shell.type(f"{' '.join(BWTOP)}\n")
        shell.wait_for(ROWS)
        shell.type("\x1a")
        shell.wait_for("Stopped")
        assert shell.screen.changed_modes() <= {"2004"}, "bash itself turns bracketed paste on"
        shell.type("stty -a\n")
        shell.wait_for(r" icanon .* echo ")
        shell.type("fg\n")
        shell.wait_for(ROWS)
        shell.type("2")
        shell.wait_for(r"\[2 Nodes 2\]")
        shell.type("q")
        shell.wait_for(r"prompt> \s*$")
        shell.type("echo status $?\n")
        shell.wait_for("status 0")
        assert b"Traceback" not in shell.screen.sent
        assert shell.screen.changed_modes() <= {"2004"}
    finally:
        shell.stop()


def test_m_leaves_the_mouse_to_the_terminal_and_takes_it_again(environment: dict[str, str]) -> None:
    mouse = {"1000", "1003", "1006", "1015"}
    with bwtop(environment) as terminal:
        assert mouse <= terminal.screen.changed_modes(), "clicks, moves and their coordinates are sent to bwtop"
        terminal.type("M")
        terminal.wait_for("the mouse is the terminal's")
        assert not mouse & terminal.screen.changed_modes()
        terminal.type("M")
        terminal.wait_for("the mouse works in bwtop")
        assert mouse <= terminal.screen.changed_modes()
        terminal.type("M")
        terminal.type("q")
        assert terminal.end() == 0
        terminal.assert_sane()

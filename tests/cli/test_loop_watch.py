"""What the event loop says of its own turns."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bwtop.loop_watch import watched_loop


def _sleep() -> None:
    time.sleep(0.03)


def _compute() -> None:
    until = time.thread_time() + 0.03
    while time.thread_time() < until:
        pass


@pytest.mark.parametrize(("turn", "computes"), [(_sleep, False), (_compute, True)])
def test_a_turn_that_waits_is_a_block_and_one_that_computes_is_one_of_cpu(
    tmp_path: Path, turn: Callable[[], None], computes: bool
) -> None:
    with watched_loop(str(tmp_path / "loop.json")) as loop:
        assert loop
        loop.call_soon(turn)
        loop.call_later(0.05, loop.stop)
        loop.run_forever()
    found = json.loads((tmp_path / "loop.json").read_text())
    assert found["longest_turn_ms"] >= found["longest_block_ms"] >= 29
    assert (found["longest_cpu_ms"] >= 29) is computes

"""A program on the pseudo-terminal is seen, typed to and measured."""

import sys

import pytest

from bench.program import Program, ProgramEndedError

BAR = """
import os, sys, tty
tty.setraw(0)
size = os.get_terminal_size()
line = 2
def draw():
    for y in range(1, 6):
        bar = "\\x1b[44m" if y == line else ""
        sys.stdout.write(f"\\x1b[{y};1H{bar}row {y}".ljust(size.columns) + "\\x1b[0m")
    sys.stdout.flush()
draw()
while (key := os.read(0, 1)) != b"q":
    if key == b"j":
        line += 1
        draw()
"""


def test_text_keys_and_the_end_of_a_program_are_noticed() -> None:
    with Program([sys.executable, "-c", BAR], columns=30, lines=8) as program:
        seen = program.until(program.sees(r"^row 5"), timeout=60)
        assert seen is not None
        assert program.began < seen
        moved = program.press("j", timeout=60)
        assert moved is not None
        assert moved > 0
        assert program.until(lambda: len(set(program.screen.bars())) == 2, timeout=60), "the whole bar has moved"
        assert program.press("x", timeout=0.1) is None
        assert program.cpu() >= 0
        assert program.rss() > 1
        assert program.bytes > 100
        program.type("q")
        with pytest.raises(ProgramEndedError, match="row 5"):
            program.watch(10)


def test_what_does_not_appear_is_none() -> None:
    with Program(["cat"]) as program:
        assert program.until(program.sees("never"), timeout=0.1) is None

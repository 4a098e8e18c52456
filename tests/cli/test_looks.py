"""The screen on terminals that can do little, and what it leaves behind."""

import re

import pytest

from bwtop_widgets.looks import has_glyphs
from cli.terminals import terminal

COLOUR = re.compile(rb"\x1b\[[0-9;]*?(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|[34]8;[25])[;0-9]*m")
TRUE_COLOUR = re.compile(rb"[34]8;2;")
DONE = "in sync"


@pytest.fixture
def bare(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"LANG": "C.UTF-8"}


def test_a_dumb_terminal_is_refused_with_what_to_do_instead(bare: dict[str, str]) -> None:
    for term in ("dumb", ""):
        environ = {name: value for name, value in (bare | {"TERM": term}).items() if value}
        with terminal(["--demo"], environ) as dumb:
            assert dumb.ended() == 2
        assert dumb.text.strip() == (
            "bwtop: TERM=dumb cannot show the screen; `bwtop get pods` prints the same data, or set TERM=xterm-256color"
        )
        assert b"\x1b" not in dumb.written


def test_no_color_means_no_colour_at_all(bare: dict[str, str]) -> None:
    with terminal([], bare | {"NO_COLOR": "1", "COLORTERM": "truecolor"}) as plain:
        plain.until(DONE)
        plain.type("q")
        assert plain.ended() == 0
    assert not COLOUR.search(plain.written)


@pytest.mark.parametrize(
    ("environ", "true"), [({"COLORTERM": "truecolor"}, True), ({}, False), ({"TERM": "xterm"}, False)]
)
def test_colours_are_those_that_the_terminal_has(bare: dict[str, str], environ: dict[str, str], true: bool) -> None:
    with terminal([], bare | environ) as coloured:
        coloured.until(DONE)
        coloured.type("q")
        assert coloured.ended() == 0
    assert COLOUR.search(coloured.written)
    assert bool(TRUE_COLOUR.search(coloured.written)) is true
    if environ == {"TERM": "xterm"}:
        assert b";5;" not in coloured.written  # nothing of the 256


def test_ascii_writes_nothing_else(bare: dict[str, str]) -> None:
    with terminal(["--ascii"], bare) as plain:
        plain.until("+ " + DONE)
        plain.type("?")
        plain.until("Keys and states")
        plain.type("q")
        plain.type("q")
        assert plain.ended() == 0
    assert plain.written.isascii()
    assert "netperf-server" in plain.text


def test_a_terminal_without_the_glyphs_gets_ascii_unasked(bare: dict[str, str]) -> None:
    with terminal([], bare | {"LC_ALL": "C"}) as plain:
        plain.until("+ " + DONE)
        plain.type("q")
        assert plain.ended() == 0
    assert plain.written.isascii()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, True),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "en_US.utf8", "LC_ALL": "C"}, False),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, True),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, False),
    ],
)
def test_glyphs_by_locale_and_terminal(environ: dict[str, str], expected: bool) -> None:
    assert has_glyphs(environ) is expected


def test_leaving_with_a_capital_leaves_the_last_picture(bare: dict[str, str]) -> None:
    with terminal([], bare) as left:
        left.until(DONE)
        left.type("Q")
        assert left.ended() == 0
    screen, _, scrollback = left.written.rpartition(b"\x1b[?1049l")
    assert b"netperf-server" in screen
    assert b"netperf-server" in scrollback
    assert scrollback.count(b"\n") == 30
    assert scrollback.rstrip().endswith(b"\x1b[0m")


def test_leaving_leaves_nothing(bare: dict[str, str]) -> None:
    with terminal([], bare) as left:
        left.until(DONE)
        left.type("q")
        assert left.ended() == 0
    assert b"netperf-server" not in left.written.rpartition(b"\x1b[?1049l")[2]


def test_an_unknown_theme_names_those_there_are(bare: dict[str, str]) -> None:
    with terminal(["--theme", "sunset"], bare) as refused:
        assert refused.ended() == 2
    assert "there is no theme 'sunset'; there are ansi-dark, ansi-light," in refused.text.replace("\r\n", " ")

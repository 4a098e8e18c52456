import base64
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from bwtop_widgets.clipboard import MOST_BYTES, Multiplexer, copy, multiplexer, osc52
from bwtop_widgets.text_dialog import TextDialog
from widgets.terminal import screen_lines

PLAIN = "\x1b]52;c;Y2FydC0w\x07"


def test_a_terminal_gets_the_text_as_base64():
    assert osc52("cart-0") == PLAIN
    assert osc52("größe 漢字\n") == "\x1b]52;c;Z3LDtsOfZSDmvKLlrZcK\x07"
    assert osc52("") == "\x1b]52;c;\x07"


def test_tmux_gets_it_plain_and_wrapped_with_its_escapes_doubled():
    assert osc52("cart-0", Multiplexer.TMUX) == PLAIN + "\x1bPtmux;\x1b\x1b]52;c;Y2FydC0w\x07\x1b\\"


def test_screen_gets_it_wrapped():
    assert osc52("cart-0", Multiplexer.SCREEN) == "\x1bP\x1b]52;c;Y2FydC0w\x07\x1b\\"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=2000))
def test_screen_gets_a_long_text_in_pieces_that_it_holds(text):
    pieces = osc52(text, Multiplexer.SCREEN).removesuffix("\x1b\\").split("\x1b\\")
    assert all(piece.startswith("\x1bP") and len(piece) <= 254 for piece in pieces)
    inner = "".join(piece.removeprefix("\x1bP") for piece in pieces)
    assert inner.startswith("\x1b]52;c;")
    assert base64.b64decode(inner.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode() == text


def test_text_that_is_no_unicode_is_copied_with_a_mark_for_it():
    assert osc52("a\udce4b") == osc52("a?b")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, Multiplexer.NONE),
        ({"TERM": "xterm-256color"}, Multiplexer.NONE),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, Multiplexer.TMUX),
        ({"TERM": "tmux-256color"}, Multiplexer.TMUX),
        ({"TERM": "screen", "STY": "1.pts-0.host"}, Multiplexer.SCREEN),
        ({"TERM": "screen-256color"}, Multiplexer.SCREEN),
    ],
)
def test_what_stands_between_is_told_by_the_environment(environ, expected):
    assert multiplexer(environ) is expected


async def test_a_copy_is_written_to_the_terminal_as_it_stands(terminal):
    app = App[None]()
    async with app.run_test():
        with terminal.listening() as output:
            copied = copy(app, "cart-0", environ={"TERM": "xterm"})
    assert "".join(output.written) == PLAIN
    assert copied.sent
    assert copied.note == "sent 6 characters to the terminal's clipboard"


async def test_what_terminals_do_not_take_is_not_sent(terminal):
    app = App[None]()
    async with app.run_test():
        with terminal.listening() as output:
            most, more = (copy(app, "x" * size, environ={}) for size in (MOST_BYTES, MOST_BYTES + 1))
    assert most.sent
    assert not more.sent
    assert "not copied: 74,995 bytes" in more.note
    assert output.size == len(osc52("x" * MOST_BYTES))
    assert len(osc52("x" * MOST_BYTES)) == 100_000 - 8 + len("\x1b]52;c;\x07")


async def test_the_dialog_shows_the_text_and_copies_it_again(terminal):
    app = App[None]()
    async with app.run_test(size=(60, 12)) as pilot:
        await app.push_screen(TextDialog("kubectl get [b]pods[/b]\n\x1b[31m", title="kubectl", note="too long"))
        shown = "\n".join(screen_lines(app))
        assert "kubectl get [b]pods[/b]" in shown
        assert "␛[31m" in shown
        assert "too long" in shown
        with terminal.listening() as output:
            await pilot.press("y")
            await pilot.pause()
        assert osc52("kubectl get [b]pods[/b]\n\x1b[31m") in "".join(output.written)
        await pilot.press("escape")
        assert not isinstance(app.screen, TextDialog)


async def test_a_text_that_is_longer_than_the_screen_does_not_push_out_what_became_of_it():
    app = App[None]()
    async with app.run_test(size=(60, 12)) as pilot:
        text = "\n".join(f"line {number}" for number in range(100))
        await app.push_screen(TextDialog(text, title="Rows", note="not copied: too long; select it here"))
        await pilot.press("end")
        await pilot.pause()
        shown = "\n".join(screen_lines(app))
        assert "not copied: too long; select it here" in shown
        assert "line 99" in shown


@pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux here")
def test_a_real_tmux_takes_it():
    tmux = ["tmux", "-L", "bwtop-clipboard-test", "-f", "/dev/null"]
    text = "pod/cart-0 größe " * 40
    sequence = osc52(text, Multiplexer.TMUX).replace("\x1b", r"\033").replace("\x07", r"\007").replace("\\\\", r"\134")
    command = f"printf '{sequence}'; tmux wait-for -S sent; cat"
    try:
        subprocess.run(
            [*tmux, "new-session", "-d", "cat", ";", "set", "-g", "set-clipboard", "on", ";", "new-window", command],
            check=True, timeout=60,
        )  # fmt: skip
        subprocess.run([*tmux, "wait-for", "sent"], check=True, timeout=60)
        for _ in range(100):  # the pane's output may be read after the signal
            shown = subprocess.run([*tmux, "show-buffer"], capture_output=True, text=True, timeout=60).stdout
            if shown:
                break
        assert shown == text
        pane = subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=True, timeout=60)
        assert pane.stdout.strip() == ""
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, timeout=60)

"""The line of keys: as many as fit, and no word cut."""

from textual.dom import DOMNode

from bwtop_widgets.keys_line import Key, fitting

NODE = DOMNode()
KEYS = [Key(name, text, text.lower(), NODE) for name, text in (("/", "Filter"), ("e", "Edit limit"), ("s", "Sort"))]
HELP = [Key("?", "Help", "help", NODE)]


def line(width: int) -> str:
    return "  ".join(f"{key.name} {key.text}" for key in fitting(KEYS, HELP, width=width))


def test_the_first_keys_stay_and_help_always() -> None:
    assert line(80) == "/ Filter  e Edit limit  s Sort  ? Help"
    assert line(38) == "/ Filter  e Edit limit  s Sort  ? Help"
    assert line(37) == "/ Filter  e Edit limit  ? Help"
    assert line(20) == "/ Filter  ? Help"
    assert line(3) == "? Help"


def test_no_line_is_wider_than_the_screen() -> None:
    assert all(len(line(width)) <= width for width in range(6, 60))

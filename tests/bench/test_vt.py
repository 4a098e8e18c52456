"""The screen behind the benchmarks shows what a terminal would."""

from bench.vt import Screen


def shown(text: str, *, columns: int = 10, lines: int = 4) -> list[str]:
    screen = Screen(columns, lines)
    screen.feed(text.encode())
    return [line.rstrip() for line in screen.text().split("\n")]


def test_text_is_placed_where_the_cursor_was_sent() -> None:
    assert shown("\x1b[2;3Hhello\x1b[1;1Hx") == ["x", "  hello", "", ""]


def test_a_long_line_wraps_and_the_last_line_scrolls() -> None:
    assert shown("abcdefghijKLM", lines=2) == ["abcdefghij", "KLM"]
    assert shown("a\r\nb\r\nc", lines=2) == ["b", "c"]


def test_a_sequence_cut_in_two_reads_is_one_sequence() -> None:
    screen = Screen(10, 2)
    for piece in (b"\x1b[2;", b"2Hab\xc3", b"\xa9"):
        screen.feed(piece)
    assert screen.text().split("\n")[1].rstrip() == " abé"


def test_a_wide_character_takes_two_cells_and_a_combining_one_none() -> None:
    screen = Screen(10, 1)
    screen.feed("漢e\u0301".encode())
    assert screen.x == 3


def test_erasing_keeps_what_is_before_the_cursor() -> None:
    assert shown("abcdef\x1b[1;4H\x1b[K") == ["abc", "", "", ""]
    assert shown("ab\r\ncd\x1b[1;2H\x1b[J") == ["a", "", "", ""]
    assert shown("abcdef\x1b[1;2H\x1b[2P") == ["adef", "", "", ""]


def test_lines_are_inserted_and_scrolled_inside_the_region_only() -> None:
    assert shown("a\r\nb\r\nc\r\nd\x1b[2;3r\x1b[2;1H\x1b[L") == ["a", "", "b", "d"]
    assert shown("a\r\nb\r\nc\r\nd\x1b[2;3r\x1b[S") == ["a", "c", "", "d"]


def test_a_moving_cursor_bar_changes_the_bars() -> None:
    screen = Screen(10, 3)
    screen.feed(b"\x1b[2;1H\x1b[48;2;1;2;3m          \x1b[0m")
    before = screen.bars()
    assert before == ("", "2;1;2;3", "")
    screen.feed(b"\x1b[2;1H          \x1b[3;1H\x1b[48;2;1;2;3m         \x1b[0m")
    assert screen.bars() == ("", "", "2;1;2;3")


def test_queries_of_the_terminal_are_answered() -> None:
    screen = Screen(10, 3)
    screen.feed(b"\x1b[2;4H")
    assert screen.feed(b"\x1b[6n") == b"\x1b[2;4R"
    assert screen.feed(b"\x1b[?2026$p") == b"\x1b[?2026;2$y"
    assert screen.feed(b"\x1b]11;?\x1b\\") == b"\x1b]11;rgb:0000/0000/0000\x1b\\"
    assert screen.feed(b"\x1b[c") == b"\x1b[?62;22c"


def test_the_alternate_screen_starts_empty() -> None:
    assert shown("old\x1b[?1049h") == ["", "", "", ""]

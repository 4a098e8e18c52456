from hypothesis import given
from hypothesis import strategies as st

from bwtop.model.printable import printable


@given(st.text(), st.integers(2, 50))
def test_any_text_becomes_one_printable_line_within_the_limit(text: str, limit: int) -> None:
    shown = printable(text, limit=limit)
    assert shown.isprintable()
    assert len(shown) <= limit


def test_control_characters_stay_visible_and_ordinary_text_stays_as_it_is() -> None:
    assert printable("naïve — 10M") == "naïve — 10M"
    assert printable("\x1b[31mred\x07") == r"\x1b[31mred\x07"
    assert printable("‮gnitide") == r"\u202egnitide"
    assert printable("a\n\n b\tc") == "a b c"


def test_what_is_cut_says_so() -> None:
    assert printable("x" * 300, limit=10) == "xxxxxxxxx…"
    assert printable("x" * 10, limit=10) == "x" * 10

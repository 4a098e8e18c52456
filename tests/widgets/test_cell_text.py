import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bwtop_widgets.cell_text import fit, visible, width_of

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)


@given(ANY_TEXT, st.integers(1, 30), st.booleans(), st.sampled_from(["end", "start"]))
def test_any_text_takes_exactly_the_width_and_has_no_control_character(text, width, right, clip):
    fitted = fit(text, width, right=right, clip=clip)
    assert cell_len(fitted) == width
    assert all(character.isprintable() for character in fitted)
    fitted.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("a\tb\nc\x00", "a␉b␊c␀"),
        ("\x7f\x9b31m", "␡�31m"),
        ("left\u202eright", "left�right"),
        ("no\u200bspace\ufeff", "no�space�"),
        ("line\u2028end", "line end"),
        ("lone \ud800", "lone �"),
        ("[b]not markup[/b]", "[b]not markup[/b]"),
        ("heart ❤\ufe0f", "heart ❤"),
        ("café 漢字", "café 漢字"),
    ],
)
def test_what_cannot_be_seen_is_replaced_by_what_can(text, shown):
    assert visible(text) == shown


def test_a_text_that_is_too_wide_ends_in_an_ellipsis():
    assert fit("ip-192-168-29-49", 8) == "ip-192-…"
    assert fit("ip-192-168-29-49", 8, ascii=True) == "ip-192-~"


def test_a_text_clipped_at_the_start_keeps_its_tail():
    assert fit("ip-192-168-29-49", 7, clip="start") == "…-29-49"


def test_a_wide_character_that_would_be_cut_in_half_leaves_a_space():
    assert fit("漢字漢字", 6) == "漢字 …"
    assert fit("漢字漢字", 6, clip="start") == "…漢字 "


def test_numbers_stand_at_the_right():
    assert fit("7", 3, right=True) == "  7"


def test_a_flood_of_combining_marks_is_cut_off():
    assert len(fit("a" + "\u0301" * 200_000, 10)) < 100


def test_a_long_text_is_measured_no_further_than_it_can_be_shown():
    assert width_of("x" * 200_000, most=40) == 40
    assert width_of("漢", most=40) == 2

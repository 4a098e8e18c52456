from hypothesis import given
from hypothesis import strategies as st

from bwtop_widgets.sparkline import chart, spark


def test_values_rise_in_eight_steps():
    assert spark([0, 1, 2, 3, 4, 5, 6, 7, 8], 9) == "▁▂▃▄▅▆▇██"
    assert spark([0, 1, 2, 3, 4, 5, 6, 7, 8], 9, ascii=True) == "_.:-=+*##"


def test_the_newest_value_stands_at_the_right_end():
    assert spark([1, 8], 4) == "  ▂█"
    assert spark([8, 8, 8, 0, 4], 2, top=8) == "▁▅"


def test_a_missing_value_is_a_space_and_not_a_zero():
    assert spark([8, None, 0], 3) == "█ ▁"
    assert spark([None, None], 4) == "    "


def test_the_top_is_given_or_the_largest_value_shown():
    assert spark([4, 4], 2, top=8) == "▅▅"
    assert spark([100, 4, 4], 2) == "██"


def test_values_beyond_the_scale_are_clamped():
    assert spark([-5, 99], 2, top=8) == "▁█"
    assert spark([1, 2], 2, top=0) == "▁▁"


@given(st.lists(st.one_of(st.none(), st.integers(), st.floats(-1e12, 1e12))), st.integers(0, 30), st.booleans())
def test_it_is_always_as_wide_as_asked(values, width, ascii):
    assert len(spark(values, width, ascii=ascii)) == width


def test_a_chart_fills_its_lines_from_below() -> None:
    assert chart([0, 1, 2, 3, 4], 5, 2, top=4) == ["   ▅█", "▁▅███"]


def test_a_chart_keeps_gaps_and_what_is_beyond_the_top() -> None:
    assert chart([None, 9, 2], 4, 2, top=4, ascii=True) == ["  # ", "  ##"]

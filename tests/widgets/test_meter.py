import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwtop_widgets.meter import meter


@pytest.mark.parametrize(
    ("share", "bar", "plain"),
    [
        (None, "    ", "    "),
        (0, "    ", "    "),
        (0.001, "▏   ", "-   "),
        (0.25, "█   ", "#   "),
        (0.5625, "██▎ ", "##- "),
        (0.99, "████", "####"),
        (1, "████", "####"),
        (1.001, "███▶", "###>"),
        (40, "███▶", "###>"),
        (-1, "    ", "    "),
    ],
)
def test_a_share_is_a_bar(share, bar, plain):
    assert meter(share, 4) == bar
    assert meter(share, 4, ascii=True) == plain


@given(st.one_of(st.none(), st.floats(allow_nan=False)), st.integers(0, 30), st.booleans())
def test_it_is_always_as_wide_as_asked(share, width, ascii):
    assert len(meter(share, width, ascii=ascii)) == width

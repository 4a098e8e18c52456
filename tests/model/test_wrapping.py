from bwtop.model.wrapping import LEAST, hanging


def test_what_does_not_fit_goes_on_below_its_own_beginning() -> None:
    text = "in the map, but no egress program on the node's devices applies it"
    assert hanging("     why  ", text, width=46) == [
        "     why  in the map, but no egress program on",
        "          the node's devices applies it",
    ]


def test_a_word_longer_than_the_line_is_broken_and_an_empty_text_is_one_line() -> None:
    first, second = hanging("! ", "x" * 50, width=42)
    assert (first, second) == ("! " + "x" * 40, "  " + "x" * 10)
    assert hanging("! ", "", width=42) == ["! "]


def test_without_a_width_nothing_is_wrapped_and_a_text_always_has_some_room() -> None:
    assert hanging("! ", "x " * 200, width=None) == ["! " + "x " * 200]
    assert len(hanging(" " * 40, "word " * 12, width=41)[0].strip()) <= LEAST

"""Whatever is accepted becomes the limit that the preview showed; the illegal and the dangerous is not just taken."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bwtop.model.edit import LEAST, MOST, REMOVAL, Risk, figures, owner_note, propose, touch_note
from bwtop.model.quantity import QuantityError, asked, bytes_per_second, quantity_value, respelled

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "model" / "vectors.json").read_text())
SUFFIXES = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3", "E6", "K", "MB"]
numbers = st.from_regex(r"[+-]?[0-9]{1,20}(\.[0-9]{0,12})?", fullmatch=True)
quantities = st.builds(lambda number, suffix: number + suffix, numbers, st.sampled_from(SUFFIXES))


@pytest.mark.parametrize("vector", [v for v in VECTORS if not v["valid"]], ids=lambda v: repr(v["input"])[:40])
def test_an_illegal_value_is_refused_with_a_reason(vector):
    proposal = propose(vector["input"])
    assert proposal.risk is Risk.ILLEGAL
    assert proposal.reason


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["valid"]], ids=lambda v: repr(v["input"])[:40])
def test_a_legal_value_out_of_range_or_without_effect_is_asked_about(vector):
    value, programmed = vector.get("value", 0), vector["bytesPerSecond"]
    dangerous = not LEAST <= value <= MOST or not 0 < programmed < 1 << 63 or vector["input"].startswith("-")
    proposal = propose(vector["input"])
    if dangerous:
        assert proposal.risk is Risk.DANGEROUS
        assert proposal.reason
    else:
        assert proposal.asked.bits_per_second == programmed * 8


@given(st.one_of(quantities, st.text(max_size=12)))
@example("10M")
@example("1.1G")
@example("1000Ei")
def test_what_is_accepted_is_programmed_as_the_preview_shows_it(text):
    proposal = propose(text)
    if proposal.risk is Risk.NONE:
        shown = int(figures(proposal.asked).bits.replace(",", ""))
        assert bytes_per_second(text) * 8 == shown
        assert int(figures(proposal.asked).bytes.replace(",", "")) * 8 == shown
        assert LEAST - 8 < shown <= MOST


@given(quantities)
def test_nothing_beyond_a_petabit_is_accepted_even_when_it_overflows_to_less(text):
    digits = text.lstrip("+-").rstrip("numkMGTPEKiB").split("e")[0].split("E")[0]
    if text.endswith(("E", "Ei")) and float(digits) >= 1:
        assert propose(text).risk is not Risk.NONE


@pytest.mark.parametrize(
    ("text", "bits"), [("1k", 1_000), ("1P", 10**15), ("+10M", 10**7), ("1e7", 10**7), ("10Mi", 10_485_760)]
)
def test_the_ends_of_the_range_and_every_way_to_write_it_are_accepted(text, bits):
    proposal = propose(text)
    assert (proposal.risk, proposal.asked.bits_per_second) == (Risk.NONE, bits)


@pytest.mark.parametrize(
    ("text", "risk", "said"),
    [
        ("10m", Risk.DANGEROUS, "mega is a capital M: 10M"),
        ("10MB", Risk.ILLEGAL, "write 10M"),
        ("10K", Risk.ILLEGAL, "kilo is a lower-case k"),
        ("0", Risk.DANGEROUS, "no limit"),
        ("1Ei", Risk.DANGEROUS, "above 1P"),
        ("-5M", Risk.DANGEROUS, "negative"),
        ("999", Risk.DANGEROUS, "below 1k"),
        ("-24Pi", Risk.DANGEROUS, "overflows"),
        ("", Risk.ILLEGAL, "remove"),
        ("1e4294967302", Risk.DANGEROUS, "overflows"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(text, risk, said):
    proposal = propose(text)
    assert proposal.risk is risk
    assert said in proposal.reason


def test_a_preview_shows_what_cilium_makes_of_a_value_and_not_what_is_written():
    assert quantity_value("1001") == 1001
    assert (figures(asked("1001")).bits, figures(asked("1001")).bytes) == ("1,000", "125")


@given(quantities)
def test_a_limit_in_other_words_is_the_same_limit(text):
    try:
        value = quantity_value(text)
    except QuantityError:
        return
    if LEAST <= value <= MOST:
        other = respelled(text)
        assert other != text
        assert quantity_value(other) == value
        assert propose(other).risk is Risk.NONE
        assert touch_note(text, "guaranteed").startswith(f"{other} is the same limit")


def test_nothing_is_said_of_touching_where_there_is_no_priority_or_no_limit():
    assert touch_note("10M", None) == touch_note(None, "guaranteed") == touch_note("10m", "guaranteed") == ""


def test_a_preview_of_no_limit_has_no_figures():
    assert figures(None).bits == figures(asked("10m")).bits == figures(REMOVAL.asked).bytes == "no limit"
    assert figures(asked("10MB")).bits == "not a quantity"


def test_a_preview_never_carries_control_characters():
    assert "\x1b" not in figures(asked("\x1b[31m10M")).annotation


def test_the_owner_makes_the_next_pod_from_its_template():
    note = owner_note(("ReplicaSet/web-7d9f", "Deployment/web"))
    assert "dies with the pod" in note
    assert "ReplicaSet/web-7d9f of Deployment/web" in note
    assert "nothing owns the pod" in owner_note(())

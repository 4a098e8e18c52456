import json
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bwtop.model.quantity import (
    QuantityError,
    asked,
    asked_of,
    bytes_per_second,
    format_bits,
    format_rate,
    quantity_value,
)

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text())
VALID = [vector for vector in VECTORS if vector["valid"]]
MAX = 2**63 - 1

SUFFIXES = {"": 0, "k": 3, "M": 6, "G": 9, "n": -9, "u": -6, "m": -3, "e3": 3, "E-2": -2}


def signed(bits: int) -> int:
    return (bits + 2**63) % 2**64 - 2**63


def test_there_are_as_many_vectors_as_recorded() -> None:
    assert (len(VECTORS), len(VALID)) == (575, 438)


@pytest.mark.parametrize("vector", VALID, ids=lambda vector: repr(vector["input"]))
def test_a_legal_quantity_has_gos_value_and_ciliums_rate_and_text(vector: dict[str, Any]) -> None:
    assert quantity_value(vector["input"]) == vector.get("value", 0)
    assert bytes_per_second(vector["input"]) == vector["bytesPerSecond"]
    assert format_bits(signed(vector["bytesPerSecond"] * 8)) == vector["ciliumText"]


@pytest.mark.parametrize("text", [vector["input"] for vector in VECTORS if not vector["valid"]], ids=repr)
def test_what_go_refuses_is_refused(text: str) -> None:
    with pytest.raises(QuantityError):
        quantity_value(text)
    assert asked(text).bits_per_second is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-6e-11", 1),
        ("1e4294967296", 1),
        ("1e" + "0" * 200 + "1", 10),
        ("-18014398509481984G", -(2**63)),
        ("-9223372036.8547758071", -9223372035),
        ("-432.0Pi", -9223372035),
        ("1" * 2000 + "e-1990", 1111111112),
        ("100000000000000000000e2000", 0),
        ("0." + "0" * 100 + "9e105", 90000),
        ("1." + "0" * 200 + "1Pi", 2**50 + 1),
        ("-3n", -1),
        ("-3.000n", 1),
        ("-1500.000u", -1),
        ("-1500.5000u", 1),
        ("-1.0000000001", 0),
    ],
)
def test_what_lies_beyond_the_vectors_was_asked_of_go_too(text: str, value: int) -> None:
    assert quantity_value(text) == value


@pytest.mark.parametrize("text", ["+e-10", ".e-10", "1e9223372036854775808", "1e99999999999999999999"])
def test_rare_refusals_were_asked_of_go_too(text: str) -> None:
    with pytest.raises(QuantityError):
        quantity_value(text)


@given(st.decimals(min_value=-(10**8), max_value=10**8, places=3, allow_nan=False), st.sampled_from(sorted(SUFFIXES)))
def test_without_overflow_the_value_is_rounded_away_from_zero(number: Decimal, suffix: str) -> None:
    exact = abs(number) * Decimal(10) ** SUFFIXES[suffix]
    assume(number >= 0 or suffix not in ("n", "u"))  # below nine places Go rounds what is negative to something else
    magnitude = int(exact.to_integral_value(ROUND_CEILING))
    if len(f"{abs(number):f}") <= 10 and exact * 10**9 == int(exact * 10**9):
        assert quantity_value(f"{number:f}{suffix}") == (-magnitude if number < 0 else magnitude)


@given(st.integers(min_value=0, max_value=MAX))
def test_ciliums_text_reads_back_as_the_same_value(bits: int) -> None:
    assert quantity_value(format_bits(bits)) == bits


@given(st.from_regex(r"[+-]?[0-9.]{0,30}([eE][+-]?[0-9]{0,3}|[numkKMGTPE]?i?)", fullmatch=True) | st.text(max_size=40))
def test_any_text_has_an_int64_value_or_is_refused(text: str) -> None:
    try:
        assert -(2**63) <= quantity_value(text) <= MAX
    except QuantityError:
        assert asked(text).bits_per_second is None


@given(st.text() | st.from_regex(r"[0-9]{1,5}[A-Za-z/ ]{0,6}", fullmatch=True))
def test_asked_never_raises_and_keeps_the_annotation_and_a_printable_problem(text: str) -> None:
    result = asked(text)
    assert result.annotation == text
    assert bool(result.problem) == (not result.bits_per_second)
    assert result.problem.isprintable()
    assert len(result.problem) < 120
    if result.bits_per_second is not None:
        assert result.bits_per_second % 8 == 0
        assert result.bits_per_second >= 0


@pytest.mark.parametrize(
    ("annotation", "bits"),
    [
        ("10M", 10_000_000),
        ("1.5G", 1_500_000_000),
        ("100", 96),
        ("8", 8),
        ("7999m", 8),
        ("10Mi", 10_485_760),
        ("+10M", 10_000_000),
    ],
)
def test_a_limit_is_rounded_down_to_whole_bytes(annotation: str, bits: int) -> None:
    assert asked(annotation).bits_per_second == bits


@pytest.mark.parametrize(
    ("annotation", "problem"),
    [
        ("10m", "10m is milli: 0.01 bit/s, no limit"),
        ("5000m", "5000m is milli: 5 bit/s, no limit"),
        ("999u", "999u is micro: 0.000999 bit/s, no limit"),
        ("0", "0 is zero, no limit"),
        ("-", "- is zero, no limit"),
        ("-5M", "-5M is negative, no limit"),
        ("7", "7 is less than a byte per second, no limit"),
        ("10E", "10E is too large to count, no limit"),
    ],
)
def test_a_legal_quantity_that_limits_nothing_says_why(annotation: str, problem: str) -> None:
    result = asked(annotation)
    assert (result.bits_per_second, result.problem) == (0, problem)


@pytest.mark.parametrize(
    ("annotation", "problem"),
    [
        ("10K", "10K: kilo is a lower-case k; write 10k"),
        ("10MB", "10MB is no Kubernetes quantity; write 10M"),
        ("10mbit", "10mbit is no Kubernetes quantity; write 10M"),
        ("10Mbps", "10Mbps is no Kubernetes quantity; write 10M"),
        ("10 Gbit/s", "10 Gbit/s is no Kubernetes quantity; write 10G"),
        ("1,5M", "1,5M is no Kubernetes quantity; write 1.5M"),
        ("10ki", "10ki is no Kubernetes quantity; write 10Ki"),
        (" 10M", "no white space is allowed; write 10M"),
        ("10M\n", "no white space is allowed; write 10M"),
        ("unlimited", "unlimited is no Kubernetes quantity, such as 10M"),
        ("\x1b[31m10M", r"\x1b[31m10M is no Kubernetes quantity, such as 10M"),
        (" ", "' ' is no Kubernetes quantity, such as 10M"),
    ],
)
def test_what_is_no_quantity_says_what_to_write(annotation: str, problem: str) -> None:
    result = asked(annotation)
    assert (result.bits_per_second, result.problem) == (None, problem)


@given(
    st.integers(1, 999),
    st.sampled_from(["", "k", "M", "G", "T", "P"]),
    st.sampled_from(["b", "B", "bit", "bps", "bit/s"]),
)
def test_what_is_proposed_for_a_slip_parses(number: int, prefix: str, unit: str) -> None:
    proposed = asked(f"{number}{prefix}{unit}").problem.rpartition("write ")[2]
    assert quantity_value(proposed) == quantity_value(f"{number}{prefix}")


def test_an_empty_annotation_is_none() -> None:
    assert asked_of("") is None
    assert asked_of(None) is None
    assert asked_of("10M") == asked("10M")


@pytest.mark.parametrize(
    "text",
    [
        "9" * 200_000,
        "9" * 200_000 + "Ki",
        "1" * 200_000 + "x",
        "0." + "1" * 200_000 + "Ki",
        "9e2000000000",
        "1" * 20 + "e-2000000000",
    ],
    ids=lambda text: text[:5],
)
def test_two_hundred_kilobytes_of_digits_cost_no_time(text: str) -> None:
    started = process_time()
    assert asked(text).annotation is text
    assert process_time() - started < 0.2


@pytest.mark.parametrize(
    ("bits", "shown"),
    [
        (0, "0"),
        (950, "950"),
        (999.6, "1k"),
        (9.91e6, "9.9M"),
        (10e6, "10M"),
        (18.1e6, "18.1M"),
        (99.96e6, "100M"),
        (412e6, "412M"),
        (999.6e6, "1G"),
        (1.2e9, "1.2G"),
        (1e18, "1E"),
    ],
)
def test_a_rate_is_short(bits: float, shown: str) -> None:
    assert format_rate(bits) == shown


@given(st.floats(min_value=0, max_value=1e17))
def test_a_rate_takes_five_columns_at_most_and_is_near(bits: float) -> None:
    shown = format_rate(bits)
    assert len(shown) <= 5
    assert float(Decimal(quantity_or_exact(shown))) == pytest.approx(bits, rel=0.06, abs=1)


def quantity_or_exact(shown: str) -> str:
    factor = {"k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}.get(shown[-1])
    return shown if factor is None else f"{shown[:-1]}e{factor}"

from statistics import fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwtop.netperf.combine import averaged, combined
from bwtop.netperf.judge import Verdict, confidence95, judge
from bwtop.netperf.measurement import Latency, Measurement


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        (9.9e6, Verdict.PASS),
        (9.0e6, Verdict.PASS),
        (11.0e6, Verdict.PASS),
        (8.99e6, Verdict.UNDER),
        (11.01e6, Verdict.OVER),
        (0.0, Verdict.UNDER),
    ],
)
def test_ten_percent_on_both_sides_of_the_limit(measured: float, verdict: Verdict) -> None:
    assert judge(measured, 10_000_000) is verdict


@pytest.mark.parametrize("limit", [None, 0])
def test_without_a_limit_there_is_no_verdict(limit: int | None) -> None:
    assert judge(9.9e6, limit) is None


def test_the_confidence_of_a_mean_is_students() -> None:
    # five samples with mean 10 and standard deviation 1.5811: t(4) = 2.776
    assert confidence95([8, 9, 10, 11, 12]) == pytest.approx(1.963, abs=0.001)


@pytest.mark.parametrize("values", [[], [9.9]])
def test_one_sample_says_nothing_of_the_spread(values: list[float]) -> None:
    assert confidence95(values) is None


@given(st.lists(st.floats(1, 1e10), min_size=2, max_size=60))
def test_equal_samples_are_certain_and_others_are_not_negative(values: list[float]) -> None:
    assert confidence95([values[0]] * len(values)) == pytest.approx(0, abs=1e-3)
    width = confidence95(values)
    assert width is not None
    assert width >= 0


def run(received: float | None, **more: Any) -> Measurement:
    return Measurement(received=received, **more)


def test_streams_at_the_same_time_add_up() -> None:
    both = combined([run(4e6, retransmits=2), run(5e6, retransmits=1)])
    assert (both.received, both.retransmits) == (9e6, 3)


def test_a_sum_is_not_known_when_a_part_is_not() -> None:
    assert combined([run(4e6), run(None)]).received is None


def test_samples_one_after_the_other_are_averaged() -> None:
    runs = [run(9e6), run(10e6), run(11e6)]
    assert averaged(runs).received == fmean([9e6, 10e6, 11e6])


def test_of_percentiles_of_streams_only_the_worst_can_be_told() -> None:
    slow, fast = Latency(min=2, p99=900, max=1000), Latency(min=1, p99=10, max=50)
    both = combined([run(1, latency=slow), run(1, latency=fast)]).latency
    assert (both.min, both.p99, both.max) == (1, 900, 1000)

"""The curve of a pod shows what was measured, and nothing for the time before there was anything to measure."""

from bwtop.live.history import POINT_SECONDS, POINTS, RateHistory


def filled(*samples: dict[int, int]) -> RateHistory:
    history = RateHistory()
    for number, rates in enumerate(samples):
        history.add(rates, number * POINT_SECONDS)
    return history


def test_a_pod_that_sent_nothing_yet_has_zeros_from_when_it_was_seen_first() -> None:
    history = filled({7: 5}, {7: 5, 124: 0}, {7: 5, 124: 0}, {7: 5, 124: 9})
    assert list(history.of(124)) == [0, 0, 9]
    assert list(history.of(7)) == [5, 5, 5, 5]


def test_an_endpoint_id_that_is_given_anew_begins_anew() -> None:
    assert list(filled({124: 5}, {124: 5}, {}, {124: 0}, {124: 8}).of(124)) == [0, 8]


def test_it_is_bounded_however_long_an_endpoint_was_idle() -> None:
    history = filled(*[{124: 0}] * (3 * POINTS), {124: 9})
    assert list(history.of(124)) == [0] * (POINTS - 1) + [9]
    assert list(filled(*[{124: number} for number in range(2 * POINTS)]).of(124)) == [*range(POINTS, 2 * POINTS)]


def test_one_that_never_sent_has_no_curve_and_samples_that_come_sooner_are_left_out() -> None:
    history = filled({124: 0}, {124: 0})
    assert list(history.of(124)) == []
    history.add({124: 9}, POINT_SECONDS + 1)
    assert list(history.of(124)) == []

"""A sweep costs the API server the same at every moment, however its nodes were first read."""

from collections import Counter
from itertools import pairwise

import pytest

from bwtop.live.turns import Turns, in_step

NODES, PERIOD = 500, 250.0


def sweep(turns: Turns, due: list[float], *, until: float) -> list[float]:
    """The times of all readings up to `until`, where a node is read at the moment it is due."""
    read = []
    while (now := min(due)) < until:
        read.append(now)
        due[due.index(now)] = now + turns.after(now, period=PERIOD, nodes=len(due))
    return read


@pytest.mark.parametrize("took", [0.0, 15.0, 400.0])
def test_nodes_that_were_first_read_in_one_go_are_read_again_at_equal_distances(took: float):
    turns = Turns()
    first = [took * number / NODES for number in range(NODES)]
    read = [now for now in sweep(turns, list(first), until=took + 4 * PERIOD) if now > took + PERIOD]
    in_ten_seconds = [
        sum(start <= now < start + 10 for now in read) for start in range(int(read[0]), int(read[-1]) - 10)
    ]
    assert max(in_ten_seconds) <= 10 * NODES / PERIOD * 1.1
    assert min(in_ten_seconds) >= 10 * NODES / PERIOD * 0.8


def test_no_node_waits_longer_than_a_period_when_most_nodes_are_gone():
    turns = Turns()
    for _ in range(NODES):
        turns.after(0.0, period=PERIOD, nodes=NODES)
    assert turns.after(1.0, period=60.0, nodes=10) == 60.0


def test_readings_out_of_turn_push_no_node_beyond_its_period():
    turns = Turns()
    waits = [turns.after(number * 0.01, period=PERIOD, nodes=NODES) for number in range(50_000)]
    assert max(waits) <= PERIOD + 0.001


def test_five_are_read_at_one_moment_and_no_more():
    turns = Turns(together=5)
    read = [now for now in sweep(turns, [0.0] * NODES, until=3 * PERIOD) if now > PERIOD]
    moments = Counter(read)
    assert max(moments.values()) <= 6, "a moment is rounded, so a sixth may come along"
    assert len(read) / len(moments) > 4.5
    assert len(read) == pytest.approx(2 * NODES, rel=0.02)


def test_a_few_nodes_are_not_kept_waiting_for_each_other():
    turns = Turns(together=5)
    assert [turns.after(float(now), period=60.0, nodes=3) for now in (0, 20, 40)] == [60.0] * 3


def test_one_node_comes_again_after_its_period():
    turns = Turns()
    read = sweep(turns, [0.0], until=5 * PERIOD)
    assert {later - earlier for earlier, later in pairwise(read)} == {PERIOD}


def test_without_any_node_left_there_is_still_an_answer():
    assert Turns().after(0.0, period=60.0, nodes=0) == 60.0


def test_nodes_that_began_apart_are_in_step_after_one_period():
    assert [began + in_step(began, period=2.0) for began in (2.1, 2.9, 3.3)] == pytest.approx([4.0, 4.0, 6.0])


@pytest.mark.parametrize("took", [0.0, 0.3, 0.9])
def test_who_is_in_step_stays_so_however_long_the_answer_takes(took: float):
    assert 4.0 + took + in_step(4.0 + took, period=2.0) == pytest.approx(6.0)


@pytest.mark.parametrize("now", [0.0, 0.1, 1.0, 1.01, 1.99])
def test_a_first_turn_is_neither_at_once_nor_long_after(now: float):
    assert 1.0 <= in_step(now, period=2.0) <= 3.0

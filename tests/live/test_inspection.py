"""An agent is inspected seldom, and soon where the API server has an endpoint that the agent was not asked about."""

import pytest

from bwtop.live.inspection import INSPECT_AGAIN_SECONDS, INSPECT_SECONDS, inspection_due, inspection_period
from bwtop.live.store import Store
from live.things import Time, endpoint, inspection


@pytest.fixture
def store(store: Store) -> Store:
    """Its agent on n1 has just told its two endpoints."""
    store.inspected("n1", inspection({"id": 124}, {"id": 7}))
    return store


def test_what_is_known_of_an_agent_lasts_for_its_period(store: Store, time: Time) -> None:
    time.now += inspection_period("n1")
    assert not inspection_due(store, "n1")
    time.now += 1
    assert inspection_due(store, "n1")


def test_nodes_that_are_looked_at_together_are_inspected_one_after_the_other() -> None:
    least, most = INSPECT_SECONDS
    periods = [inspection_period(f"ip-10-0-0-{number}.ec2.internal") for number in range(40)]
    assert all(least <= period <= most for period in periods)
    in_two_seconds = [sum(start <= period < start + 2 for period in periods) for start in range(int(least), int(most))]
    assert max(in_two_seconds) <= 6


def test_an_endpoint_that_it_does_not_know_makes_it_due_after_a_pause(store: Store, time: Time) -> None:
    store.objects.put_endpoint(endpoint("new", 999), news=True)
    assert not inspection_due(store, "n1")
    time.now += INSPECT_AGAIN_SECONDS + 1
    assert inspection_due(store, "n1")

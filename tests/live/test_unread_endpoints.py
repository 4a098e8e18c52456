"""While the endpoints are still being listed, a pod without one may have one: nothing is held against anybody."""

import pytest

from bwtop.live.store import Store
from bwtop.model.states import State
from live.things import Time, agent, endpoint, inspection, listed, node, pod, sample, store_at, take

MEGA = 1_000_000


@pytest.fixture
def store() -> Store:
    """A pod that asks for 10M and has it as endpoint 124, of which only the map is known, and one that asks nothing."""
    store = store_at(Time())
    store.objects.put_node(node("n1"))
    store.objects.put_agent(agent("n1"))
    store.objects.put_pod(pod("server", annotation="10M"), news=False)
    store.objects.put_pod(pod("idle"), news=False)
    take(store, "n1", sample({124: 10 * MEGA}))
    store.settle()
    return store


def states(store: Store) -> dict[str, State]:
    store.settle()
    return {row.pod: row.state for row in store.pods.values()}


def test_it_is_unknown_until_its_endpoint_comes(store: Store) -> None:
    assert states(store) == {"server": State.UNKNOWN, "idle": State.UNKNOWN}
    assert store.pods["default/server"].reason == "its endpoint was not read yet"
    store.objects.put_endpoint(endpoint("server", 124), news=False)
    assert states(store) == {"server": State.IN_SYNC, "idle": State.UNKNOWN}


def test_once_the_list_is_whole_what_it_lacks_is_not_there(store: Store) -> None:
    store.objects.endpoints_whole()
    assert states(store) == {"server": State.NOT_PROGRAMMED, "idle": State.UNLIMITED}
    assert store.pods["default/server"].reason == "Cilium has no endpoint for this pod"


def test_the_agents_own_list_is_as_good(store: Store) -> None:
    store.inspected("n1", inspection(listed(1, labels=("reserved:host",))))
    assert states(store) == {"server": State.NOT_PROGRAMMED, "idle": State.UNLIMITED}


def test_an_invalid_annotation_is_invalid_whatever_is_read(store: Store) -> None:
    store.objects.put_pod(pod("idle", annotation="10MB"), news=False)
    assert states(store)["idle"] is State.INVALID


def test_a_limit_whose_endpoint_may_still_come_is_no_orphan(store: Store) -> None:
    store.settle()
    assert [row.state for row in store.limits.values()] == [None]
    store.objects.endpoints_whole()
    store.settle()
    assert [row.state for row in store.limits.values()] == [State.ORPHAN]

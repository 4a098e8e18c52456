"""The rows of the store: an event touches its own rows only, and each row joins what belongs together."""

import msgspec
import pytest

from bwtop.live import feeds
from bwtop.live.store import Store
from bwtop.model.states import State
from live.things import MEGA, Time, endpoint, inspection, keys, listed, pod, sample, take


def test_the_same_endpoint_id_on_two_nodes_is_two_pods(store: Store) -> None:
    assert store.pods["default/server"].programmed.bits_per_second == 10 * MEGA
    assert store.pods["default/other"].programmed.bits_per_second == 20 * MEGA
    assert store.limits["n1/124/egress"].pod == "server"
    assert store.limits["n2/124/egress"].pod == "other"
    assert {row.state for row in store.pods.values()} == {State.IN_SYNC, State.UNLIMITED}


def test_nothing_is_drained_when_nothing_happened(store: Store) -> None:
    assert keys(store.settle()) == {}


def test_a_sample_that_says_the_same_touches_nothing(store: Store, time: Time) -> None:
    time.now += 1
    take(store, "n1", sample({124: 10 * MEGA}))
    assert keys(store.settle()) == {}


def test_a_changed_map_touches_the_pod_its_node_and_its_limit_only(store: Store, time: Time) -> None:
    time.now += 1
    take(store, "n1", sample({124: 5 * MEGA}))
    assert keys(store.settle()) == {"pods": {"default/server"}, "nodes": {"n1"}, "limits": {"n1/124/egress"}}
    assert store.pods["default/server"].state is State.MISMATCH
    assert store.limits["n1/124/egress"].state is State.MISMATCH


def test_a_changed_annotation_touches_the_pod_and_its_limit_only(store: Store) -> None:
    store.objects.put_pod(pod("server", annotation="20M"), news=False)
    assert keys(store.settle()) == {"pods": {"default/server"}, "limits": {"n1/124/egress"}}


def test_a_pod_on_a_node_whose_map_stays_the_same_touches_its_own_row_only(store: Store) -> None:
    store.objects.put_pod(pod("new", node="n2"), news=False)
    assert keys(store.settle()) == {"pods": {"default/new"}}


def test_a_deleted_pod_and_its_endpoint_are_gone_and_the_limit_is_an_orphan(store: Store) -> None:
    store.objects.drop_pod("default/server")
    store.objects.drop_endpoint("default/server")
    touched = keys(store.settle())
    assert touched == {
        "pods": {"default/server"},
        "nodes": {"n1"},
        "endpoints": {"default/server"},
        "limits": {"n1/124/egress"},
    }
    assert "default/server" not in store.pods
    assert store.limits["n1/124/egress"].state is State.ORPHAN
    assert store.states[State.IN_SYNC] == 1


def test_a_limit_that_leaves_the_map_leaves_the_table(store: Store) -> None:
    take(store, "n1", sample({}))
    assert "n1/124/egress" in store.settle().limits
    assert "n1/124/egress" not in store.limits
    assert store.pods["default/server"].state is State.NOT_PROGRAMMED
    assert store.nodes["n1"].limited_pods == 0


# -- the limits view ----------------------------------------------------------------------------------------------
def test_limits_name_host_and_health_endpoints_and_judge_only_pods(store: Store) -> None:
    take(store, "n1", sample({124: 10 * MEGA, 1: 0, 2: MEGA, 3999: 20 * MEGA}))
    store.inspected("n1", inspection(listed(1, labels=("reserved:host",)), listed(2, labels=("reserved:health",))))
    store.settle()
    found = {row.endpoint_id: (row.kind, row.state) for row in store.limits.values() if row.node == "n1"}
    assert found == {
        124: ("pod", State.IN_SYNC),
        1: ("host", None),
        2: ("health", None),
        3999: ("unknown", State.ORPHAN),
    }


def test_a_store_of_one_namespace_never_says_orphan(store: Store) -> None:
    store.join.all_endpoints = False
    take(store, "n1", sample({124: 10 * MEGA, 3999: 20 * MEGA}))
    store.settle()
    row = store.limits["n1/3999/egress"]
    assert (row.state, row.reason) == (None, "its pod was not read")


# -- lists and slices ---------------------------------------------------------------------------------------------
def test_a_whole_list_removes_what_it_lacks_and_a_page_does_not(store: Store) -> None:
    feed = feeds.pod_feed(store.objects, now=0.0)
    server = store.objects.pods["default/server"]
    feed.listing([server], 5)
    store.settle()
    assert set(store.pods) == {"default/server", "default/idle", "default/other"}
    feed.replaced({server.key: server})
    assert keys(store.settle())["pods"] == {"default/idle", "default/other"}
    assert set(store.pods) == {"default/server"}


@pytest.mark.parametrize("kind", ["node", "cilium_node", "endpoint", "agent"])
def test_a_relist_of_nothing_empties_every_kind(store: Store, kind: str) -> None:
    objects, nothing = store.objects, {}
    feed = {
        "node": feeds.node_feed(objects, now=0.0),
        "cilium_node": feeds.cilium_node_feed(objects, now=0.0),
        "endpoint": feeds.endpoint_feed(objects, now=0.0),
        "agent": feeds.agent_feed(objects, now=0.0, tell=lambda: None),
    }[kind]
    feed.replaced(nothing)
    store.settle()
    assert not {"node": objects.nodes, "cilium_node": objects.cilium_nodes, "endpoint": objects.endpoints}.get(
        kind, objects.agents
    )


def test_a_drain_in_slices_makes_the_same_rows_as_one(store: Store, time: Time) -> None:
    for number in range(300):
        store.objects.put_pod(pod(f"p{number}", annotation="10M"), news=False)
        store.objects.put_endpoint(endpoint(f"p{number}", 1000 + number), news=False)
    pods: set[str] = set()
    slices = 0
    more = True
    while more:
        changes = store.drain(seconds=0.0)
        pods |= changes.pods
        more, slices = changes.more, slices + 1
    assert slices >= 300
    assert pods == {f"default/p{number}" for number in range(300)}
    assert store.nodes["n1"].endpoints == 302


def test_the_states_of_the_overview_count_every_pod_once(store: Store) -> None:
    store.objects.put_pod(pod("server", annotation="20M"), news=False)
    store.settle()
    counted = {state: count for state, count in store.overview().states.items() if count}
    assert counted == {State.MISMATCH: 1, State.IN_SYNC: 1, State.UNLIMITED: 1}


def test_pressure_keeps_the_time_since_when_it_holds(store: Store, time: Time) -> None:
    store.inspected("n1", inspection(listed(124, pod="server")))
    received = 0
    began = None
    for second in range(1, 5):
        time.now += 1
        received += 1_240_000  # bytes: 9.92 Mbit/s
        take(store, "n1", sample({124: 10 * MEGA}, uptime=100.0 + second, received={"lxc124": received}))
        store.settle()
        if began is None and store.pods["default/server"].pressure is not None:
            began = time.unix()
    row = store.pods["default/server"]
    assert row.rate == 9_920_000
    assert row.pressure_since == began
    assert msgspec.structs.replace(row, pressure_since=None).share == pytest.approx(0.992)

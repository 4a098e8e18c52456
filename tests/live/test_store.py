"""The rows of the store: an event touches its own rows only, and each row joins what belongs together."""

import msgspec
import pytest

from bwtop.live import feeds
from bwtop.live.store import Changes, Store
from bwtop.model.states import State
from live.things import (
    Time,
    agent,
    cilium_node,
    endpoint,
    inspection,
    listed,
    node,
    pod,
    sample,
    store_at,
    take,
)

MEGA = 1_000_000


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def store(time: Time) -> Store:
    """Two nodes with an agent each; `server` (124, 10M) and `idle` (7) on n1, `other` (124, 20M) on n2."""
    store = store_at(time)
    objects = store.objects
    for name in ("n1", "n2"):
        objects.put_node(node(name))
        objects.put_cilium_node(cilium_node(name))
        objects.put_agent(agent(name))
    for known in (pod("server", annotation="10M"), pod("idle"), pod("other", node="n2", annotation="20M")):
        objects.put_pod(known, news=False)
    for behind in (endpoint("server", 124), endpoint("idle", 7), endpoint("other", 124, node="n2")):
        objects.put_endpoint(behind, news=False)
    objects.endpoints_whole()
    take(store, "n1", sample({124: 10 * MEGA}))
    take(store, "n2", sample({124: 20 * MEGA}))
    store.settle()
    return store


def keys(changes: Changes) -> dict[str, set[str]]:
    found = {name: getattr(changes, name) for name in ("pods", "nodes", "endpoints", "limits")}
    return {name: touched for name, touched in found.items() if touched}


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


# -- who an endpoint belongs to -----------------------------------------------------------------------------------
def test_the_endpoint_of_a_replaced_pod_is_not_the_new_pods(store: Store) -> None:
    store.objects.drop_pod("default/server")
    store.objects.put_pod(pod("server", annotation="10M", uid="uid-new"), news=False)
    store.settle()
    row = store.pods["default/server"]
    assert (row.endpoint_id, row.programmed, row.state) == (None, None, State.NOT_PROGRAMMED)
    assert store.limits["n1/124/egress"].state is State.ORPHAN
    assert "earlier pod" in store.limits["n1/124/egress"].reason

    store.objects.put_endpoint(endpoint("server", 125, owner_uid="uid-new"), news=False)
    take(store, "n1", sample({125: 10 * MEGA}))
    store.settle()
    assert store.pods["default/server"].endpoint_id == 125
    assert store.pods["default/server"].state is State.IN_SYNC


def test_without_an_owner_the_address_tells_whose_endpoint_it_is(store: Store) -> None:
    store.objects.put_endpoint(endpoint("server", 124, owner_uid="", ipv4="10.1.0.5"), news=False)
    store.objects.put_pod(pod("server", annotation="10M", ip="10.1.0.6"), news=False)
    store.settle()
    assert store.pods["default/server"].endpoint_id is None
    store.objects.put_pod(pod("server", annotation="10M", ip="10.1.0.5"), news=False)
    store.settle()
    assert store.pods["default/server"].endpoint_id == 124


def test_an_id_that_goes_to_another_pod_goes_with_its_limit(store: Store) -> None:
    store.objects.put_pod(pod("heir", annotation="10M"), news=False)
    store.objects.put_endpoint(endpoint("heir", 124), news=False)  # before the old one is gone, as watches do
    store.objects.drop_pod("default/server")
    store.objects.drop_endpoint("default/server")
    store.settle()
    assert store.limits["n1/124/egress"].pod == "heir"
    assert store.pods["default/heir"].state is State.IN_SYNC


def test_a_pod_without_an_endpoint_is_not_programmed_and_says_so(store: Store) -> None:
    store.objects.put_pod(pod("bare", annotation="10M"), news=False)
    store.settle()
    assert store.pods["default/bare"].state is State.NOT_PROGRAMMED
    assert "no endpoint" in store.pods["default/bare"].reason


def test_without_a_ciliumendpoint_the_agents_own_list_tells_the_endpoint(store: Store) -> None:
    store.objects.put_pod(pod("bare", annotation="30M"), news=False)
    take(store, "n1", sample({124: 10 * MEGA, 9: 30 * MEGA}))
    store.inspected("n1", inspection(listed(9, pod="bare")))
    store.settle()
    assert store.pods["default/bare"].endpoint_id == 9
    assert store.pods["default/bare"].state is State.IN_SYNC
    assert store.limits["n1/9/egress"].state is State.IN_SYNC


def test_an_endpoint_without_an_id_has_a_row_and_joins_nothing(store: Store) -> None:
    store.objects.put_pod(pod("young", annotation="10M"), news=False)
    store.objects.put_endpoint(endpoint("young", None, state="creating"), news=False)
    store.settle()
    assert store.endpoints["default/young"].endpoint_id is None
    assert store.endpoints["default/young"].node == "n1"
    assert store.pods["default/young"].programmed is None


def test_an_endpoint_may_come_before_its_nodes_address(time: Time) -> None:
    store = store_at(time)
    store.objects.put_endpoint(endpoint("server", 124), news=False)
    store.settle()
    assert store.endpoints["default/server"].node == "10.0.0.1"
    store.objects.put_cilium_node(cilium_node("n1"))
    assert keys(store.settle()) == {"nodes": {"n1"}, "endpoints": {"default/server"}}
    assert store.endpoints["default/server"].node == "n1"
    assert store.nodes["n1"].endpoints == 1


def test_a_changed_map_reaches_the_pod_even_where_nodes_may_not_be_listed(time: Time) -> None:
    store = store_at(time)
    store.objects.put_agent(agent("n1"))
    store.objects.put_pod(pod("server", annotation="10M"), news=False)
    store.objects.put_endpoint(endpoint("server", 124), news=False)
    take(store, "n1", sample({}))
    store.settle()
    take(store, "n1", sample({124: 10 * MEGA}))
    store.settle()
    assert store.pods["default/server"].state is State.IN_SYNC


# -- time ---------------------------------------------------------------------------------------------------------
def test_a_change_is_pending_until_the_map_was_read_ten_seconds_after_it(store: Store, time: Time) -> None:
    store.objects.put_pod(pod("server", annotation="20M"), news=True)
    store.settle()
    assert store.pods["default/server"].state is State.PENDING
    store.reading("n1", period=60.0)
    time.now += 11
    store.settle()
    assert store.pods["default/server"].state is State.PENDING, "nobody has read the map since"
    take(store, "n1", sample({124: 10 * MEGA}))
    store.settle()
    assert store.pods["default/server"].state is State.MISMATCH


def test_a_change_that_lands_is_in_sync_at_once(store: Store, time: Time) -> None:
    store.objects.put_pod(pod("server", annotation="20M"), news=True)
    store.settle()
    time.now += 1
    take(store, "n1", sample({124: 20 * MEGA}))
    store.settle()
    assert store.pods["default/server"].state is State.IN_SYNC


def test_a_change_asks_for_the_map_of_its_node(store: Store) -> None:
    asked: list[str] = []
    store.on_change = asked.append
    store.objects.put_pod(pod("other", node="n2", annotation="5M"), news=True)
    assert asked == ["n2"]
    assert store.changing("n2")
    assert not store.changing("n1")


def test_a_pod_that_a_list_brings_is_pending_only_while_it_is_young(time: Time) -> None:
    store = store_at(time)
    store.objects.put_agent(agent("n1"))
    store.objects.endpoints_whole()
    take(store, "n1", sample({}))
    store.objects.put_pod(pod("young", annotation="10M", created_at="2026-01-18T09:59:57Z"), news=False)
    store.objects.put_pod(pod("old", annotation="10M"), news=False)
    store.settle()
    assert store.pods["default/young"].state is State.PENDING
    assert store.pods["default/old"].state is State.NOT_PROGRAMMED


def test_rows_turn_unknown_when_the_sample_is_stale_and_back_when_the_agent_answers(store: Store, time: Time) -> None:
    time.now += 4
    take(store, "n2", sample({124: 20 * MEGA}))
    time.now += 2.5
    touched = keys(store.settle())
    assert touched["pods"] == {"default/server", "default/idle"}
    assert {store.pods[key].state for key in touched["pods"]} == {State.UNKNOWN}
    assert "silent" in store.pods["default/server"].reason
    assert store.pods["default/other"].state is State.IN_SYNC
    assert store.overview().agents_read == 1
    take(store, "n1", sample({124: 10 * MEGA}))
    assert keys(store.settle())["pods"] == {"default/server", "default/idle"}
    assert store.pods["default/server"].state is State.IN_SYNC


def test_a_failure_keeps_the_last_good_value_until_it_is_stale_and_then_is_the_reason(store: Store, time: Time) -> None:
    store.failed("n1", "agent is down: look at its log")
    store.settle()
    assert store.pods["default/server"].state is State.IN_SYNC
    assert store.nodes["n1"].reason == "agent is down: look at its log"
    time.now += 6.5
    store.settle()
    row = store.pods["default/server"]
    assert (row.state, row.reason) == (State.UNKNOWN, "agent is down: look at its log")
    assert row.programmed.bits_per_second == 10 * MEGA, "the last good value stays, with its age"


def test_a_node_without_an_agent_is_unknown_and_says_so(store: Store) -> None:
    store.objects.drop_agent("kube-system/cilium-n1")
    store.forget_node("n1")
    store.settle()
    assert store.pods["default/server"].state is State.UNKNOWN
    assert store.pods["default/server"].reason == "no cilium agent here"


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

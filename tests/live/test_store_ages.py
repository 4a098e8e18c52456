"""What the store says as time goes by: pending, stale, unknown."""

from bwtop.live.store import Store
from bwtop.model.states import State
from live.things import MEGA, Time, agent, keys, pod, sample, store_at, take


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
    assert "not read for" in store.pods["default/server"].reason
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

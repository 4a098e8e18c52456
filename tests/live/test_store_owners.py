"""Whose an endpoint is, and with it the limit of its ID."""

from bwtop.live.store import Store
from bwtop.model.states import State
from live.things import MEGA, Time, agent, cilium_node, endpoint, inspection, keys, listed, pod, sample, store_at, take


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

"""The order in which pods stand by default."""

from bwtop.live.store import Store
from bwtop.panels.pod_columns import urgency
from bwtop.panels.views import VIEWS
from live.things import MEGA, Time, agent, endpoint, node, pod, sample, store_at


def _order(store: Store) -> list[str]:
    store.settle()
    rows = [row for row in store.pods.values() if row.namespace == "default"]
    return [row.pod for row in sorted(rows, key=lambda row: (-urgency(row), row.pod))]


def _cluster() -> Store:
    store = store_at(Time())
    for name in ("n1", "n2"):
        store.objects.put_node(node(name))
        store.objects.put_agent(agent(name))
        for kind, annotation, number in (("asks", "20M", 113), ("free", None, 110)):
            store.objects.put_pod(pod(f"{kind}-{name}", node=name, annotation=annotation), news=False)
            store.objects.put_endpoint(endpoint(f"{kind}-{name}", number, node=name), news=False)
    store.objects.put_pod(pod("host", node="n1", host_network=True), news=False)
    return store


def test_pods_that_nobody_could_judge_yet_stand_behind_those_with_a_known_limit() -> None:
    store = _cluster()
    assert _order(store) == ["asks-n1", "asks-n2", "free-n1", "free-n2", "host"]
    frame = sample({113: 20 * MEGA})
    store.reading("n2", period=2.0)
    store.sampled("n2", frame)
    assert _order(store) == ["asks-n2", "asks-n1", "free-n2", "free-n1", "host"]


def test_a_pod_whose_agent_fails_stands_on_top() -> None:
    store = _cluster()
    store.reading("n1", period=2.0)
    store.failed("n1", "agent cilium-n1: connection refused")
    assert _order(store)[:2] == ["asks-n1", "free-n1"]


def test_a_pod_in_the_nodes_network_has_nothing_that_an_agent_would_have_to_tell() -> None:
    store = _cluster()
    store.settle()
    node_of = VIEWS[0].node
    agents = {row.pod: node_of(row) for row in store.pods.values() if row.namespace == "default"}
    assert agents == {"asks-n1": "n1", "asks-n2": "n2", "free-n1": "n1", "free-n2": "n2", "host": None}

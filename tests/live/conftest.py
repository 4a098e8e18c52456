import pytest

from bwtop.live.store import Store
from live.things import MEGA, Time, agent, cilium_node, endpoint, node, pod, sample, store_at, take


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

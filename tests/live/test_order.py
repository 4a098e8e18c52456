"""However events, samples and slices of work interleave, the rows are those of a fresh load of the final objects."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bwtop.cilium.resources import CiliumEndpoint, Pod
from bwtop.live.store import Store
from live.things import NODE_IP, Time, agent, cilium_node, endpoint, inspection, listed, node, pod, sample, store_at
from live.things import take as take_sample

NODES = st.sampled_from(list(NODE_IP))
NAMES = st.sampled_from(["a", "b", "c"])
LIMITS = st.sampled_from([None, "10M", "20M", "10m"])
IDS = st.sampled_from([1, 2, 3])
UIDS = st.sampled_from(["uid-1", "uid-2"])
ADDRESSES = st.sampled_from([("10.0.0.1",), ("10.0.0.2",), ("10.0.0.1", "10.0.0.9"), ()])

PODS = st.builds(
    lambda name, node, limit, uid, host: pod(name, node=node, annotation=limit, uid=uid, host_network=host),
    NAMES, NODES | st.just(""), LIMITS, UIDS, st.booleans(),
)  # fmt: skip
ENDPOINTS = st.builds(
    lambda name, number, at, owner: endpoint(name, number, node=at, owner_uid=owner),
    NAMES, IDS | st.none(), NODES | st.just("10.0.0.9"), UIDS | st.just(""),
)  # fmt: skip
AGENTS = st.builds(
    lambda at, name, ready: agent(at, name=f"cilium-{name}", ready=ready, created_at=f"2026-01-0{name}T10:00:00Z"),
    NODES, st.sampled_from("1234"), st.booleans(),
)  # fmt: skip
MAPS = st.dictionaries(IDS, st.sampled_from([10_000_000, 20_000_000]))

Step = Callable[["Scene"], None]


class Scene:
    """A store and, beside it, what was last said of everything."""

    def __init__(self) -> None:
        self.time = Time()
        self.store = store_at(self.time)
        self.kept: dict[str, dict[str, Any]] = {kind: {} for kind in ("pod", "endpoint", "node", "cilium_node")}
        self.agents: dict[str, Pod] = {}
        self.maps: dict[str, Mapping[int, int]] = {}

    def put(self, kind: str, item: Any, **more: bool) -> None:
        if kind == "pod" and (known := self.kept["pod"].get(item.key)) and known.uid != item.uid:
            self.drop("pod", item.key)
        self.kept[kind][item.key] = item
        getattr(self.store.objects, f"put_{kind}")(item, **more)

    def drop(self, kind: str, key: str) -> None:
        self.kept[kind].pop(key, None)
        getattr(self.store.objects, f"drop_{kind}")(key)

    def put_agent(self, item: Pod) -> None:
        self.agents[item.key] = item
        self.store.objects.put_agent(item)

    def drop_agent(self, key: str) -> None:
        self.agents.pop(key, None)
        self.store.objects.drop_agent(key)

    def sample(self, at: str, limits: Mapping[int, int]) -> None:
        self.maps[at] = limits
        _read(self.store, at, limits)

    def wait(self, seconds: float) -> None:
        self.time.now += seconds


def _read(store: Store, at: str, limits: Mapping[int, int]) -> None:
    take_sample(store, at, sample(limits))
    store.inspected(at, inspection(listed(3, labels=("reserved:host",))))


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(lambda item, news: lambda scene: scene.put("pod", item, news=news), PODS, st.booleans()),
    st.builds(lambda item, news: lambda scene: scene.put("endpoint", item, news=news), ENDPOINTS, st.booleans()),
    st.builds(lambda name, ips: lambda scene: scene.put("node", node(name, *ips)), NODES, ADDRESSES),
    st.builds(lambda name, ips: lambda scene: scene.put("cilium_node", cilium_node(name, *ips)), NODES, ADDRESSES),
    st.builds(lambda kind, name: lambda scene: scene.drop(kind, f"default/{name}"),
              st.sampled_from(["pod", "endpoint"]), NAMES),
    st.builds(lambda kind, name: lambda scene: scene.drop(kind, name),
              st.sampled_from(["node", "cilium_node"]), NODES),
    st.builds(lambda item: lambda scene: scene.put_agent(item), AGENTS),
    st.builds(lambda name: lambda scene: scene.drop_agent(f"kube-system/cilium-{name}"), st.sampled_from("1234")),
    st.builds(lambda at, limits: lambda scene: scene.sample(at, limits), NODES, MAPS),
    st.builds(lambda seconds: lambda scene: scene.wait(seconds), st.sampled_from([1.0, 7.0])),
    st.builds(lambda: lambda scene: scene.store.drain(seconds=0.0)),
    st.builds(lambda: lambda scene: scene.store.settle()),
)  # fmt: skip


def _tables(store: Store) -> dict[str, dict[str, Any]]:
    """All rows; only how long pressure has lasted depends on what came before."""
    pods = {key: msgspec.structs.replace(row, pressure_since=None) for key, row in store.pods.items()}
    return {"pods": pods, "nodes": store.nodes, "endpoints": store.endpoints, "limits": store.limits}


def _fresh(scene: Scene) -> Store:
    store = store_at(scene.time)
    for kind, items in scene.kept.items():
        for item in items.values():
            more = {"news": False} if kind in ("pod", "endpoint") else {}
            getattr(store.objects, f"put_{kind}")(item, **more)
    for item in scene.agents.values():
        store.objects.put_agent(item)
    for at, limits in scene.maps.items():
        _read(store, at, limits)
    store.settle()
    return store


def _finish(scene: Scene) -> None:
    """Every change becomes old, and every map is read once more."""
    scene.wait(60.0)
    for at, limits in scene.maps.items():
        _read(scene.store, at, limits)
    while scene.store.drain(seconds=0.0).more:
        pass


def _ambiguous(scene: Scene) -> bool:
    """Two endpoints claim one ID, or two nodes one address: such a cluster has no right answer."""
    endpoints: list[CiliumEndpoint] = list(scene.kept["endpoint"].values())
    claims = Counter((item.node_ip, item.endpoint_id) for item in endpoints if item.endpoint_id is not None)
    owners: dict[str, set[str]] = {}
    for kind in ("node", "cilium_node"):
        for item in scene.kept[kind].values():
            for ip in item.addresses:
                owners.setdefault(ip, set()).add(item.name)
    return max(claims.values(), default=0) > 1 or any(len(names) > 1 for names in owners.values())


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_any_order_of_events_ends_in_the_rows_of_a_fresh_load(steps: list[Step]) -> None:
    scene = Scene()
    for step in steps:
        step(scene)
    assume(not _ambiguous(scene))
    _finish(scene)
    fresh = _fresh(scene)
    assert _tables(scene.store) == _tables(fresh)
    assert +scene.store.states == +fresh.states

"""What the status line says of all agents is what looking at all of them would say, without looking at them."""

from collections import Counter
from unittest.mock import patch

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from bwtop.cilium.status import read_status
from bwtop.live.readings import Inspection, NodeReading
from bwtop.live.store import Store
from bwtop.model.limits import EgressProgram
from live.things import Time, node, sample, store_at

NODES = ["n1", "n2", "n3"]
UNSAID = read_status('{"cilium": {}}')
EVENTS = st.one_of(
    st.tuples(st.just("pace"), st.sampled_from(NODES), st.sampled_from([2.0, 10.0, 60.0])),
    st.tuples(st.just("sample"), st.sampled_from(NODES), st.none()),
    st.tuples(st.just("inspect"), st.sampled_from(NODES), st.sampled_from(["1.13.4", "1.18.0"])),
    st.tuples(st.just("forget"), st.sampled_from(NODES), st.none()),
    st.tuples(st.just("wait"), st.none(), st.sampled_from([1.0, 6.0, 7.0, 50.0, 200.0])),
)


def happen(store: Store, time: Time, kind: str, name: str, value: object) -> None:
    match kind, value:
        case "wait", float(seconds):
            time.now += seconds
        case "pace", float(period):
            store.reading(name, period=period)
        case "forget", _:
            store.forget_node(name)
        case "sample", _:
            store.reading(name, period=store.readings[name].period if name in store.readings else 2.0)
            store.sampled(name, sample({1: 10_000_000}))
        case "inspect", str(version) if name in store.readings:
            status = msgspec.structs.replace(UNSAID, version=version, manager_enabled=True, congestion_control="bbr")
            answer = Inspection(status=status, endpoints=(), egress_program=EgressProgram.UNKNOWN, problem="")
            store.take_inspection(name, answer)


@given(st.lists(EVENTS, max_size=30))
@example(
    [
        ("pace", "n1", 2.0),
        ("sample", "n1", None),
        ("wait", None, 1.0),
        ("sample", "n1", None),
        ("wait", None, 6.0),
        ("wait", None, 7.0),
    ]
).via("it was read again before its time had come")
@example(
    [("pace", "n1", 60.0), ("sample", "n1", None), ("pace", "n1", 2.0), ("wait", None, 7.0), ("wait", None, 200.0)]
).via("the time that was planned first comes after it has turned stale")
def test_whatever_happens_it_is_what_a_look_at_all_readings_says(events: list[tuple[str, str, object]]) -> None:
    time = Time()
    store = store_at(time)
    for event in events:
        happen(store, time, *event)
        store.drain()
        read = [reading for reading in store.readings.values() if not reading.unreadable(time.now)]
        overview = store.overview()
        assert overview.agents_read == len(read)
        versions = Counter(reading.status.version for reading in read if reading.status)
        assert sorted(overview.cilium) == sorted(filter(None, versions))
        managers = sum(1 for reading in read if reading.status and reading.status.manager_enabled)
        assert sum(count for _, count in overview.managers) == managers


def test_at_rest_no_reading_is_looked_at_until_its_time_has_come() -> None:
    time = Time()
    store = store_at(time)
    for number in range(500):
        store.objects.put_node(node(f"n{number}", f"10.9.{number // 250}.{number % 250}"))
        store.reading(f"n{number}", period=60.0)
        store.sampled(f"n{number}", sample({1: 10_000_000}))
    store.settle()
    with patch.object(NodeReading, "unreadable", autospec=True, side_effect=NodeReading.unreadable) as looked:
        for _ in range(300):
            time.now += 0.5
            store.drain()
            assert store.overview().agents_read == 500
        assert not looked.called
        time.now += 60.0
        assert store.drain(seconds=60.0).nodes == {f"n{number}" for number in range(500)}
        assert store.overview().agents_read == 0

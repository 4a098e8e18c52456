"""A masked recording holds no name of the cluster, and is the same story."""

import asyncio
import gzip
import re
import typing
from collections.abc import Iterator
from types import UnionType

import msgspec
import pytest

from bwtop.live.recording import events
from bwtop.live.recording.header import Header
from bwtop.live.recording.mask import ROLES, Mask
from bwtop.live.recording.reader import Recording
from bwtop.live.store import Store
from live.clusters import be_quick
from live.recordings import Recorded, an_incident, arrived, played
from live.things import agent, endpoint, pod


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    with pytest.MonkeyPatch.context() as patch:
        be_quick(patch)
        return asyncio.run(an_incident(tmp_path_factory.mktemp("masked") / "masked.bwtop", mask=True))


def names_of(store: Store) -> Iterator[str]:
    """Everything that names something of the cluster."""
    objects = store.objects
    for one in (*objects.pods.values(), *objects.agents.values()):
        yield from (one.namespace, one.name, one.node, one.ip, one.host_ip, one.uid, one.owner.partition("/")[2])
        for label in one.labels:
            yield from label.split("=")
    for found in objects.endpoints.values():
        yield from (found.namespace, found.name, found.ipv4 or "", found.node_ip, found.owner_uid)
        for label in found.identity_labels:
            yield from () if label.startswith("reserved:") else label.removeprefix("k8s:").split("=")
    for node in objects.nodes.values():
        yield from (node.name, node.uid, *node.addresses)
    for cilium in objects.cilium_nodes.values():
        yield from (cilium.name, *cilium.addresses)
    for reading in store.readings.values():
        yield from (one.interface or "" for one in reading.endpoints.values())
        yield from reading.status.devices if reading.status else ()


def test_nothing_of_the_original_is_left_in_the_file(masked: Recorded) -> None:
    text = re.sub(r'"\w+":', "", gzip.decompress(masked.path.read_bytes()).decode())  # names of fields are ours
    names = {name for name in names_of(masked.store) if name} | {"demo"}
    assert {"netperf-server", "default", "ip-192-168-29-49.ec2.internal", "192.168.62.98", "app", "cart"} <= names
    left = [name for name in sorted(names) if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", text)]
    assert left == []
    assert not re.search(r"\b(192\.168|10)\.\d+\.\d+", text)


async def test_a_masked_replay_tells_the_same_story_under_other_names(masked: Recorded) -> None:
    with played(masked.path, start=1e9) as replay:
        await arrived(replay)
        replay.store.settle()
        assert len(replay.store.pods) == len(masked.store.pods)
        assert replay.store.states == masked.store.states
        for row in replay.store.pods.values():
            assert re.fullmatch(r"namespace-\d+/pod-\d+", row.key)
        errors = {reading.error for reading in replay.store.readings.values() if reading.error}
        assert errors
        assert [error for error in errors if not error.startswith("expected ")] == []
        limits = sorted(row.programmed.bits_per_second for row in replay.store.limits.values())
        assert limits == sorted(row.programmed.bits_per_second for row in masked.store.limits.values())
    header = Recording(masked.path).header
    assert (header.context, header.masked) == ("context-1", True)


def test_the_same_name_has_the_same_pseudonym_wherever_it_stands() -> None:
    mask = Mask()
    first = mask.event(events.PodPut(pod=pod("cart", node="n1", ip="10.0.0.7")))
    second = mask.event(events.EndpointPut(endpoint=endpoint("cart", 7, ipv4="10.0.0.7")))
    third = mask.event(events.Dropped(kind="pod", key=pod("cart").key))
    fourth = mask.event(events.Failed(node="n1", error="agent cart at 10.0.0.7 gave no answer to alice"))
    assert isinstance(first, events.PodPut)
    assert isinstance(second, events.EndpointPut)
    assert isinstance(third, events.Dropped)
    assert isinstance(fourth, events.Failed)
    assert first.pod.key == second.endpoint.key == third.key
    assert first.pod.ip == second.endpoint.ipv4 == "198.18.0.1"
    assert fourth.error == f"agent {first.pod.name} at 198.18.0.1 gave no answer to xxx"
    assert fourth.node == first.pod.node


@pytest.mark.parametrize(
    ("annotation", "expected"), [("10M", "10M"), ("10MB", "10MB"), ("-5Mi", "-5Mi"), ("ask alice", "invalid-1")]
)
def test_an_annotation_stays_while_it_can_be_a_quantity(annotation: str, expected: str) -> None:
    event = Mask().event(events.PodPut(pod=pod("cart", annotation=annotation)))
    assert isinstance(event, events.PodPut)
    assert event.pod.annotation == expected


def test_a_pod_that_is_called_like_a_word_is_masked_in_errors_too() -> None:
    mask = Mask()
    mask.event(events.AgentPut(pod=agent("n1", name="limit")))
    event = mask.event(events.Failed(node="n1", error="limit: no answer from 10.9.9.9:6443, Get https://api.corp/x"))
    assert isinstance(event, events.Failed)
    assert re.fullmatch(r"pod-1: no answer from xxx, Get xxx", event.error)


def test_every_text_that_an_event_can_carry_has_a_role() -> None:
    """A new field of a recorded value must be given one, or it is masked to the unrecognisable."""
    missing = [
        f"{struct.__name__}.{field.name}"
        for struct in reachable(events.Line, Header)
        for field in msgspec.structs.fields(struct)
        if str in parts(field.type) and field.name not in ROLES.get(struct.__name__, {})
    ]
    assert missing == []


def parts(kind: typing.Any) -> set[typing.Any]:
    """The types that a type is made of, texts of a Literal as str."""
    if typing.get_origin(kind) is typing.Literal:
        return {str}
    return {kind}.union(*(parts(one) for one in typing.get_args(kind)))


def reachable(*structs: type) -> set[type[msgspec.Struct]]:
    found: set[type[msgspec.Struct]] = set()
    todo: list[typing.Any] = list(structs)
    while todo:
        kind = todo.pop()
        if isinstance(kind, UnionType) or typing.get_args(kind):
            todo += typing.get_args(kind)
        elif isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in found:
            found.add(kind)
            todo += [field.type for field in msgspec.structs.fields(kind)]
    return found

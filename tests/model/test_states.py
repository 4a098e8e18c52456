from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwtop.model.limits import EgressProgram, Programmed
from bwtop.model.quantity import asked, asked_of
from bwtop.model.states import PENDING_SECONDS, Facts, Pressure, State, Verdict, verdict

M = 1_000_000


def judge(annotation: str | None = None, programmed: int | None = None, *, node: str = "n1", **facts: Any) -> Verdict:
    """The verdict where the agent can be read and the egress program is attached."""
    known: dict[str, Any] = {"egress_program": EgressProgram.ATTACHED, **facts}
    row = None if programmed is None else Programmed(programmed)
    return verdict(Facts(node=node, asked=asked_of(annotation), programmed=row, **known))


@pytest.mark.parametrize(
    ("judged", "state", "reason"),
    [
        (judge("10M", host_network=True), State.HOST_NETWORK, "in the node's network: no limit can apply"),
        (judge("10M", node=""), State.UNKNOWN, "not scheduled yet"),
        (judge("10M", 10 * M, unreadable="agent down"), State.UNKNOWN, "agent down"),
        (judge("10M", 10 * M), State.IN_SYNC, "asked equals programmed"),
        (judge(), State.UNLIMITED, "neither asked nor programmed"),
        (judge("", 0), State.UNLIMITED, "neither asked nor programmed"),
        (judge(has_endpoint=False), State.UNLIMITED, "neither asked nor programmed"),
        (judge("50M", 20 * M), State.MISMATCH, "asked 50M, programmed 20M"),
        (judge(None, 20 * M), State.ORPHAN, "20M is programmed, but not asked"),
        (judge("10M"), State.NOT_PROGRAMMED, "annotation 10M is not in the map: no entry for this endpoint"),
        (judge("10M", 0), State.NOT_PROGRAMMED, "annotation 10M is not in the map: its entry sets no limit"),
        (
            judge("10M", manager_enabled=False),
            State.NOT_PROGRAMMED,
            "annotation 10M is not in the map: the bandwidth manager is off on this node",
        ),
        (judge("10M", 10 * M, has_endpoint=False), State.NOT_PROGRAMMED, "Cilium has no endpoint for this pod"),
        (judge("10M", has_endpoint=False), State.NOT_PROGRAMMED, "Cilium has no endpoint for this pod"),
        (
            judge("10M", 10 * M, egress_program=EgressProgram.MISSING),
            State.NOT_ENFORCED,
            "in the map, but no egress program on the node's devices applies it",
        ),
        (
            judge("10M", 10 * M, manager_enabled=False),
            State.NOT_ENFORCED,
            "in the map, but the bandwidth manager is off on this node",
        ),
        (
            judge("10M", 10 * M, egress_program=EgressProgram.UNKNOWN),
            State.IN_SYNC,
            "asked equals programmed; the egress program could not be checked",
        ),
        (
            judge("50M", 20 * M, changed_ago=3.2),
            State.PENDING,
            "changed 3 s ago, the map does not agree yet",
        ),
    ],
)
def test_each_state_has_its_reason(judged: Verdict, state: State, reason: str) -> None:
    assert judged == Verdict(state, reason)


@pytest.mark.parametrize(
    ("annotation", "programmed", "cilium", "reason"),
    [
        ("10m", 0, (1, 18), "10m is milli: 0.01 bit/s, no limit"),
        ("10m", 20 * M, (1, 18), "10m is milli: 0.01 bit/s, no limit; the old limit 20M is still in the map"),
        ("10MB", None, (1, 18), "10MB is no Kubernetes quantity; write 10M; Cilium 1.18 removes the limit"),
        ("10MB", None, (1, 17), "10MB is no Kubernetes quantity; write 10M; Cilium 1.17 removes the limit"),
        (
            "10MB",
            None,
            (1, 16),
            "10MB is no Kubernetes quantity; write 10M; Cilium 1.16 leaves the map as it was: no limit",
        ),
        ("10MB", 50 * M, (1, 13), "10MB is no Kubernetes quantity; write 10M; the old limit 50M is still in the map"),
        ("10MB", None, None, "10MB is no Kubernetes quantity; write 10M"),
    ],
)
def test_an_invalid_annotation_says_what_cilium_of_that_version_does(
    annotation: str, programmed: int | None, cilium: tuple[int, int] | None, reason: str
) -> None:
    assert judge(annotation, programmed, cilium=cilium) == Verdict(State.INVALID, reason)


def test_an_invalid_annotation_is_called_so_at_once_and_without_an_endpoint() -> None:
    assert judge("10MB", changed_ago=0.0, has_endpoint=False).state is State.INVALID


@pytest.mark.parametrize(
    ("annotation", "programmed", "facts"),
    [
        ("10M", None, {}),
        ("10M", 20 * M, {}),
        (None, 20 * M, {}),
        ("10M", None, {"has_endpoint": False}),
        ("10M", None, {"manager_enabled": False}),
    ],
)
def test_drift_is_pending_for_ten_seconds_and_no_longer(
    annotation: str | None, programmed: int | None, facts: dict[str, Any]
) -> None:
    assert judge(annotation, programmed, changed_ago=PENDING_SECONDS - 0.1, **facts).state is State.PENDING
    assert judge(annotation, programmed, changed_ago=PENDING_SECONDS, **facts).state is not State.PENDING


def test_a_change_that_has_arrived_is_not_pending() -> None:
    assert judge("10M", 10 * M, changed_ago=0.5).state is State.IN_SYNC
    assert judge(None, 0, changed_ago=0.5).state is State.UNLIMITED


def test_limits_are_compared_in_whole_bytes() -> None:
    assert judge("999", 992).state is State.IN_SYNC
    assert judge("1.5G", 1_500 * M).state is State.IN_SYNC


@pytest.mark.parametrize(
    ("rate", "pressure"),
    [
        (None, None),
        (0, None),
        (9_499_999, None),
        (9_500_000, Pressure.AT_CAP),
        (11_500_000, Pressure.AT_CAP),
        (11_500_001, Pressure.OVER),
        (95 * M, Pressure.OVER),
    ],
)
def test_pressure_stands_beside_a_limit_in_sync(rate: int | None, pressure: Pressure | None) -> None:
    assert judge("10M", 10 * M, rate=rate).pressure is pressure


def test_no_other_state_has_pressure() -> None:
    assert judge("10M", 10 * M, rate=95 * M, egress_program=EgressProgram.MISSING).pressure is None
    assert judge(None, None, rate=95 * M).pressure is None
    assert judge("50M", 20 * M, rate=95 * M).pressure is None


def test_a_long_hostile_annotation_makes_a_short_printable_reason() -> None:
    reason = judge("\x1b]0;" + "x" * 200_000).reason
    assert reason.isprintable()
    assert len(reason) < 200
    assert len(judge("0" * 200_000 + "10M").reason) < 200


annotations = (
    st.none() | st.sampled_from(["", "10M", "20M", "10m", "10MB", "0", "-5M", "96", "100"]) | st.text(max_size=8)
)
all_facts = st.builds(
    Facts,
    host_network=st.booleans(),
    node=st.sampled_from(["", "n1"]),
    unreadable=st.sampled_from(["", "", "agent down"]),
    has_endpoint=st.booleans(),
    asked=annotations.map(asked_of),
    programmed=st.none() | st.sampled_from([0, 96, 10 * M, 20 * M]).map(Programmed),
    changed_ago=st.none() | st.floats(-5, 1e6),
    manager_enabled=st.none() | st.booleans(),
    egress_program=st.sampled_from(EgressProgram),
    cilium=st.none() | st.tuples(st.just(1), st.integers(9, 21)),
    rate=st.none() | st.integers(0, 10**12),
)


@given(all_facts)
def test_the_verdict_never_raises_and_always_has_a_short_reason(facts: Facts) -> None:
    judged = verdict(facts)
    assert 0 < len(judged.reason) < 200
    assert judged.reason.isprintable()
    assert not judged.reason.endswith(".")


@given(all_facts)
def test_what_cannot_be_read_is_never_called_anything_but_unknown(facts: Facts) -> None:
    if not facts.host_network and (facts.unreadable or not facts.node):
        assert verdict(facts).state is State.UNKNOWN


@given(all_facts)
def test_in_sync_means_readable_asked_equal_and_not_known_to_be_unenforced(facts: Facts) -> None:
    judged = verdict(facts)
    if judged.state is State.IN_SYNC:
        assert facts.node
        assert not facts.unreadable
        assert facts.asked
        assert facts.programmed
        assert facts.asked.bits_per_second == facts.programmed.bits_per_second > 0
        assert facts.egress_program is not EgressProgram.MISSING
        assert facts.manager_enabled is not False
    else:
        assert judged.pressure is None


@given(all_facts)
def test_unlimited_means_that_no_limit_is_asked_and_none_programmed(facts: Facts) -> None:
    if verdict(facts).state is State.UNLIMITED:
        assert facts.asked is None
        assert not (facts.programmed and facts.programmed.bits_per_second)


def test_a_limit_asked_in_bits_that_fill_no_byte_is_invalid() -> None:
    assert asked("7").bits_per_second == 0
    assert judge("7", 0).state is State.INVALID

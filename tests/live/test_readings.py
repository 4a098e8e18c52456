"""One node's readings: a broken answer never erases a good one, and unknown is never zero."""

from unittest.mock import patch

import pytest

from bwtop.cilium.bandwidth import read_bandwidth_map
from bwtop.cilium.output import OutputError
from bwtop.live.readings import NodeReading
from bwtop.model.frames import Frame, Section
from bwtop.model.limits import Direction, EgressProgram, Programmed

EGRESS = Direction.EGRESS
ENDPOINTS = """[{"id": 124, "status": {"external-identifiers": {"k8s-namespace": "default", "k8s-pod-name": "server"},
"networking": {"interface-name": "lxc1"}}}]"""


def sample(map_text: str, *, uptime: float = 0.0, received: int = 0, status: int = 0) -> Frame:
    net = f"Inter-|   Receive\n face |bytes packets\n  lxc1: {received} 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n"
    return {
        "map": Section(map_text, status),
        "counters": Section(f"{uptime:.2f} 1.00\n{net}", 0),
    }


def inspection(endpoints: str = ENDPOINTS) -> Frame:
    return {"status": Section("{}", 0), "endpoints": Section(endpoints, 0), "programs": Section("not found", 127)}


@pytest.fixture
def reading() -> NodeReading:
    return NodeReading(period=2.0)


def test_a_node_that_was_never_read_is_unreadable_with_the_reason(reading):
    assert reading.unreadable(0.0)
    reading.error = "forbidden"
    assert reading.unreadable(0.0) == "forbidden"


def test_a_sample_is_fresh_for_three_periods(reading):
    reading.sample(sample('{"124": ["1250000"]}'), now=10.0, unix=1.0)
    assert reading.unreadable(15.9) == ""
    assert "not read for 6 s" in reading.unreadable(16.1)


@pytest.mark.parametrize("garbage", ["", "hello", '{"124": [', '{"124": 5}', "\x1b[2J{]"])
def test_garbage_is_an_error_that_keeps_the_last_good_map(reading, garbage):
    reading.sample(sample('{"124": ["1250000"]}'), now=10.0, unix=1.0)
    with pytest.raises(OutputError):
        reading.sample(sample(garbage), now=12.0, unix=2.0)
    assert reading.entries is not None
    assert reading.entries[124, EGRESS].bits_per_second == 10_000_000
    assert reading.sampled_mono == 10.0


def test_a_missing_map_is_read_as_manager_off(reading):
    text = "bandwidth manager not enabled"
    reading.sample(sample(text, status=1), now=1.0, unix=1.0)
    assert reading.entries == {}
    assert reading.manager_enabled is False
    assert reading.unreadable(1.0) == ""


def test_the_first_sample_gives_no_rate_and_the_second_does(reading):
    reading.inspect(inspection(), now=0.0)
    reading.sample(sample("{}", uptime=100.0, received=1000), now=0.0, unix=0.0)
    assert reading.rates == {}
    reading.sample(sample("{}", uptime=102.0, received=3500), now=2.0, unix=2.0)
    assert reading.rates == {124: 10_000}


def test_a_counter_that_goes_back_gives_no_rate_instead_of_a_negative_one(reading):
    reading.inspect(inspection(), now=0.0)
    for uptime, received in ((100.0, 9000), (102.0, 10)):
        reading.sample(sample("{}", uptime=uptime, received=received), now=uptime, unix=0.0)
    assert reading.rates == {}


def test_only_endpoints_whose_figures_changed_are_named(reading):
    reading.sample(sample('{"1": ["100"], "2": ["200"]}'), now=0.0, unix=0.0)
    changed = reading.sample(sample('{"1": ["100"], "2": ["300"], "3": ["5"]}'), now=1.0, unix=1.0)
    assert changed == {2, 3}


def test_an_agent_that_comes_back_touches_the_whole_node(reading):
    reading.sample(sample("{}"), now=0.0, unix=0.0)
    assert reading.sample(sample("{}"), now=100.0, unix=100.0) is None


def test_an_inspection_that_fails_keeps_what_the_last_one_said(reading):
    reading.inspect(inspection(), now=0.0)
    reading.inspect(inspection("no json"), now=1.0)
    assert reading.endpoints[124].interface == "lxc1"
    assert "endpoints" in reading.inspect_error


def test_without_bpftool_the_egress_program_is_unknown(reading):
    reading.inspect(inspection(), now=0.0)
    assert reading.egress_program is EgressProgram.UNKNOWN


def test_a_frame_without_its_sections_does_no_harm(reading):
    with pytest.raises(OutputError):
        reading.sample({}, now=0.0, unix=0.0)
    assert reading.entries is None


def test_a_map_that_is_printed_as_before_is_not_read_again(reading):
    with patch("bwtop.live.readings.read_bandwidth_map", side_effect=read_bandwidth_map) as read:
        for now in (10.0, 12.0, 14.0):
            reading.sample(sample('{"124": ["1250000"]}'), now=now, unix=now)
        assert read.call_count == 1
        assert reading.entries == {(124, EGRESS): Programmed(bits_per_second=10_000_000)}
        reading.sample(sample('{"124": ["2500000"]}'), now=16.0, unix=16.0)
        assert reading.entries == {(124, EGRESS): Programmed(bits_per_second=20_000_000)}


def test_a_map_that_does_not_read_is_an_error_each_time(reading):
    reading.sample(sample('{"124": ["1250000"]}'), now=10.0, unix=10.0)
    for _ in range(2):
        with pytest.raises(OutputError):
            reading.read_sample(sample(""))
    assert not reading.map_missing
    reading.sample(sample('{"124": ["1250000"]}'), now=12.0, unix=12.0)
    assert reading.entries

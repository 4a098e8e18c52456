import pytest

from bwtop.cilium.counters import read_net_dev, read_uptime
from bwtop.cilium.output import OutputError
from cilium.recorded import live


def test_received_bytes_are_read_by_interface() -> None:
    counters = read_net_dev(live("proc_net_dev"))
    assert counters["lxc29fad94114f8"] == 134159354
    assert counters["ext0"] == 121551974
    assert len(counters) == 7


def test_a_counter_that_touches_the_name_is_read() -> None:
    assert read_net_dev("eth0:12345678901234567890 " + "0 " * 15 + "\n") == {"eth0": 12345678901234567890}


@pytest.mark.parametrize("text", ["", "cat: /proc/net/dev: Permission denied", "  lxc1: 12 34\n"])
def test_no_counters_are_an_error(text: str) -> None:
    with pytest.raises(OutputError, match="/proc/net/dev"):
        read_net_dev(text)


def test_uptime_is_the_first_number() -> None:
    assert read_uptime("350735.47 234388.90\n") == 350735.47
    assert read_uptime("some warning\n12 3.5\n\n") == 12.0


@pytest.mark.parametrize("text", ["", "nan inf", "-1 2", "1e9 2", "12"])
def test_no_uptime_is_an_error(text: str) -> None:
    with pytest.raises(OutputError, match="/proc/uptime"):
        read_uptime(text)

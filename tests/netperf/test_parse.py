"""Every recording of a real netperf, and what may come instead, as a figure or as an error with a next step."""

import msgspec
import pytest

from bwtop.model.netperf import NetperfTest
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.measurement import Latency
from bwtop.netperf.parse import Printed, read_measurement
from netperf.recorded import FOLDER, NAMES, recorded

RECEIVED = {
    "tcp_maerts_10mbit": (NetperfTest.TCP_MAERTS, 9.56e6),
    "tcp_maerts_10mbit_interim": (NetperfTest.TCP_MAERTS, 9.57e6),
    "tcp_maerts_keyval": (NetperfTest.TCP_MAERTS, 9.55e6),
    "tcp_maerts_selectors": (NetperfTest.TCP_MAERTS, 9.57e6),
    "tcp_stream_unlimited": (NetperfTest.TCP_STREAM, 9657.75e6),
    "udp_stream": (NetperfTest.UDP_STREAM, 6255.88e6),
    "udp_stream_routed": (NetperfTest.UDP_STREAM, 641.36e6),
}
TRANSACTIONS = {"tcp_rr": 16537.52, "tcp_rr_selectors": 18337.37}
FAILURES = {
    "bad_option": (Failure.REFUSED, "option --"),
    "no_netserver": (Failure.NO_NETSERVER, "no netserver answers at 10.99.0.2 port 12865"),
    "unknown_test": (Failure.REFUSED, "TCP_NOPE"),
    "unresolvable_host": (Failure.UNRESOLVABLE, "nosuch.invalid"),
}
GOOD = "THROUGHPUT=9.55\nTHROUGHPUT_UNITS=10^6bits/s\nELAPSED_TIME=5.00\n"


def printed(stdout: str = "", stderr: str = "", exit_status: int = 0) -> Printed:
    return Printed(stdout=stdout, stderr=stderr, exit_status=exit_status)


def test_nothing_that_was_recorded_is_left_out() -> None:
    assert set(NAMES) == RECEIVED.keys() | TRANSACTIONS.keys() | FAILURES.keys()
    files = {path.name for path in FOLDER.iterdir()} - {"commands.txt"}
    assert files == {f"{name}.{part}" for name in NAMES for part in ("stdout", "stderr", "exit")}


@pytest.mark.parametrize(("name", "test", "bits"), [(name, *rest) for name, rest in RECEIVED.items()])
def test_streams_are_told_as_the_receiver_counted_them(name: str, test: NetperfTest, bits: float) -> None:
    assert read_measurement(test, recorded(name)).received == pytest.approx(bits)


@pytest.mark.parametrize(("name", "rate"), TRANSACTIONS.items())
def test_round_trips_are_a_rate_of_their_own_and_no_bits(name: str, rate: float) -> None:
    measured = read_measurement(NetperfTest.TCP_RR, recorded(name))
    assert (measured.transactions, measured.received) == (pytest.approx(rate), None)


@pytest.mark.parametrize(("name", "failure", "words"), [(name, *rest) for name, rest in FAILURES.items()])
def test_failures_say_what_to_do_next(name: str, failure: Failure, words: str) -> None:
    with pytest.raises(NetperfError) as raised:
        read_measurement(NetperfTest.TCP_MAERTS, recorded(name))
    assert raised.value.failure is failure
    assert words in raised.value.cause
    assert raised.value.hint


def test_percentiles_and_retransmits_come_along() -> None:
    measured = read_measurement(NetperfTest.TCP_MAERTS, recorded("tcp_maerts_keyval"))
    assert measured.latency == Latency(mean=1238.78, p50=1240, p90=1290, p99=2455)
    assert measured.retransmits == 0
    assert (measured.client_cpu, measured.server_cpu) == (None, None), "netperf writes -1 for what it did not measure"


def test_the_receivers_side_is_taken_by_name() -> None:
    text = GOOD + "LOCAL_RECV_THROUGHPUT=9.4\nREMOTE_SEND_THROUGHPUT=13.57\n"
    measured = read_measurement(NetperfTest.TCP_MAERTS, printed(text))
    assert (measured.received, measured.sent) == (9.4e6, 13.57e6)


def test_the_order_of_the_results_and_lines_of_others_do_not_matter() -> None:
    text = "MIGRATED TCP MAERTS TEST\n" + "\n".join(reversed(GOOD.splitlines())) + "\nsome library says hello\n"
    assert read_measurement(NetperfTest.TCP_MAERTS, printed(text)).received == 9.55e6


@pytest.mark.parametrize("lines", [0, 1, 2])
def test_output_that_breaks_off_is_no_result(lines: int) -> None:
    text = "\n".join(GOOD.splitlines()[:lines])
    with pytest.raises(NetperfError) as raised:
        read_measurement(NetperfTest.TCP_MAERTS, printed(text))
    assert raised.value.failure is Failure.TRUNCATED


@pytest.mark.parametrize("value", ["", "nan", "inf", "-1.00", "9.5x"])
def test_what_is_no_figure_is_no_result(value: str) -> None:
    with pytest.raises(NetperfError):
        read_measurement(NetperfTest.TCP_MAERTS, printed(GOOD.replace("9.55", value)))


def test_a_rate_of_transactions_is_not_read_as_bits() -> None:
    with pytest.raises(NetperfError, match="expected a figure in"):
        read_measurement(NetperfTest.TCP_MAERTS, printed(GOOD.replace("10^6bits/s", "Trans/s")))


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (124, Failure.TIMED_OUT),
        (143, Failure.STOPPED),
        (137, Failure.STOPPED),
        (127, Failure.NO_NETPERF),
        (1, Failure.OTHER),
    ],
)
def test_the_exit_status_counts_even_with_a_result(status: int, failure: Failure) -> None:
    with pytest.raises(NetperfError) as raised:
        read_measurement(NetperfTest.TCP_MAERTS, printed(GOOD, "recv_response: partial response", status))
    assert raised.value.failure is failure


def test_an_unknown_failure_tells_what_netperf_said_last() -> None:
    said = printed("send_tcp_maerts: data recv error: Connection reset by peer\n", exit_status=1)
    with pytest.raises(NetperfError, match="Connection reset by peer"):
        read_measurement(NetperfTest.TCP_MAERTS, said)


def test_control_characters_never_get_through() -> None:
    with pytest.raises(NetperfError) as raised:
        read_measurement(NetperfTest.TCP_MAERTS, printed(stderr="\x1b[2Jboom\x07", exit_status=1))
    assert str(raised.value).isprintable()


def test_a_measurement_is_plain_json() -> None:
    measured = read_measurement(NetperfTest.TCP_MAERTS, recorded("tcp_maerts_keyval"))
    assert msgspec.json.decode(msgspec.json.encode(measured))["received"] == pytest.approx(9.55e6)

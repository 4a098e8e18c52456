"""The command that runs one netperf in a container, so that it cannot outlive its reader.

Closing an exec does not end its process (kubernetes#89031). So a small shell holds the standard input: netperf is
killed by its process id when a line or the end of the input comes, as it does when the connection is lost; `timeout`
bounds it where the image has it, and netperf's own `-l` ends a good run. The exit status is printed as well: some
servers tell it only once the client has let go of the standard input.
"""

from collections.abc import Sequence
from math import ceil
from typing import Final

from bwtop.model.netperf import RUN, NetperfTest

PORT: Final = 12865
GRACE_SECONDS: Final = 10
"""What a run may take longer than its duration, before `timeout` ends it."""
STOP: Final = b"stop\n"

COUNTS: Final = ("LOCAL_TRANSPORT_RETRANS", "REMOTE_TRANSPORT_RETRANS")
SIDES: Final = ("LOCAL_SEND_THROUGHPUT", "LOCAL_RECV_THROUGHPUT", "REMOTE_SEND_THROUGHPUT", "REMOTE_RECV_THROUGHPUT")
LATENCIES: Final = (
    "MIN_LATENCY",
    "MEAN_LATENCY",
    "P50_LATENCY",
    "P90_LATENCY",
    "P99_LATENCY",
    "MAX_LATENCY",
)
SELECTORS: Final = (
    "THROUGHPUT",
    "THROUGHPUT_UNITS",
    "ELAPSED_TIME",
    *SIDES,
    *LATENCIES,
    *COUNTS,
    "LOCAL_CPU_UTIL",
    "REMOTE_CPU_UTIL",
)
"""Results that are asked for by name; netperf 2.5 and later know them."""
_UDP_BYTES: Final = 1400
"""A message a packet: a larger one is lost whole with any of its fragments."""

_SCRIPT: Final = """
bound="timeout $1"; command -v timeout >/dev/null 2>&1 || bound=
shift
exec 3<&0
$bound "$@" </dev/null 3<&- & run=$!
( read -r _ <&3; kill $run ) </dev/null >/dev/null 2>&1 & watch=$!
exec 3<&-
wait $run; status=$?
kill $watch 2>/dev/null
printf '\\n#bwtop exit %s\\n' $status
exit $status
"""


def netperf_arguments(test: NetperfTest, *, ip: str, seconds: float) -> Sequence[str]:
    """What is run, as somebody may type it: `netperf -P 0 ...`; CPU is measured on both sides (-c -C)."""
    udp = ("-R", "1", "-m", str(_UDP_BYTES)) if test.udp else ()
    names = ",".join(SELECTORS)
    general = ("-P", "0", "-c", "-C", "-t", test.value, "-H", ip, "-l", str(max(1, ceil(seconds))))
    return ("netperf", *general, "--", *udp, "-k", names)


def run_command(test: NetperfTest, *, ip: str, seconds: float) -> Sequence[str]:
    """For the exec: bounded, and stopped by a line on its standard input."""
    bound = str(ceil(seconds) + GRACE_SECONDS)
    return ("sh", "-c", _SCRIPT, RUN, bound, *netperf_arguments(test, ip=ip, seconds=seconds))

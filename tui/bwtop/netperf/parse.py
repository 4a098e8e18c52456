"""Reads what one netperf left behind: standard output, standard error and exit status; all three say how it went."""

import re
from typing import Final

import msgspec

from bwtop.model.netperf import NetperfTest, Sender
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.fields import Fields, read_fields
from bwtop.netperf.measurement import Latency, Measurement

_BITS: Final = 1e6
_BITS_UNITS: Final = "10^6bits/s"
_RATE_UNITS: Final = "Trans/s"
TIMED_OUT: Final = 124
_SIGNALS: Final = (143, 137, 130)
"""128 + TERM, KILL, INT: somebody stopped it."""
_ABSENT: Final = (126, 127)
NO_NETPERF_HINT: Final = "choose another client, or let bwtop make one (--from new)"


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    stdout: str
    stderr: str
    exit_status: int


def read_measurement(test: NetperfTest, printed: Printed) -> Measurement:
    """Raises NetperfError when the run failed or its results are not all there."""
    if printed.exit_status:
        raise _failed(printed)
    fields = read_fields(printed.stdout)
    if {"THROUGHPUT", "THROUGHPUT_UNITS"} - fields.keys() or not printed.stdout.endswith("\n"):
        said = _last_words(printed)
        what = f"netperf's output breaks off after {said!r}" if said else "netperf printed nothing"
        raise NetperfError(Failure.TRUNCATED, what, hint="try again")
    return _transactions(fields) if test is NetperfTest.TCP_RR else _stream(test, fields)


def _transactions(fields: Fields) -> Measurement:
    return _measurement(fields, transactions=_figure(fields, "THROUGHPUT", units=_RATE_UNITS))


def _stream(test: NetperfTest, fields: Fields) -> Measurement:
    """The receiver's rate: the sender's counts what still lies in socket buffers."""
    sender, receiver = ("REMOTE", "LOCAL") if test.sender is Sender.SERVER else ("LOCAL", "REMOTE")
    throughput = _figure(fields, "THROUGHPUT", units=_BITS_UNITS)
    received = _number(fields, f"{receiver}_RECV_THROUGHPUT")
    sent = _number(fields, f"{sender}_SEND_THROUGHPUT")
    return _measurement(
        fields,
        received=(throughput if received is None else received) * _BITS,
        sent=None if sent is None else sent * _BITS,
    )


def _measurement(
    fields: Fields, *, received: float | None = None, sent: float | None = None, transactions: float | None = None
) -> Measurement:
    retransmits = [_number(fields, f"{side}_TRANSPORT_RETRANS") for side in ("LOCAL", "REMOTE")]
    known = [int(count) for count in retransmits if count is not None]
    return Measurement(
        received=received,
        sent=sent,
        transactions=transactions,
        seconds=_number(fields, "ELAPSED_TIME"),
        latency=Latency(**{name: _number(fields, f"{name.upper()}_LATENCY") for name in Latency.__struct_fields__}),
        retransmits=sum(known) if known else None,
        client_cpu=_number(fields, "LOCAL_CPU_UTIL"),
        server_cpu=_number(fields, "REMOTE_CPU_UTIL"),
    )


def _figure(fields: Fields, name: str, *, units: str) -> float:
    """Raises NetperfError for what is no figure in these units."""
    number = _number(fields, name)
    if number is None or fields["THROUGHPUT_UNITS"] != units:
        shown = f"{fields[name]} {fields['THROUGHPUT_UNITS']}"
        raise NetperfError(Failure.TRUNCATED, f"netperf's {name} is {shown!r}, expected a figure in {units}")
    return number


def _number(fields: Fields, name: str) -> float | None:
    """netperf writes -1 for what it did not measure."""
    try:
        number = float(fields[name])
    except (KeyError, ValueError):
        return None
    return number if 0 <= number < float("inf") else None


def _failed(printed: Printed) -> NetperfError:
    text, status = f"{printed.stdout}\n{printed.stderr}", printed.exit_status
    if found := re.search(r"netserver listening on (\S+) at port (\d+)", text):
        hint = "start one there: netserver is in the image that has netperf; does a network policy allow the port?"
        return NetperfError(Failure.NO_NETSERVER, f"no netserver answers at {found[1]} port {found[2]}", hint=hint)
    if found := re.search(r"could not resolve (?:host )?'?([^' ]+)", text):
        return NetperfError(Failure.UNRESOLVABLE, f"the client cannot resolve {found[1]}", hint="use the pod's IP")
    if found := re.search(r"invalid option -- '?([^'\s]+)", text):
        hint = "netperf 2.5 or later is needed, built with its omni tests"
        return NetperfError(Failure.REFUSED, f"this netperf does not know the option -{found[1]}", hint=hint)
    if found := re.search(r"The test you requested \((\S+)\) is unknown", text):
        return NetperfError(Failure.REFUSED, f"this netperf does not know the test {found[1]}", hint="try TCP_STREAM")
    if status == TIMED_OUT:
        hint = "did the connection break, or is the pod starved of CPU?"
        return NetperfError(Failure.TIMED_OUT, "netperf did not end in time and was ended", hint=hint)
    if status in _SIGNALS:
        return NetperfError(Failure.STOPPED, f"netperf was stopped (exit status {status})")
    if status in _ABSENT:
        cause = f"the container has no netperf{_said(_last_words(printed))}"
        return NetperfError(Failure.NO_NETPERF, cause, hint=NO_NETPERF_HINT)
    return NetperfError(Failure.OTHER, f"netperf failed with exit status {status}{_said(_last_words(printed))}")


def _last_words(printed: Printed) -> str:
    lines = [line for text in (printed.stdout, printed.stderr) for line in text.splitlines() if line.strip()]
    return " / ".join(" ".join(line.split()) for line in lines[-2:])[:200]


def _said(words: str) -> str:
    return f": {words}" if words else ""

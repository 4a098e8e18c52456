"""What netperf 2.7.0 reads from its command line and what it prints."""

from collections.abc import Sequence

import msgspec

from bwtop.demo.process import Output

STREAMS = ("TCP_STREAM", "TCP_MAERTS", "UDP_STREAM", "TCP_SENDFILE")
TRANSACTIONS = ("TCP_RR", "UDP_RR", "TCP_CRR")
DEFAULT_SECONDS = 10.0
_BANNERS = {
    "TCP_RR": "TCP REQUEST/RESPONSE",
    "UDP_RR": "UDP REQUEST/RESPONSE",
    "TCP_CRR": "TCP Connect/Request/Response",
}
_SELECTORS = {
    "THROUGHPUT": "Throughput",
    "THROUGHPUT_UNITS": "Throughput Units",
    "ELAPSED_TIME": "Elapsed Time (sec)",
    "TRANSACTION_RATE": "Transaction Rate Tran/s",
    "MIN_LATENCY": "Minimum Latency Microseconds",
    "MEAN_LATENCY": "Mean Latency Microseconds",
    "MAX_LATENCY": "Maximum Latency Microseconds",
    "P50_LATENCY": "50th Percentile Latency Microseconds",
    "P90_LATENCY": "90th Percentile Latency Microseconds",
    "P99_LATENCY": "99th Percentile Latency Microseconds",
    "STDDEV_LATENCY": "Stddev Latency Microseconds",
    "LOCAL_TRANSPORT_RETRANS": "Local Transport Retransmissions",
    "REMOTE_TRANSPORT_RETRANS": "Remote Transport Retransmissions",
    "LOCAL_CPU_UTIL": "Local CPU Util %",
    "REMOTE_CPU_UTIL": "Remote CPU Util %",
    "LOCAL_SEND_THROUGHPUT": "Local Send Throughput",
    "LOCAL_RECV_THROUGHPUT": "Local Recv Throughput",
    "REMOTE_SEND_THROUGHPUT": "Remote Send Throughput",
    "REMOTE_RECV_THROUGHPUT": "Remote Recv Throughput",
}
"""What `-o` writes above each value."""
_USAGE = """
Usage: netperf [global options] -- [test options]

Global options:
    -H name|ip,fam *  Specify the target machine and/or local ip and family
    -l testlen        Specify test duration (>0 secs) (<0 bytes|trans)
    -t testname       Specify test to perform
"""
_GLOBAL_WITH_VALUE = "aABDfFHiIlLnoOpPstTvWyYZ"
_GLOBAL_PLAIN = "46cCdhjNrSV"


class Call(msgspec.Struct, kw_only=True):
    test: str = "TCP_STREAM"
    host: str = "127.0.0.1"
    seconds: float = DEFAULT_SECONDS
    headers: bool = True
    interim: float = 0.0
    """Seconds between interim results; 0: none."""
    keyval: tuple[str, ...] = ()
    csv: tuple[str, ...] = ()
    message: int = 0
    """Bytes; 0: the default of the test."""
    local_cpu: bool = False
    remote_cpu: bool = False

    @property
    def udp(self) -> bool:
        return self.test.startswith("UDP")

    @property
    def streams(self) -> bool:
        return self.test in STREAMS

    @property
    def server_sends(self) -> bool:
        return self.test == "TCP_MAERTS"


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    seconds: float
    received: float
    """Bits/s, as is `sent`."""
    sent: float
    transactions: float
    """A second."""
    round_trip: float
    retransmits: int
    cpu: float
    """Percent of either node."""


def read_call(arguments: Sequence[str]) -> Call | Output:
    """The call, or what netperf says to a wrong one."""
    cut = list(arguments).index("--") if "--" in arguments else len(arguments)
    call = Call()
    problem = _read_global(call, arguments[:cut]) or _read_test(call, arguments[cut + 1 :])
    if problem:
        return problem
    call.test = call.test.upper()
    if call.test not in (*STREAMS, *TRANSACTIONS):
        return Output(
            f"The test you requested ({call.test}) is unknown to this netperf.\n"
            "Please verify that you have the correct test name, \n"
            "and that test family has been compiled into this netperf.\n",
            exit=1,
        )
    if ":" not in call.host and not call.host[:1].isdigit():
        return _unresolvable(call.host)
    return call


def _read_global(call: Call, arguments: Sequence[str]) -> Output | None:
    words = iter(arguments)
    for word in words:
        letter = word[1:2] if word.startswith("-") else ""
        if not letter or letter not in _GLOBAL_WITH_VALUE + _GLOBAL_PLAIN:
            return Output("", f"netperf: invalid option -- '{letter or word}'\n{_USAGE}", 1)
        if letter in _GLOBAL_PLAIN:
            call.local_cpu |= letter == "c"
            call.remote_cpu |= letter == "C"
            continue
        value = word[2:] or next(words, "")
        try:
            _set(call, letter, value)
        except ValueError:
            return Output("", f"netperf: bad value '{value}' of -{letter}\n{_USAGE}", 1)
    return None


def _set(call: Call, letter: str, value: str) -> None:
    match letter:
        case "H":
            call.host = value.partition(",")[0]
        case "t":
            call.test = value
        case "l":
            call.seconds = max(0.1, float(value.rstrip("s"))) or DEFAULT_SECONDS
        case "P":
            call.headers = value != "0"
        case "D":
            call.interim = abs(float(value.partition(",")[0]))


def _read_test(call: Call, arguments: Sequence[str]) -> Output | None:
    words = iter(arguments)
    for word in words:
        value = word[2:] or next(words, "")
        match word[:2]:
            case "-k":
                call.keyval = tuple(value.upper().split(","))
            case "-o" | "-O":
                call.csv = tuple(value.upper().split(","))
            case "-m":
                call.message = int(value.partition(",")[0]) if value.partition(",")[0].isdigit() else 0
    return None


def _unresolvable(host: str) -> Output:
    return Output(
        f"resolve_host: could not resolve host '{host}' port '(null)' af AF_UNSPEC\n"
        "\tgetaddrinfo returned -3 Temporary failure in name resolution\n"
        f"Netperf could not resolve {host} as a host name\n",
        exit=255,
    )


def no_connection(host: str) -> Output:
    return Output(
        f"establish control: are you sure there is a netserver listening on {host} at port 12865?\n"
        "establish_control could not establish the control connection from 0.0.0.0 port 0 address family AF_UNSPEC "
        f"to {host} port 12865 address family AF_INET\n",
        exit=255,
    )


def banner(call: Call) -> str:
    name = _BANNERS.get(call.test, call.test.replace("_", " "))
    burst = " : first burst 0" if call.test in ("TCP_RR", "UDP_RR") else ""
    return (
        f"MIGRATED {name} TEST from 0.0.0.0 (0.0.0.0) port 0 AF_INET to {call.host} () port 0 AF_INET : demo{burst}\n"
    )


def interim(bits: float, seconds: float, unix: float) -> str:
    return f"Interim result: {bits / 1e6:7.2f} 10^6bits/s over {seconds:.3f} seconds ending at {unix:.3f}\n"


def result(call: Call, measured: Measured) -> str:
    if call.keyval:
        values = selected(call, measured)
        return "".join(f"{name}={values[name]}\n" for name in call.keyval if name in values)
    if call.csv:
        values = selected(call, measured)
        names = [name for name in call.csv if name in values]
        head = ",".join(_SELECTORS[name] for name in names) + "\n" if call.headers else ""
        return head + ",".join(values[name] for name in names) + "\n"
    if call.test == "UDP_STREAM":
        return _udp_table(call, measured)
    return _stream_table(call, measured) if call.streams else _transaction_table(call, measured)


def selected(call: Call, measured: Measured) -> dict[str, str]:
    """Output selectors and their values, as text."""
    rate = measured.received / 1e6 if call.streams else measured.transactions
    mean = 11_830 / max(rate, 0.01) if call.streams else measured.round_trip * 1e6
    received, sent = f"{measured.received / 1e6:.2f}", f"{measured.sent / 1e6:.2f}"
    sides = (sent, "0.00", "0.00", received) if not call.server_sends else ("0.00", received, sent, "0.00")
    side_names = ("LOCAL_SEND", "LOCAL_RECV", "REMOTE_SEND", "REMOTE_RECV")
    retransmits = str(measured.retransmits if call.streams else 0)
    return {
        "THROUGHPUT": f"{rate:.2f}",
        "THROUGHPUT_UNITS": "10^6bits/s" if call.streams else "Trans/s",
        "ELAPSED_TIME": f"{measured.seconds:.2f}",
        "TRANSACTION_RATE": "-1.000" if call.streams else f"{measured.transactions:.3f}",
        "MIN_LATENCY": f"{mean * 0.6:.0f}",
        "MEAN_LATENCY": f"{mean:.2f}",
        "MAX_LATENCY": f"{mean * 9:.0f}",
        "P50_LATENCY": f"{mean:.0f}",
        "P90_LATENCY": f"{mean * 1.04:.0f}",
        "P99_LATENCY": f"{mean * 1.98:.0f}",
        "STDDEV_LATENCY": f"{mean * 0.12:.2f}",
        "LOCAL_TRANSPORT_RETRANS": "0" if call.server_sends else retransmits,
        "REMOTE_TRANSPORT_RETRANS": retransmits if call.server_sends else "0",
        "LOCAL_CPU_UTIL": f"{measured.cpu:.2f}" if call.local_cpu else "-1.00",
        "REMOTE_CPU_UTIL": f"{measured.cpu:.2f}" if call.remote_cpu else "-1.00",
        **{f"{name}_THROUGHPUT": value for name, value in zip(side_names, sides, strict=True)},
    }


def _stream_table(call: Call, measured: Measured) -> str:
    head = (
        "Recv   Send    Send                          \n"
        "Socket Socket  Message  Elapsed              \n"
        "Size   Size    Size     Time     Throughput  \n"
        "bytes  bytes   bytes    secs.    10^6bits/sec  \n\n"
    )
    line = (
        f"131072  16384  {call.message or 16384:5d}    {measured.seconds:.2f}     {measured.received / 1e6:7.2f}   \n"
    )
    return (head if call.headers else "") + line


def _transaction_table(call: Call, measured: Measured) -> str:
    head = (
        "Local /Remote\n"
        "Socket Size   Request  Resp.   Elapsed  Trans.\n"
        "Send   Recv   Size     Size    Time     Rate         \n"
        "bytes  Bytes  bytes    bytes   secs.    per sec   \n\n"
    )
    line = f"16384  131072 1        1       {measured.seconds:.2f}     {measured.transactions:.2f}   \n16384  131072\n"
    return (head if call.headers else "") + line


def _udp_table(call: Call, measured: Measured) -> str:
    head = (
        "Socket  Message  Elapsed      Messages                \n"
        "Size    Size     Time         Okay Errors   Throughput\n"
        "bytes   bytes    secs            #      #   10^6bits/sec\n\n"
    )
    size = call.message or 65_507
    sent, arrived = (int(bits * measured.seconds / 8 / size) for bits in (measured.sent, measured.received))
    lines = (
        f"212992   {size:5d}   {measured.seconds:.2f}     {sent:8d}      0    {measured.sent / 1e6:.2f}\n"
        f"212992           {measured.seconds:.2f}     {arrived:8d}           {measured.received / 1e6:.2f}\n\n"
    )
    return (head if call.headers else "") + lines

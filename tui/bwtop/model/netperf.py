"""The netperf tests that bwtop runs, and the name of the script that runs them."""

from enum import Enum
from typing import Final

RUN: Final = "bwtop-netperf"
"""`$0` of the script that runs one netperf: `sh -c SCRIPT bwtop-netperf SECONDS netperf ARGUMENTS...`.

It ends netperf after SECONDS, and at once when a line comes on its standard input, or the end of it."""


class Sender(Enum):
    """Whose egress a test measures."""

    SERVER = "server"
    CLIENT = "client"


class NetperfTest(Enum):
    """What netperf calls its tests."""

    TCP_MAERTS = "TCP_MAERTS"
    TCP_STREAM = "TCP_STREAM"
    TCP_RR = "TCP_RR"
    UDP_STREAM = "UDP_STREAM"

    @property
    def sender(self) -> Sender | None:
        """None: both ends send little, and no limit is tested."""
        if self is NetperfTest.TCP_RR:
            return None
        return Sender.SERVER if self is NetperfTest.TCP_MAERTS else Sender.CLIENT

    @property
    def udp(self) -> bool:
        return self is NetperfTest.UDP_STREAM

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    NetperfTest.TCP_MAERTS: "egress of the server",
    NetperfTest.TCP_STREAM: "egress of the client",
    NetperfTest.TCP_RR: "round trips",
    NetperfTest.UDP_STREAM: "egress of the client, UDP",
}

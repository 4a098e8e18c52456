"""Sockets that count what they receive and notice a peer that is gone."""

import asyncio
import contextlib
import socket
import sys
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakSet

from bwtop.kube.http import aiohttp

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_IDLE, _INTERVAL, _PROBES = 30, 10, 3
"""Keepalive: first probe after 30 s of silence, dead a minute later."""

_TLS_BUFFER = 32 * 1024
"""Two TLS records. asyncio gives every TLS connection 256 KB, which a closed one keeps until the collector comes: 500
agents read once came to 250 MB."""

_TURNS = 20
"""Of the loop, at most, until a transport has seen that its socket has ended, and has closed it."""


class Meter:
    """Bytes received by all sockets of a session: off the wire, with TLS, HTTP headers and compression."""

    def __init__(self) -> None:
        self.received = 0
        self.sockets: WeakSet[socket.socket] = WeakSet()

    async def hang_up(self) -> None:
        """Ends connections that were closed and still await the peer's farewell, as TLS does for up to 30 s."""
        for _ in range(_TURNS):
            waiting = [one for one in self.sockets if one.fileno() >= 0]
            if not waiting:
                return
            for one in waiting:
                with contextlib.suppress(OSError):  # not connected, or not any more
                    one.shutdown(socket.SHUT_RDWR)
            await asyncio.sleep(0)


class MeteredSocket(socket.socket):
    meter: Meter

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        data = super().recv(bufsize, flags)
        self.meter.received += len(data)
        return data

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0, /) -> int:
        size = super().recv_into(buffer, nbytes, flags)
        self.meter.received += size
        return size


def metered(opened: socket.socket, meter: Meter) -> MeteredSocket:
    """Takes over a socket that is connected."""
    taken = MeteredSocket(opened.family, opened.type, opened.proto, fileno=opened.detach())
    taken.meter = meter
    meter.sockets.add(taken)
    taken.setblocking(False)
    _keep_alive(taken)
    return taken


def socket_factory(meter: Meter) -> Callable[[aiohttp.AddrInfoType], socket.socket]:
    """For aiohttp.TCPConnector; from then on TLS connections of this process have small buffers."""
    SSLProtocol.max_size = _TLS_BUFFER

    def open_socket(address: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, *_ = address
        opened = MeteredSocket(family, kind, protocol)
        opened.meter = meter
        meter.sockets.add(opened)
        _keep_alive(opened)
        return opened

    return open_socket


def _keep_alive(opened: socket.socket) -> None:
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _IDLE)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _INTERVAL)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _PROBES)

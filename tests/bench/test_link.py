"""The link of the bench is as slow as it says."""

import socket
import threading
import time

from bench.link import slow_link

SIZE = 100_000


def _server(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(1)
        connection.sendall(b"x" * SIZE)


def test_bytes_come_no_faster_than_the_link_and_late() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_server, args=(listening,), daemon=True).start()
        port = listening.getsockname()[1]
        with slow_link(port, mbit_per_second=4, round_trip_ms=100) as link:
            with socket.create_connection(("127.0.0.1", link.port)) as client:
                asked = time.monotonic()
                client.sendall(b"?")
                got = sum(map(len, iter(lambda: client.recv(1 << 16), b"")))
                took = time.monotonic() - asked
            assert (got, link.carried()) == (SIZE, SIZE)
    assert took >= 0.1 + SIZE * 8 / 4e6

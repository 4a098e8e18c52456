"""Sockets of a session end with it, whatever their peers do."""

import asyncio
import socket
import threading

from bwtop.kube.sockets import Meter, metered
from bwtop.kube.tls import Tls, ssl_context
from kube.pki_files import pem, server_context

NAME = "api.example"


async def test_hanging_up_ends_a_connection_that_awaits_the_farewell_of_its_peer() -> None:
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def say_nothing() -> None:
        with listener, listener.accept()[0] as taken, server_context("named").wrap_socket(taken, server_side=True):
            over.wait(30)

    peer = threading.Thread(target=say_nothing, daemon=True)
    peer.start()
    meter = Meter()
    opened = metered(socket.create_connection(listener.getsockname()), meter)
    trusting = ssl_context(Tls(authority=pem("authority.pem")))
    _, writer = await asyncio.open_connection(sock=opened, ssl=trusting, server_hostname=NAME)
    writer.close()
    await asyncio.sleep(0)
    assert opened.fileno() >= 0, "TLS waits for the farewell"
    await meter.hang_up()
    assert opened.fileno() == -1
    over.set()
    await asyncio.to_thread(peer.join)

"""A demo server that stops ends every connection, also one that it is just accepting."""

import asyncio
import gc
import socket

import pytest

from bwtop.demo.server import HOST, DemoServer
from bwtop.demo.world import World


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("turns", range(6))
async def test_a_connection_that_comes_as_the_server_stops_is_ended(world: World, tls: bool, turns: int) -> None:
    server = DemoServer(world, tls=tls)
    await server.start()
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection((HOST, port)) as connection:
        for _ in range(turns):
            await asyncio.sleep(0)
        await server.stop()
        connection.settimeout(5)
        assert ended(connection)
    gc.collect()


def ended(connection: socket.socket) -> bool:
    """Raises TimeoutError when nobody ends it."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True

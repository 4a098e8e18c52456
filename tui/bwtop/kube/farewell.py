"""Letting go of connections at once, without the farewells of TLS and of WebSockets."""

from bwtop.kube.http import aiohttp


class WebSocket(aiohttp.ClientWebSocketResponse):
    async def close(self, *, code: int = aiohttp.WSCloseCode.OK, message: bytes = b"") -> bool:
        """Lets go of the connection at once.

        The peer's farewell makes aiohttp start the heartbeat of a closed socket anew, and for its 30 s that holds the
        connection with all its buffers.
        """
        connection = self._response.connection
        transport = connection.transport if connection else None
        try:
            return await super().close(code=code, message=message)
        finally:
            self._cancel_heartbeat()
            if transport is not None:
                transport.abort()  # TLS would wait for the farewell of a peer that may be silent


def hang_up(response: aiohttp.ClientResponse) -> None:
    """A response that was not read to its end takes its connection along, at once.

    TLS would hold it for up to 30 s, until a peer that may be silent has said farewell, too.
    """
    transport = response.connection.transport if response.connection else None
    response.close()
    if transport is not None:
        transport.abort()

"""An aiohttp site on a TCP port that loses no connection when it stops."""

import asyncio

from aiohttp import web

_HANDSHAKE = 0.2
"""Seconds that a client which is being accepted has to become a connection, once the site stops."""


class Site(web.TCPSite):
    """Leaves its runner whole connections only, which the runner then ends.

    asyncio loses one that it is still accepting when its server is closed (python/cpython#109564), or goes on with
    its TLS handshake as if nothing had happened.
    """

    async def stop(self) -> None:
        if isinstance(self._server, asyncio.Server):
            for listening in self._server.sockets:
                asyncio.get_running_loop().remove_reader(listening)
            await _accepted()
        await super().stop()


async def _accepted() -> None:
    accepting = [task for task in asyncio.all_tasks() if "_accept_connection2" in repr(task.get_coro())]
    if accepting:
        _, late = await asyncio.wait(accepting, timeout=_HANDSHAKE)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

"""Connections through a SOCKS5 proxy (`ssh -D`), which resolves the names: as kubectl takes `proxy-url: socks5://`."""

import socket
import ssl
from typing import Any

from python_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError
from python_socks.async_.asyncio import Proxy

from bwtop.kube.http import aiohttp
from bwtop.kube.sockets import Meter, metered


class SocksConnector(aiohttp.TCPConnector):
    def __init__(self, url: str, meter: Meter, *, limit: int) -> None:
        """`url` may carry a name and a password."""
        super().__init__(limit=limit, resolver=_Unresolved())
        self._proxy = Proxy.from_url(url.replace("socks5h://", "socks5://", 1), rdns=True)
        self._meter = meter

    async def _wrap_create_connection(  # aiohttp has no other place where a connector may dial for itself
        self,
        *args: Any,  # noqa: ANN401
        addr_infos: list[Any],
        req: aiohttp.ClientRequest,
        timeout: aiohttp.ClientTimeout,
        client_error: type[Exception] = aiohttp.ClientConnectorError,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        host, port, *_ = addr_infos[0][4]
        try:
            opened = await self._proxy.connect(host, port, timeout=timeout.sock_connect)
        except (ProxyError, ProxyConnectionError, ProxyTimeoutError) as error:
            raise aiohttp.ClientProxyConnectionError(req.connection_key, OSError(0, str(error))) from error
        try:
            return await self._loop.create_connection(*args, **kwargs, sock=metered(opened, self._meter))
        except ssl.SSLCertVerificationError as error:
            raise aiohttp.ClientConnectorCertificateError(req.connection_key, error) from error
        except ssl.SSLError as error:
            raise aiohttp.ClientConnectorSSLError(req.connection_key, error) from error
        except OSError as error:
            raise client_error(req.connection_key, error) from error


class _Unresolved(aiohttp.abc.AbstractResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        return [aiohttp.abc.ResolveResult(hostname=host, host=host, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """It holds nothing."""

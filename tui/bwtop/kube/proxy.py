"""Which proxy to take: the kubeconfig's, else that of HTTPS_PROXY, HTTP_PROXY and NO_PROXY as Go reads them."""

import ipaddress
from collections.abc import Mapping

from yarl import URL

from bwtop.kube.errors import ConfigError


def find_proxy(server: str, configured: str, environ: Mapping[str, str]) -> str | None:
    """URL of the proxy; None: none. Raises ConfigError for a kind that bwtop cannot use."""
    proxy = configured or _of_environment(URL(server), environ)
    if not proxy:
        return None
    url = URL(proxy if "://" in proxy else f"http://{proxy}")
    if url.scheme not in ("http", "https"):
        cause = f"bwtop cannot use a {url.scheme} proxy ({url.host}:{url.port})"
        raise ConfigError(
            cause, target="proxy-url", hint="use an HTTP proxy, or ssh -L and --server with --tls-server-name"
        )
    return str(url)


def _of_environment(server: URL, environ: Mapping[str, str]) -> str:
    name = f"{server.scheme}_proxy"
    proxy = environ.get(name.upper()) or environ.get(name) or ""
    excluded = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    return "" if not proxy or _bypassed(server, excluded) else proxy


def _bypassed(server: URL, excluded: str) -> bool:
    """Source of the rule: golang.org/x/net/http/httpproxy."""
    host = (server.host or "").lower()
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    rules = (rule.strip().lower() for rule in excluded.split(","))
    return any(_matches(rule, host, server.port, address) for rule in rules if rule)


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _matches(rule: str, host: str, port: int | None, address: _Address | None) -> bool:
    if rule == "*":
        return True
    if address is not None and "/" in rule:
        try:
            return address in ipaddress.ip_network(rule, strict=False)
        except ValueError:
            return False
    name, _, wanted = rule.rpartition(":")
    if wanted.isdigit() and ":" not in name:
        rule = name
        if int(wanted) != port:
            return False
    if address is not None:
        return _address(rule) == address
    rule = rule.removeprefix("*")
    return host.endswith(rule) if rule.startswith(".") else host == rule or host.endswith(f".{rule}")


def _address(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None

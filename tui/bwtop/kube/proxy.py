"""Which proxy to take: the kubeconfig's, else that of HTTPS_PROXY, HTTP_PROXY and NO_PROXY as Go reads them."""

import ipaddress
from collections.abc import Mapping
from typing import Final

from yarl import URL

from bwtop.kube.errors import ConfigError

_CONFIGURED: Final = ("http", "https", "socks5")
"""What kubectl takes as proxy-url."""
_KINDS: Final = (*_CONFIGURED, "socks5h")


def find_proxy(server: str, configured: str, environ: Mapping[str, str]) -> str | None:
    """URL of the proxy; None: none. `configured`: the kubeconfig's. Raises ConfigError for one that is no good."""
    if configured:
        return _usable(configured, _CONFIGURED, "proxy-url")
    found, name = _of_environment(URL(server), environ)
    return _usable(found if "://" in found else f"http://{found}", _KINDS, name) if found else None


def dials(proxy: str | None) -> bool:
    """Whether the proxy is one that connections are dialled through, not one that is spoken HTTP with."""
    return bool(proxy) and str(proxy).startswith("socks5")


def _usable(text: str, kinds: tuple[str, ...], source: str) -> str:
    """The message leaves the URL out: it may carry a password."""
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme in kinds and url.host:
        return str(url)
    hint = f"it begins with {', '.join(f'{kind}://' for kind in kinds[:-1])} or {kinds[-1]}://"
    raise ConfigError(f"{source} is no URL of a proxy that bwtop can use", target=source, hint=hint)


def _of_environment(server: URL, environ: Mapping[str, str]) -> tuple[str, str]:
    """What the environment says, and the name of the variable."""
    name = f"{server.scheme}_proxy"
    proxy = environ.get(name.upper()) or environ.get(name) or ""
    excluded = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    return ("", name) if not proxy or _bypassed(server, excluded) else (proxy, name.upper())


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
    if (network := _network(rule)) is not None:
        return address is not None and address in network
    name, wanted = _split_port(rule)
    if not name or wanted not in ("", str(port)):
        return False
    if (alone := _address(name)) is not None or address is not None:
        return alone == address
    name = name[1:] if name.startswith("*.") else name
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")


def _split_port(rule: str) -> tuple[str, str]:
    """`host`, `host:port`, `[IPv6]:port` or a bare IPv6 address; the port is empty where there is none."""
    name, colon, port = rule.rpartition(":")
    if not colon or (":" in name and not name.endswith("]")):
        return rule, ""
    return name.removeprefix("[").removesuffix("]"), port


def _network(rule: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Only with a prefix length: Go knows no net masks."""
    _, slash, bits = rule.rpartition("/")
    if not slash or not bits.isdigit():
        return None
    try:
        return ipaddress.ip_network(rule, strict=False)
    except ValueError:
        return None


def _address(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None

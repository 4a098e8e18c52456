"""`status -o json`: how an agent is and whether its bandwidth manager is on.

Outer keys are kebab-case, those of the bandwidth manager camelCase; routing moved in 1.16 (wire structs below).
"""

import re

import msgspec

from bwtop.cilium.output import decode
from bwtop.model.printable import printable


class AgentStatus(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """None: the agent did not say, as its version does not or the status is a brief one."""

    version: str | None
    """`1.13.18`."""
    state: str | None
    """`Ok`, `Warning`, `Failure` or `Disabled`; `-o json` exits 0 for all of them."""
    message: str
    """What the agent says of itself: its version, or what fails."""
    manager_enabled: bool | None
    congestion_control: str | None
    """`cubic` or `bbr`."""
    devices: tuple[str, ...]
    """Those that the bandwidth manager took."""
    cni_chaining: str | None
    """`none` where nothing is chained."""
    routing: str | None
    """`native` or `tunnel`; not told before 1.16."""
    tunnel_protocol: str | None
    host_routing: str | None
    """`BPF` or `Legacy`."""
    encryption: str | None
    """`Disabled`, `IPsec`, `Wireguard`, `Ztunnel`."""
    kube_proxy_replacement: str | None
    """`True` and `False`; up to 1.15 also `Disabled`, `Strict`, `Probe`, `Partial`."""
    host_firewall: str | None
    """`Enabled` or `Disabled`."""


class _Health(msgspec.Struct, gc=False):
    state: str | None = None
    msg: str | None = None


class _Mode(msgspec.Struct, gc=False):
    mode: str | None = None


class _Manager(msgspec.Struct, gc=False, rename="camel"):
    """Disabled: `{"devices": null}`."""

    enabled: bool | None = None
    congestion_control: str | None = None
    devices: list[str] | None = None


class _Routing(msgspec.Struct, gc=False, rename="kebab"):
    inter_host_routing_mode: str | None = None
    intra_host_routing_mode: str | None = None
    tunnel_protocol: str | None = None


class _Status(msgspec.Struct, gc=False, rename="kebab"):
    cilium: _Health
    bandwidth_manager: _Manager | None = None
    cni_chaining: _Mode | None = None
    routing: _Routing | None = None
    """From 1.16 on."""
    host_routing: _Mode | None = None
    """Up to 1.15."""
    encryption: _Mode | None = None
    kube_proxy_replacement: _Mode | None = None
    host_firewall: _Mode | None = None


def read_status(text: str) -> AgentStatus:
    """The status of one agent; raises OutputError, also when the agent cannot be reached."""
    status = decode(text, _Status, expected="the JSON of `status`")
    manager = status.bandwidth_manager or _Manager()
    routing = status.routing or _Routing()
    message = status.cilium.msg or ""
    return AgentStatus(
        version=_version(message),
        state=status.cilium.state or None,
        message=printable(message),
        manager_enabled=None if status.bandwidth_manager is None else manager.enabled is True,
        congestion_control=manager.congestion_control or None,
        devices=tuple(manager.devices or ()),
        cni_chaining=_mode(status.cni_chaining),
        routing=(routing.inter_host_routing_mode or "").lower() or None,
        tunnel_protocol=routing.tunnel_protocol or None,
        host_routing=routing.intra_host_routing_mode or _mode(status.host_routing),
        encryption=_mode(status.encryption),
        kube_proxy_replacement=_mode(status.kube_proxy_replacement),
        host_firewall=_mode(status.host_firewall),
    )


def _version(message: str) -> str | None:
    """The first word of `1.13.18 (v1.13.18-19ff6c60)`; an unreleased agent says ` (v-)`."""
    found = re.match(r"v?([0-9]{1,4}\.[0-9]{1,4}[0-9A-Za-z.+-]{0,40})(?= \(|$)", message)
    return found[1] if found else None


def _mode(part: _Mode | None) -> str | None:
    return (part.mode or None) if part else None

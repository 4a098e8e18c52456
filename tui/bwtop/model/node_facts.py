"""What is known of one node, as its checks look at it."""

import msgspec

from bwtop.model.checks import Unread
from bwtop.model.limits import EgressProgram


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration says for one node: the ConfigMap under the CiliumNodeConfigs that select the node."""

    manager: bool
    bbr: bool = False
    bbr_host_only: bool = False
    """BBR for the host's own sockets only (from 1.18 on): pods keep cubic."""
    sources: tuple[str, ...] = ()
    """Where it says so, `ConfigMap cilium-config`; the last one won."""


class NodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """None: not known, or the agent's version does not say."""

    node: str
    agent: str = ""
    """Pod; empty: none on this node."""
    unread: str = ""
    """Why the agent's status is not known (down, forbidden ...); then all below from `state` on is unknown."""
    kernel: str | None = None
    provider: str | None = None
    """`aws`, `kind`: scheme of the Node's providerID."""
    wanted: Wanted | Unread = Unread("not read")

    state: str | None = None
    """`Ok`, `Warning`, `Failure`."""
    message: str = ""
    version: str | None = None
    manager: bool | None = None
    congestion_control: str | None = None
    devices: tuple[str, ...] = ()
    other_devices: tuple[str, ...] = ()
    """Network cards that have seen traffic and that the manager did not take."""
    cni_chaining: str | None = None
    routing: str | None = None
    host_routing: str | None = None
    encryption: str | None = None
    kube_proxy_replacement: str | None = None
    host_firewall: str | None = None
    egress_program: EgressProgram = EgressProgram.UNKNOWN
    bare_devices: tuple[str, ...] = ()
    """Devices of the manager that lack the program although another one has it."""

"""The four tables as values: one row a pod, node, endpoint or limit. Rates and limits in bits/s, None is unknown."""

import msgspec

from bwtop.model.limits import Asked, Direction, EgressProgram, Programmed
from bwtop.model.states import Pressure, State


class PodRow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    namespace: str
    pod: str
    node: str
    """Empty: not scheduled."""
    owner: str
    """`ReplicaSet/checkout-7d9f`; empty: none."""
    labels: tuple[str, ...]
    """`key=value`."""
    endpoint_id: int | None
    identity_id: int | None
    ipv4: str | None
    ipv6: str | None
    asked: Asked | None
    programmed: Programmed | None
    rate: int | None
    """Egress offered before the limit."""
    sampled_at: float | None
    """Unix time of the sample behind `rate` and `programmed`."""
    state: State
    reason: str
    pressure: Pressure | None
    pressure_since: float | None
    """Unix time since when the pressure holds."""

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.pod}"

    @property
    def limit(self) -> int | None:
        """Bits/s that are programmed; 0: the map was read and sets no limit, with a row or without. None: not known."""
        if self.programmed is not None:
            return self.programmed.bits_per_second
        return None if self.endpoint_id is None or self.state is State.UNKNOWN else 0

    @property
    def share(self) -> float | None:
        """Rate over what is programmed; None where there is no limit or no rate."""
        if self.rate is None or self.programmed is None or not self.programmed.bits_per_second:
            return None
        return self.rate / self.programmed.bits_per_second


class NodeRow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    node: str
    cilium_internal_ip: str | None
    internal_ip: str | None
    created_at: str | None
    """RFC 3339."""
    agent_pod: str | None
    agent_version: str | None
    agent_ready: bool | None
    manager_enabled: bool | None
    congestion_control: str | None
    """`cubic` or `bbr`, as Cilium's JSON writes it."""
    devices: tuple[str, ...]
    egress_program: EgressProgram
    cni_chaining: str | None
    routing: str | None
    host_routing: str | None
    encryption: str | None
    kernel: str | None
    endpoints: int
    limited_pods: int | None
    """Pods whose limit is in the map; None: the map could not be read."""
    limit: int | None
    """Sum of the limits in the map."""
    rate: int | None
    """Sum of the pods' egress rates."""
    sampled_at: float | None
    reason: str
    """Why something above is unknown or bad; empty when all is well."""

    @property
    def key(self) -> str:
        return self.node

    @property
    def bandwidth_manager(self) -> str | None:
        """As `cilium status` prints it: `EDT with BPF [CUBIC] [eth0, eth1]` or `Disabled`; None: not known."""
        if self.manager_enabled is None:
            return None
        if not self.manager_enabled:
            return "Disabled"
        control = f" [{self.congestion_control.upper()}]" if self.congestion_control else ""
        return f"EDT with BPF{control} [{', '.join(self.devices)}]"


class EndpointRow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    namespace: str
    name: str
    endpoint_id: int | None
    identity_id: int | None
    labels: tuple[str, ...]
    """The identity's labels, `k8s:app=web`."""
    ingress_enforcement: str | None
    egress_enforcement: str | None
    state: str | None
    ipv4: str | None
    ipv6: str | None
    node: str | None
    """Name of the node; its IP where no node has that address."""

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"


class LimitRow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    node: str
    endpoint_id: int
    direction: Direction
    programmed: Programmed
    kind: str
    """`pod`, `host`, `health` or `unknown`."""
    namespace: str | None
    pod: str | None
    identity_id: int | None
    labels: tuple[str, ...]
    state: State | None
    """The pod's state for egress; None where bwtop does not judge: ingress, host and health endpoints."""
    reason: str

    @property
    def key(self) -> str:
        return f"{self.node}/{self.endpoint_id}/{self.direction.value}"

"""A node of the demo: its agent, the endpoints of its pods and their interfaces."""

from collections.abc import Iterator
from random import Random

import msgspec

from bwtop.demo.agenda import Agenda
from bwtop.demo.agent import HOST_PRIORITY, Agent, MapRow, signed
from bwtop.demo.spec import CiliumSpec, NodeSpec
from bwtop.demo.traffic import Counter
from bwtop.model.limits import Direction
from bwtop.model.quantity import bytes_per_second

HOST_IDENTITY = 1
HEALTH_IDENTITY = 4


class Endpoint(msgspec.Struct, kw_only=True):
    """A pod's place in the node's network; host and health endpoints belong to no pod."""

    id: int
    identity: int
    labels: tuple[str, ...]
    """Security labels, `k8s:app=web`, sorted."""
    namespace: str = ""
    pod: str = ""
    ipv4: str = ""
    ipv6: str = ""
    interface: str = ""
    index: int = 0
    """Of the interface."""
    policy: bool = False
    state: str = "ready"
    counter: Counter | None = None
    """None: no interface of its own."""
    held: bool = False
    """The agent leaves its row alone until the annotation is edited."""

    @property
    def key(self) -> tuple[str, str]:
        return self.namespace, self.pod


class Node:
    def __init__(self, spec: NodeSpec, cilium: CiliumSpec, *, agenda: Agenda, random: Random, booted: float) -> None:
        self.spec, self.name, self.ip = spec, spec.name, spec.ip
        self.agent = Agent(cilium, agenda=agenda, random=random)
        self.endpoints: dict[int, Endpoint] = {}
        self.booted = booted
        """Time of the agenda's clock, before its zero."""
        self._agenda, self._random = agenda, random
        self._next_index = 9 + 2 * len(cilium.devices)
        self._own_endpoints()
        for endpoint_id, limit in cilium.leftovers.items():
            self.agent.rows[endpoint_id, Direction.EGRESS] = MapRow(signed(bytes_per_second(limit)))

    @property
    def cilium(self) -> CiliumSpec:
        return self.agent.spec

    @property
    def uptime(self) -> float:
        return self._agenda.now - self.booted

    def pods(self) -> Iterator[Endpoint]:
        """The endpoints of pods, by ID."""
        return (endpoint for _, endpoint in sorted(self.endpoints.items()) if endpoint.pod)

    def add(self, endpoint: Endpoint) -> None:
        self.endpoints[endpoint.id] = endpoint

    def remove(self, endpoint: Endpoint) -> None:
        self.agent.forget(endpoint.id)
        self.endpoints.pop(endpoint.id, None)

    def free_id(self) -> int:
        """An endpoint ID that nothing on this node has; a number that was used before may come back."""
        while True:
            found = self._random.randint(10, 4095)
            if found not in self.endpoints and (found, Direction.EGRESS) not in self.agent.rows:
                return found

    def free_index(self) -> int:
        self._next_index += 2
        return self._next_index

    def interface_name(self) -> str:
        """Host side of a pod's veth pair, as the CNI names it."""
        digits = 11 if self.cilium.interfaces == "eni" else 12
        return self.cilium.interfaces + "".join(self._random.choices("0123456789abcdef", k=digits))

    def count(self) -> None:
        """Brings all counters up to now, under the limits that hold now."""
        for endpoint in self.endpoints.values():
            if endpoint.counter:
                endpoint.counter.advance(self._agenda.now, self.agent.limit(endpoint.id))

    def _own_endpoints(self) -> None:
        host = self.spec.host_endpoint or self.free_id()
        labels = tuple(
            sorted(
                f"k8s:{key}={value}"
                for key, value in {
                    "node.kubernetes.io/instance-type": self.spec.instance_type,
                    "topology.kubernetes.io/zone": self.spec.zone,
                }.items()
            )
        )
        self.add(Endpoint(id=host, identity=HOST_IDENTITY, labels=(*labels, "reserved:host")))
        if self.cilium.manager and self.agent.era.row_for_every_pod:
            self.agent.rows[host, Direction.EGRESS] = MapRow(0, HOST_PRIORITY)
        self.add(
            Endpoint(
                id=self.spec.health_endpoint or self.free_id(),
                identity=HEALTH_IDENTITY,
                labels=("reserved:health",),
                ipv4=_neighbour(self.spec.cilium_internal_ip),
                interface="lxc_health",
                index=7,
            )
        )


def _neighbour(address: str) -> str:
    """Another address of the same /24."""
    head, _, last = address.rpartition(".")
    return f"{head}.{(int(last) + 112) % 254 + 1}"

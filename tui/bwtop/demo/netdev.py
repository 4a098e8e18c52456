"""/proc/net/dev and /proc/uptime of a node, in the kernel's format."""

from collections.abc import Iterator

import msgspec

from bwtop.demo.node import Node

_HEAD = (
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast"
    "|bytes    packets errs drop fifo colls carrier compressed\n"
)
PACKET = 1378
"""Bytes of a packet, on average."""


class Interface(msgspec.Struct, frozen=True):
    name: str
    received: float
    sent: float

    def line(self) -> str:
        return (
            f"{self.name:>6}: {int(self.received):7d} {int(self.received / PACKET):7d} {0:4d} {0:4d} {0:4d} {0:5d} "
            f"{0:10d} {0:9d} {int(self.sent):8d} {int(self.sent / PACKET):7d} {0:4d} {0:4d} {0:4d} {0:5d} {0:7d} "
            f"{0:10d}\n"
        )


def net_dev(node: Node) -> str:
    """All interfaces of the node's own network, counted up to now. What a pod sends is received here."""
    node.count()
    return _HEAD + "".join(interface.line() for interface in _interfaces(node))


def uptime(node: Node) -> str:
    return f"{node.uptime:.2f} {node.uptime * 1.83:.2f}\n"


def _interfaces(node: Node) -> Iterator[Interface]:
    pods = [
        Interface(endpoint.interface, endpoint.counter.received, endpoint.counter.sent)
        for endpoint in sorted(node.endpoints.values(), key=lambda endpoint: endpoint.index)
        if endpoint.counter
    ]
    age = node.uptime
    yield Interface("lo", 9_400 * age, 9_400 * age)
    devices = node.cilium.devices
    for number, name in enumerate(devices):
        share = (0.7 if number == 0 else 0.3 / (len(devices) - 1)) if len(devices) > 1 else 1.0
        yield Interface(
            name,
            share * (sum(pod.sent for pod in pods) + 21_000 * age),
            share * (sum(pod.received for pod in pods) + 14_000 * age),
        )
    for name in node.cilium.other_devices:
        yield Interface(name, 3_200 * age, 2_700 * age)
    yield Interface("cilium_net", 2.1 * age, 2.4 * age)
    yield Interface("cilium_host", 2.4 * age, 2.1 * age)
    if node.cilium.routing != "native":
        yield Interface(f"cilium_{node.cilium.routing}", 1_400 * age, 1_900 * age)
    yield Interface("lxc_health", 120 * age, 130 * age)
    yield from pods

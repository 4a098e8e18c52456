"""Addresses of nodes and pods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bwtop.demo.node import Node
from bwtop.demo.spec import NodePool, NodeSpec

if TYPE_CHECKING:
    from bwtop.demo.world import World


def free_address(world: World, node: Node, taken: set[str]) -> str:
    """An address for a pod: out of the node's own subnet with ENIs, of its pod CIDR else."""
    while True:
        address = _some_address(world, node)
        if address not in taken:
            taken.add(address)
            return address


def _some_address(world: World, node: Node) -> str:
    if node.cilium.chaining == "none":
        return f"{node.spec.cilium_internal_ip.rpartition('.')[0]}.{world.random.randint(2, 250)}"
    first, second, third, _ = node.ip.split(".")
    return f"{first}.{second}.{int(third) // 16 * 16 + world.random.randint(0, 15)}.{world.random.randint(4, 250)}"


def pool_nodes(pool: NodePool) -> Iterable[NodeSpec]:
    first_pods = 128 + 8 * int(pool.network.partition(".")[2])
    for number in range(pool.count):
        third, fourth = divmod(number, 250)
        address = f"{pool.network}.{third}.{fourth + 4}"
        pods_third, pods_fourth = divmod(number, 256)
        yield NodeSpec(
            name=f"ip-{address.replace('.', '-')}.ec2.internal",
            ip=address,
            age=pool.age,
            cilium_internal_ip=f"10.{first_pods + pods_third}.{pods_fourth}.1",
            instance_type=pool.instance_type,
            zone=f"us-east-1{'abc'[number % 3]}",
            cilium=pool.cilium,
        )

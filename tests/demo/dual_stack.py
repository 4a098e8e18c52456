"""Pods of the demo that have an IPv6 address as well."""

from bwtop.demo.kinds import CILIUM_ENDPOINTS, PODS
from bwtop.demo.world import World


def give_ipv6(world: World, pods: dict[str, str], *, namespace: str = "default") -> None:
    """`pods`: name to address."""
    for pod, address in pods.items():
        endpoint = world.endpoints[namespace, pod]
        endpoint.ipv6 = address
        body = world.store[PODS].get(namespace, pod).body()
        body["status"]["podIPs"] = [{"ip": endpoint.ipv4}, {"ip": address}]
        world.store.update(PODS, body)
        body = world.store[CILIUM_ENDPOINTS].get(namespace, pod).body()
        body["status"]["networking"]["addressing"] = [{"ipv4": endpoint.ipv4, "ipv6": address}]
        world.store.update(CILIUM_ENDPOINTS, body)

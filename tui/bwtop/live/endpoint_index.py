"""Which endpoint has which ID on a node. Until a node is known by name its address stands for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bwtop.cilium.resources import CiliumEndpoint

Slot = int | tuple[int | None, str]
"""An endpoint ID; or, for an endpoint without one, or whose ID a newer endpoint has taken over, its ID and key."""


class EndpointIndex:
    """Keys of endpoints by the IP of their node. An ID that is claimed twice belongs to the latest."""

    def __init__(self) -> None:
        self._at: defaultdict[str, dict[Slot, str]] = defaultdict(dict)

    def at(self, ip: str, endpoint_id: int) -> str | None:
        """Key of the endpoint with this ID."""
        return self._at.get(ip, {}).get(endpoint_id)

    def keys(self, ip: str) -> Iterable[str]:
        return self._at.get(ip, {}).values()

    def ids(self, ip: str) -> Iterator[int]:
        return (slot for slot in self._at.get(ip, ()) if isinstance(slot, int))

    def add(self, endpoint: CiliumEndpoint) -> None:
        at, number = self._at[endpoint.node_ip], endpoint.endpoint_id
        if number is None:
            at[None, endpoint.key] = endpoint.key
            return
        if (older := at.get(number)) is not None:
            at[number, older] = older
        at[number] = endpoint.key

    def remove(self, endpoint: CiliumEndpoint) -> None:
        """An endpoint from which the ID was taken over has it again."""
        at, number = self._at[endpoint.node_ip], endpoint.endpoint_id
        if number is None or at.get(number) != endpoint.key:
            at.pop((number, endpoint.key), None)
            return
        del at[number]
        older = next((slot for slot in at if isinstance(slot, tuple) and slot[0] == number), None)
        if older is not None:
            at[number] = at.pop(older)

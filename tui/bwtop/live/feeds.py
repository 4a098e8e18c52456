"""What the reflectors pour into the store: one feed a watched kind."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Generic, TypeVar

from bwtop.cilium.resources import CiliumEndpoint, CiliumNode, Node, Pod
from bwtop.kube.reflector import EventType
from bwtop.live.objects import Objects
from bwtop.model.health import Freshness, SourceHealth

T = TypeVar("T")


class Feed(Generic[T]):
    """A reflector's sink. Pages of a list that is still coming are shown at once; only a whole list removes."""

    def __init__(
        self,
        *,
        put: Callable[[T, bool], None],
        drop: Callable[[str], None],
        key: Callable[[T], str],
        keys: Callable[[], Collection[str]],
        now: float,
        tell: Callable[[], None] = lambda: None,
        whole: Callable[[], None] = lambda: None,
    ) -> None:
        """`put` takes the object and whether it came by a watch event; `tell` is called after every batch.

        `whole` is called when a list has come to its end.
        """
        self._put: Callable[[T, bool], None] = put
        self._key: Callable[[T], str] = key
        self._drop, self._keys, self._tell, self.whole = drop, keys, tell, whole
        self.state = SourceHealth(freshness=Freshness.LOADING, since=now)
        self.settled = asyncio.Event()
        """Set once the first list is whole, or cannot be had."""
        self.expected: int | None = None
        """How many objects the list will have, once the server has said so."""

    def listing(self, items: Sequence[T], remaining: int | None) -> None:
        for item in items:
            self._put(item, False)
        self.expected = None if remaining is None else remaining + len(self._keys())
        self._tell()

    def replaced(self, items: dict[str, T]) -> None:
        for key in [key for key in self._keys() if key not in items]:
            self._drop(key)
        self.whole()
        self.expected = len(items)
        self._tell()

    def changed(self, events: Sequence[tuple[EventType, T]]) -> None:
        for kind, item in events:
            if kind is EventType.DELETED:
                self._drop(self._key(item))
            else:
                self._put(item, True)
        self._tell()

    def health(self, health: SourceHealth) -> None:
        self.state = health
        if health.freshness is not Freshness.LOADING:
            self.settled.set()


def pod_feed(objects: Objects, *, now: float) -> Feed[Pod]:
    return Feed(
        put=lambda pod, news: objects.put_pod(pod, news=news),
        drop=objects.drop_pod,
        key=lambda pod: pod.key,
        keys=lambda: objects.pods,
        now=now,
    )


def agent_feed(objects: Objects, *, now: float, tell: Callable[[], None]) -> Feed[Pod]:
    """`tell` wakes the sampler."""
    return Feed(
        put=lambda pod, _: objects.put_agent(pod),
        drop=objects.drop_agent,
        key=lambda pod: pod.key,
        keys=objects.agent_keys,
        now=now,
        tell=tell,
    )


def endpoint_feed(objects: Objects, *, now: float) -> Feed[CiliumEndpoint]:
    return Feed(
        put=lambda endpoint, news: objects.put_endpoint(endpoint, news=news),
        drop=objects.drop_endpoint,
        key=lambda endpoint: endpoint.key,
        keys=lambda: objects.endpoints,
        now=now,
        whole=objects.endpoints_whole,
    )


def node_feed(objects: Objects, *, now: float) -> Feed[Node]:
    return Feed(
        put=lambda node, _: objects.put_node(node),
        drop=objects.drop_node,
        key=lambda node: node.name,
        keys=lambda: objects.nodes,
        now=now,
    )


def cilium_node_feed(objects: Objects, *, now: float) -> Feed[CiliumNode]:
    return Feed(
        put=lambda node, _: objects.put_cilium_node(node),
        drop=objects.drop_cilium_node,
        key=lambda node: node.name,
        keys=lambda: objects.cilium_nodes,
        now=now,
    )

"""A resource and a sink for tests."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from bwtop.kube.reflector import EventType
from bwtop.kube.resource import Resource
from bwtop.model.health import Freshness, SourceHealth

URL = "/apis/example.io/v1/things"
LIST, WATCH = f"LIST {URL}", f"WATCH {URL}"


class Meta(msgspec.Struct, frozen=True, gc=False):
    name: str = ""
    namespace: str = ""
    uid: str = ""


class Spec(msgspec.Struct, frozen=True, gc=False):
    size: int = 0


class WireThing(msgspec.Struct, frozen=True, gc=False):
    metadata: Meta = Meta()
    spec: Spec = Spec()


class Thing(msgspec.Struct, frozen=True, gc=False):
    key: str
    size: int
    uid: str


def flatten(wire: WireThing) -> Thing:
    return Thing(f"{wire.metadata.namespace}/{wire.metadata.name}", wire.spec.size, wire.metadata.uid)


THINGS = Resource(
    name="things", path="/apis/example.io/v1", wire=WireThing, flatten=flatten, key=lambda thing: thing.key, page_size=2
)


class Shelf:
    """A sink that keeps the collection, and the order of all that it was told."""

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.told: list[str] = []
        self.batches: list[list[str]] = []
        self.healths: list[SourceHealth] = []
        self._changed = asyncio.Event()

    def listing(self, items: Sequence[Thing], remaining: int | None) -> None:
        self._tell(f"listing {' '.join(item.key for item in items)} remaining {remaining}")

    def replaced(self, items: dict[str, Thing]) -> None:
        self.things = dict(items)
        self._tell(f"replaced {' '.join(items)}")

    def changed(self, events: Sequence[tuple[EventType, Thing]]) -> None:
        for kind, item in events:
            if kind is EventType.DELETED:
                self.things.pop(item.key, None)
            else:
                self.things[item.key] = item
        self.batches.append([f"{kind.value} {item.key}" for kind, item in events])
        for words in self.batches[-1]:
            self._tell(words)

    def health(self, health: SourceHealth) -> None:
        self.healths.append(health)
        self._tell(f"health {health.freshness.value}")

    async def until(self, condition: Callable[["Shelf"], object]) -> None:
        async with asyncio.timeout(20):
            while not condition(self):
                self._changed.clear()
                await self._changed.wait()

    async def told_of(self, words: str) -> None:
        await self.until(lambda shelf: words in shelf.told)

    @property
    def states(self) -> list[Freshness]:
        """Without repetitions."""
        found = [health.freshness for health in self.healths]
        return [state for index, state in enumerate(found) if index == 0 or found[index - 1] is not state]

    def _tell(self, words: str) -> None:
        self.told.append(words)
        self._changed.set()


class Clock:
    """Time that passes only in sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

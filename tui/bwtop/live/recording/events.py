"""What a store can be told, as values: an object came or went, an agent answered or did not."""

from typing import Literal, TypeAlias

import msgspec

from bwtop.cilium.resources import CiliumEndpoint, CiliumNode, Node, Pod
from bwtop.live.readings import Inspection, Sample
from bwtop.live.store import Store
from bwtop.model.health import SourceHealth
from bwtop.model.limits import Direction, Programmed

ObjectKind = Literal["pod", "agent", "endpoint", "node", "ciliumnode"]
MapRow = tuple[int, Direction, Programmed]
"""Endpoint ID, direction, limit."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="t"):
    def apply(self, store: Store) -> None:
        """Tells the store."""


class Began(Event, tag="began", frozen=True, kw_only=True, omit_defaults=True):
    """A connection was opened, and nothing is known of the cluster yet: at the start, or when another was chosen."""

    context: str = ""
    namespace: str | None = None
    """None: all of them."""


class PodPut(Event, tag="pod", frozen=True, kw_only=True, omit_defaults=True):
    pod: Pod
    news: bool = False

    def apply(self, store: Store) -> None:
        store.objects.put_pod(self.pod, news=self.news)


class AgentPut(Event, tag="agent", frozen=True, kw_only=True, omit_defaults=True):
    pod: Pod

    def apply(self, store: Store) -> None:
        store.objects.put_agent(self.pod)


class EndpointPut(Event, tag="endpoint", frozen=True, kw_only=True, omit_defaults=True):
    endpoint: CiliumEndpoint
    news: bool = False

    def apply(self, store: Store) -> None:
        store.objects.put_endpoint(self.endpoint, news=self.news)


class EndpointsListed(Event, tag="endpoints", frozen=True, kw_only=True, omit_defaults=True):
    """The list of endpoints was whole: what it lacked was not there."""

    def apply(self, store: Store) -> None:
        store.objects.endpoints_whole()


class NodePut(Event, tag="node", frozen=True, kw_only=True, omit_defaults=True):
    node: Node

    def apply(self, store: Store) -> None:
        store.objects.put_node(self.node)


class CiliumNodePut(Event, tag="ciliumnode", frozen=True, kw_only=True, omit_defaults=True):
    node: CiliumNode

    def apply(self, store: Store) -> None:
        store.objects.put_cilium_node(self.node)


class Dropped(Event, tag="drop", frozen=True, kw_only=True, omit_defaults=True):
    kind: ObjectKind
    key: str

    def apply(self, store: Store) -> None:
        objects = store.objects
        match self.kind:
            case "pod":
                objects.drop_pod(self.key)
            case "agent":
                objects.drop_agent(self.key)
            case "endpoint":
                objects.drop_endpoint(self.key)
            case "node":
                objects.drop_node(self.key)
            case "ciliumnode":
                objects.drop_cilium_node(self.key)


class Planned(Event, tag="plan", frozen=True, kw_only=True, omit_defaults=True):
    node: str
    period: float
    """Seconds between two samples from now on."""

    def apply(self, store: Store) -> None:
        store.reading(self.node, period=self.period)


class Sampled(Event, tag="sample", frozen=True, kw_only=True, omit_defaults=True):
    node: str
    rows: tuple[MapRow, ...] | None = None
    """The whole map; None: as in the sample before."""
    map_missing: bool = False
    rates: dict[int, int] | None = None
    problem: str = ""

    def apply(self, store: Store) -> None:
        known = store.readings[self.node].entries or {}
        entries = known if self.rows is None else {(row[0], row[1]): row[2] for row in self.rows}
        store.take_sample(
            self.node,
            Sample(entries=entries, map_missing=self.map_missing, rates=self.rates, problem=self.problem),
        )


class Inspected(Event, tag="inspection", frozen=True, kw_only=True, omit_defaults=True):
    node: str
    inspection: Inspection

    def apply(self, store: Store) -> None:
        store.take_inspection(self.node, self.inspection)


class Uninspected(Event, tag="noinspection", frozen=True, kw_only=True, omit_defaults=True):
    node: str
    error: str

    def apply(self, store: Store) -> None:
        store.uninspected(self.node, self.error)


class Failed(Event, tag="nosample", frozen=True, kw_only=True, omit_defaults=True):
    node: str
    error: str

    def apply(self, store: Store) -> None:
        store.failed(self.node, self.error)


class Forgotten(Event, tag="forget", frozen=True, kw_only=True, omit_defaults=True):
    node: str

    def apply(self, store: Store) -> None:
        store.forget_node(self.node)


class SourceTold(Event, tag="source", frozen=True, kw_only=True, omit_defaults=True):
    """How fresh a watched kind is; times in seconds since the start of the recording."""

    name: str
    health: SourceHealth


class Costed(Event, tag="cost", frozen=True, kw_only=True, omit_defaults=True):
    """What watching has cost so far, and whether agents may be read."""

    received: int
    denied: str = ""


AnyEvent: TypeAlias = (
    Began
    | PodPut
    | AgentPut
    | EndpointPut
    | EndpointsListed
    | NodePut
    | CiliumNodePut
    | Dropped
    | Planned
    | Sampled
    | Inspected
    | Uninspected
    | Failed
    | Forgotten
    | SourceTold
    | Costed
)


class Line(msgspec.Struct, frozen=True, array_like=True):
    at: int
    """Milliseconds since the start of the recording."""
    event: AnyEvent

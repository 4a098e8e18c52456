"""A store that tells all that it is told."""

import time
from collections.abc import Callable
from typing import ClassVar

from bwtop.cilium.resources import CiliumEndpoint, CiliumNode, Node, Pod
from bwtop.live.objects import Objects
from bwtop.live.readings import Inspection, NodeReading, Sample
from bwtop.live.recording import events
from bwtop.live.recording.tape import Tape
from bwtop.live.store import Store

Tell = Callable[[events.AnyEvent], None]


class RecordedObjects(Objects):
    tell: Tell

    def put_pod(self, pod: Pod, *, news: bool) -> None:
        self.tell(events.PodPut(pod=pod, news=news))
        super().put_pod(pod, news=news)

    def put_agent(self, pod: Pod) -> None:
        self.tell(events.AgentPut(pod=pod))
        super().put_agent(pod)

    def put_endpoint(self, endpoint: CiliumEndpoint, *, news: bool) -> None:
        self.tell(events.EndpointPut(endpoint=endpoint, news=news))
        super().put_endpoint(endpoint, news=news)

    def endpoints_whole(self) -> None:
        self.tell(events.EndpointsListed())
        super().endpoints_whole()

    def put_node(self, node: Node) -> None:
        self.tell(events.NodePut(node=node))
        super().put_node(node)

    def put_cilium_node(self, node: CiliumNode) -> None:
        self.tell(events.CiliumNodePut(node=node))
        super().put_cilium_node(node)

    def drop_pod(self, key: str) -> None:
        self.tell(events.Dropped(kind="pod", key=key))
        super().drop_pod(key)

    def drop_agent(self, key: str) -> None:
        self.tell(events.Dropped(kind="agent", key=key))
        super().drop_agent(key)

    def drop_endpoint(self, key: str) -> None:
        self.tell(events.Dropped(kind="endpoint", key=key))
        super().drop_endpoint(key)

    def drop_node(self, name: str) -> None:
        self.tell(events.Dropped(kind="node", key=name))
        super().drop_node(name)

    def drop_cilium_node(self, name: str) -> None:
        self.tell(events.Dropped(kind="ciliumnode", key=name))
        super().drop_cilium_node(name)


class RecordedStore(Store):
    objects: RecordedObjects
    objects_type: ClassVar[type[Objects]] = RecordedObjects

    def __init__(
        self,
        tell: Tell,
        tape: Tape,
        *,
        clock: Callable[[], float] = time.monotonic,
        unix: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(clock=clock, unix=unix)
        self._tell = self.objects.tell = tell
        self.tape = tape

    def reading(self, node: str, *, period: float) -> NodeReading:
        known = self.readings.get(node)
        if known is None or known.period != period:
            self._tell(events.Planned(node=node, period=period))
        return super().reading(node, period=period)

    def take_sample(self, node: str, sample: Sample) -> None:
        same = self.readings[node].entries == sample.entries
        rows = None if same else tuple((*key, value) for key, value in sample.entries.items())
        self._tell(
            events.Sampled(
                node=node, rows=rows, map_missing=sample.map_missing, rates=sample.rates, problem=sample.problem
            )
        )
        super().take_sample(node, sample)

    def take_inspection(self, node: str, inspection: Inspection) -> None:
        self._tell(events.Inspected(node=node, inspection=inspection))
        super().take_inspection(node, inspection)

    def uninspected(self, node: str, error: str) -> None:
        self._tell(events.Uninspected(node=node, error=error))
        super().uninspected(node, error)

    def failed(self, node: str, error: str) -> None:
        if self.readings[node].error != error:
            self._tell(events.Failed(node=node, error=error))
        super().failed(node, error)

    def forget_node(self, node: str) -> None:
        self._tell(events.Forgotten(node=node))
        super().forget_node(node)

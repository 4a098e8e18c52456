"""The Kubernetes events of one object: read when somebody looks at it, never watched."""

from collections.abc import Sequence

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import KubeError
from bwtop.model.printable import printable

_MOST = 50


class Event(msgspec.Struct, frozen=True, kw_only=True):
    at: str
    """RFC 3339, of the last time; empty: not known."""
    count: int
    warning: bool
    reason: str
    message: str
    """One line without control characters."""


class _Series(msgspec.Struct, rename="camel"):
    count: int = 0
    last_observed_time: str | None = None


class _Metadata(msgspec.Struct, rename="camel"):
    creation_timestamp: str | None = None


class _Wire(msgspec.Struct, rename="camel"):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    type: str | None = None
    reason: str | None = None
    message: str | None = None
    count: int | None = None
    last_timestamp: str | None = None
    event_time: str | None = None
    series: _Series | None = None


class _List(msgspec.Struct):
    items: list[_Wire] = []


_READ = msgspec.json.Decoder(_List)


async def events_of(api: Api, *, kind: str, name: str, namespace: str) -> Sequence[Event]:
    """The latest first. A node's events stand in the namespace `default`. Raises KubeError."""
    selector = f"involvedObject.kind={kind},involvedObject.name={name}"
    params = [("fieldSelector", selector), ("limit", "500")]
    body = await api.get(f"/api/v1/namespaces/{namespace}/events", params)
    try:
        items = _READ.decode(body).items
    except msgspec.DecodeError as error:
        raise KubeError(f"the events of {name} do not read: {error}") from error
    return sorted(map(_event, items), key=lambda event: event.at, reverse=True)[:_MOST]


def _event(wire: _Wire) -> Event:
    """Who writes events fills different fields for the time and the count: events.k8s.io/v1 has a series."""
    series = wire.series or _Series()
    at = series.last_observed_time or wire.last_timestamp or wire.event_time or wire.metadata.creation_timestamp
    return Event(
        at=at or "",
        count=max(wire.count or 1, series.count),
        warning=wire.type == "Warning",
        reason=printable(wire.reason or ""),
        message=printable(wire.message or "", limit=500),
    )

"""Events of a pod, read from an API server."""

from typing import Any

import pytest

from bwtop.demo.kinds import EVENTS
from bwtop.demo.server import DemoServer
from bwtop.demo.world import World, load_world
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.errors import KubeError
from bwtop.live.events import Event, events_of


def happen(world: World, number: int, **fields: Any) -> None:
    involved = {"kind": "Pod", "name": "netperf-server", "namespace": "default"} | fields.pop("involved", {})
    metadata = {"namespace": "default", "name": f"event-{number}", "creationTimestamp": "2026-01-18T09:00:00Z"}
    world.store.create(EVENTS, {"metadata": metadata, "involvedObject": involved} | fields)


async def read(server: DemoServer) -> list[Event]:
    api = Api(Connection(server=server.url, credentials=FixedCredentials(f"Bearer {server.token}")))
    try:
        return list(await events_of(api, kind="Pod", name="netperf-server", namespace="default"))
    finally:
        await api.close()


async def test_the_events_of_a_pod_come_the_latest_first_whichever_field_holds_their_time() -> None:
    async with DemoServer(load_world("eks-chaining"), tls=False) as server:
        happen(server.world, 1, reason="Pulled", message="old style", count=3, lastTimestamp="2026-01-18T09:58:00Z")
        series = {"count": 7, "lastObservedTime": "2026-01-18T09:59:00.000000Z"}
        happen(server.world, 2, type="Warning", reason="BackOff", message="a\n\x1b[31mb", series=series)
        happen(server.world, 3, reason="Created", message="no time of its own")
        happen(server.world, 4, reason="Other", message="", involved={"name": "netperf-client"})
        happen(server.world, 5, reason="Node", message="", involved={"kind": "Node"})
        found = await read(server)
    assert [(event.reason, event.count, event.warning) for event in found] == [
        ("BackOff", 7, True),
        ("Pulled", 3, False),
        ("Created", 1, False),
    ]
    assert found[0].message == "a \\x1b[31mb"


async def test_what_may_not_be_read_is_an_error() -> None:
    async with DemoServer(load_world("eks-chaining"), tls=False) as server:
        server.faults.fail("*/events", status=403, times=-1, message="no")
        with pytest.raises(KubeError, match="cannot list events in default"):
            await read(server)

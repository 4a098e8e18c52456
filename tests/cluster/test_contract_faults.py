"""The reflector's contract on a real kube-apiserver that is cut off, restarted and compacted."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.errors import KubeError
from bwtop.kube.reflector import EventType, Reflector
from bwtop.kube.resource import Resource
from bwtop.live.resources import ENDPOINTS, PODS, UNFINISHED
from bwtop.model.health import Freshness
from cluster import rig as rigs
from cluster.contract import ENDPOINTS as CILIUM_ENDPOINTS
from cluster.contract import SERVER_POD, Pods, Seen
from cluster.rest import Rest
from cluster.rig import Rig
from cluster.seed import endpoint_object
from kube import connect_proxy
from kube.connect_proxy import ConnectProxy
from soak.churn import NAMESPACE, Churn

pytestmark = pytest.mark.cluster
PATIENCE = 30.0
"""Seconds: a restart takes up to ten, and the back-off may have grown."""


@pytest.fixture(scope="module")
def own(rig: Rig) -> Iterator[Rig]:
    """A cluster of this file's own, because others could not bear its restarts; `rig` skips where there is none."""
    assert rig
    with rigs.running() as cluster:
        with cluster.rest() as rest:
            rest.call("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
        yield cluster


@pytest.fixture
async def direct(own: Rig) -> AsyncIterator[Api]:
    api = Api(await connect(ConfigRequest(kubeconfig=str(own.kubeconfig))))
    yield api
    await api.close()


@pytest.fixture
def churn(own: Rig) -> Iterator[Churn]:
    """Not started yet; stopped at the end."""
    changing = Churn(own, node="nowhere", node_ip="10.9.0.1", random=Random(1), rate=50)
    yield changing
    changing.stop()


@asynccontextmanager
async def reflected(
    own: Rig, proxy: ConnectProxy, seen: Seen, resource: Resource[Any] = PODS, **options: Any
) -> AsyncIterator[Reflector]:
    """A reflector of all pods, or all of another kind, behind a proxy that can cut it off."""
    connection = await connect(ConfigRequest(kubeconfig=str(own.kubeconfig)))
    api = Api(replace(connection, proxy=proxy.url))
    reflector = Reflector(api, resource, seen, field_selector=UNFINISHED if resource is PODS else "", **options)
    running = asyncio.create_task(reflector.run())
    try:
        await seen.until(lambda: seen.lists == 1, timeout=PATIENCE)
        yield reflector
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await api.close()


def restart(own: Rig, *, gracefully: bool = True) -> None:
    """Not in a thread: the kernel ends the server when the thread that started it ends."""
    own.restart_api_server(gracefully=gracefully)


async def until_ready(direct: Api) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await direct.get("/readyz")
                return
            except KubeError:
                await asyncio.sleep(0.2)


async def same_as_listed(direct: Api, seen: Seen) -> None:
    """Waits until the sink equals a fresh list."""
    listed: dict[str, object] = {}
    async with asyncio.timeout(PATIENCE):
        while not listed or seen.pods != listed:
            await asyncio.sleep(0.5)
            listed = dict(await Reflector(direct, PODS, Seen(), field_selector=UNFINISHED).list())


async def test_killed_connections_lose_no_event_and_cost_no_list(own: Rig, direct: Api) -> None:
    seen, pods = Seen(), Pods(direct)
    async with connect_proxy.running() as proxy, reflected(own, proxy, seen):
        for _ in range(3):
            await seen.until(lambda: seen.healths[-1].freshness is Freshness.LIVE, timeout=PATIENCE)
            proxy.refusing = True
            assert proxy.cut()
            made = await pods.make()
            await pods.annotate(made, "25M")
            await pods.delete(made)
            proxy.refusing = False
            await seen.until(lambda made=made: (EventType.DELETED, made) in seen.events, timeout=PATIENCE)
        assert seen.lists == 1


async def test_what_was_deleted_while_the_history_was_lost_is_gone(own: Rig, direct: Api) -> None:
    """A real 410: the restarted server's cache begins later than the version that the watch resumes at."""
    seen, pods = Seen(), Pods(direct)
    kept, gone = await pods.make(), await pods.make()
    async with connect_proxy.running() as proxy, reflected(own, proxy, seen):
        proxy.refusing = True
        proxy.cut()
        await pods.delete(gone)
        await asyncio.to_thread(own.compact)
        restart(own)
        await until_ready(direct)
        proxy.refusing = False
        await seen.until(lambda: seen.lists == 2, timeout=PATIENCE)
        names = {pod.name for pod in seen.pods.values()}
        assert kept in names
        assert gone not in names
    await pods.delete(kept)


async def test_a_cache_that_is_being_filled_is_given_the_time_it_asks_for(own: Rig, direct: Api) -> None:
    """The first request for a custom resource after a restart makes the cache of its kind: a watch is answered 429.

    Unless the cache is faster than the rest of the watch's own way through the server; then there is another restart.
    """
    seen, waits = Seen(), list[tuple[str, float]]()

    async def sleep(seconds: float) -> None:
        waits.append((seen.healths[-1].error, seconds))
        await asyncio.sleep(seconds)

    def clock() -> float:
        return time.monotonic() + 1000 * len(waits)  # so that each back-off is the first, 0.8 s

    def filling() -> list[float]:
        return [seconds for error, seconds in waits if "storage is (re)initializing" in error]

    options = {"sleep": sleep, "clock": clock, "random": lambda: 0.0}
    with own.rest() as rest:
        await asyncio.to_thread(change_endpoint, rest, 0)
        async with connect_proxy.running() as proxy, reflected(own, proxy, seen, ENDPOINTS, **options):
            for number in range(1, 6):
                proxy.refusing = True
                proxy.cut()
                await asyncio.to_thread(change_endpoint, rest, number)
                restart(own)
                await until_ready(direct)
                proxy.refusing = False
                await seen.until(lambda number=number: set(seen.pods) == {f"default/filled-{number}"}, timeout=PATIENCE)
                if filling():
                    break
            assert filling(), "the API server was never asked early enough"
            assert min(filling()) >= 1.0, "Retry-After, in whole seconds"
            await seen.until(lambda: seen.healths[-1].freshness is Freshness.LIVE, timeout=PATIENCE)


def change_endpoint(rest: Rest, number: int) -> None:
    """`filled-N` instead of the one before; the API server may have been restarted since the last call."""
    rest.connection.close()
    pod = replace(SERVER_POD, name=f"filled-{number}")
    rest.call("POST", CILIUM_ENDPOINTS, endpoint_object(pod, uid=pod.name, node_ip="10.9.0.1"))
    if number:
        rest.call("DELETE", f"{CILIUM_ENDPOINTS}/filled-{number - 1}")


@pytest.mark.parametrize("gracefully", [True, False])
async def test_a_restart_under_load_ends_in_what_the_server_has(
    own: Rig, direct: Api, churn: Churn, gracefully: bool
) -> None:
    seen = Seen()
    async with connect_proxy.running() as proxy, reflected(own, proxy, seen):
        churn.start()
        await seen.until(lambda: len(seen.events) > 20, timeout=PATIENCE)
        restart(own, gracefully=gracefully)
        await seen.until(lambda: seen.healths[-1].freshness in (Freshness.STALE, Freshness.LOST), timeout=PATIENCE)
        await seen.until(lambda: seen.healths[-1].freshness is Freshness.LIVE, timeout=PATIENCE)
        await asyncio.to_thread(churn.stop)
        await same_as_listed(direct, seen)

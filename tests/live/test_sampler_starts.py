"""Which nodes are read first, and how many at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.live.sampler import STARTS, Sampler
from bwtop.live.store import Store
from live.things import Time, agent, pod, store_at

NODES = [f"node-{number}" for number in range(3 * STARTS)]


@asynccontextmanager
async def sampling(sampler: Sampler, api: Api) -> AsyncIterator[None]:
    """While nothing answers, and no time goes by."""
    running = asyncio.create_task(sampler.run())
    await asyncio.sleep(0)
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await api.close()


async def begun(store: Store, count: int) -> None:
    async with asyncio.timeout(30):
        while len(store.readings) < count:  # noqa: ASYNC110 - nothing tells when the last one has begun
            await asyncio.sleep(0.01)


def made() -> tuple[Store, Api, Sampler]:
    store = store_at(Time())
    for name in NODES:
        store.objects.put_agent(agent(name))
    api = Api(Connection(server="http://127.0.0.1:9", credentials=FixedCredentials()))
    return store, api, Sampler(api, store)


async def test_few_readings_begin_in_one_turn_and_the_others_soon():
    """Each TLS greeting holds the event loop."""
    store, api, sampler = made()
    sampler.watch(NODES)
    async with sampling(sampler, api):
        assert len(store.readings) == STARTS
        await begun(store, len(NODES))


async def test_nodes_that_are_looked_at_or_have_a_limit_do_not_wait_for_the_pace_of_the_others():
    store, api, sampler = made()
    watched, annotated = NODES[-1], NODES[-2]
    sampler.watch([watched])
    async with sampling(sampler, api):
        assert set(store.readings) == {watched}
        store.objects.put_pod(pod("server", node=annotated, annotation="10M"), news=False)
        sampler.wake()
        await begun(store, 2)
        assert set(store.readings) == {watched, annotated}


async def test_while_rows_are_coming_what_is_looked_at_is_read_all_the_same():
    store, api, sampler = made()
    for name in NODES:
        store.objects.put_pod(pod(f"on-{name}", node=name, annotation="10M"), news=False)
    sampler.loading = lambda: True
    watched = NODES[-2 * STARTS :]
    sampler.watch(watched)
    async with sampling(sampler, api):
        await begun(store, len(watched))
        assert set(watched) <= set(store.readings)

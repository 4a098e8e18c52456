"""A screen full of nodes is not greeted all at once: each TLS greeting holds the event loop."""

import asyncio

from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.live.sampler import STARTS, Sampler
from live.things import Time, agent, store_at

NODES = [f"node-{number}" for number in range(3 * STARTS)]


async def test_few_readings_begin_in_one_turn_and_the_others_soon():
    store = store_at(Time())
    for name in NODES:
        store.objects.put_agent(agent(name))
    api = Api(Connection(server="http://127.0.0.1:9", credentials=FixedCredentials()))
    sampler = Sampler(api, store)
    sampler.watch(NODES)
    running = asyncio.create_task(sampler.run())
    await asyncio.sleep(0)
    assert len(store.readings) == STARTS
    while len(store.readings) < len(NODES):  # noqa: ASYNC110 - nothing tells when the last one has begun
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await api.close()

"""Reads many agents once, as `bwtop get` does, and prints how long it took: python -m bench.agents KUBECONFIG COUNT."""

import asyncio
import json
import sys
import time

from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.live.snapshot import Snapshot, Want


async def read_agents(kubeconfig: str, *, at_least: int) -> float:
    """Seconds from the first request until every agent's map has been read; raises when fewer answered."""
    api = Api(await connect(ConfigRequest(kubeconfig=kubeconfig)))
    snapshot = Snapshot(api)
    began = time.perf_counter()
    try:
        await snapshot.take(Want.AGENTS, essential=Want.AGENTS)
    finally:
        await api.close()
    seconds = time.perf_counter() - began
    readings = snapshot.store.readings.values()
    answered = sum(1 for reading in readings if reading.entries is not None)
    if answered < at_least:
        raise SystemExit(f"only {answered} of {at_least} agents answered: {'; '.join(snapshot.warnings[:3])}")
    return seconds


if __name__ == "__main__":
    print(json.dumps({"seconds": asyncio.run(read_agents(sys.argv[1], at_least=int(sys.argv[2])))}))

"""The demo cluster as a place for tests with netperf."""

import contextlib
from collections.abc import Sequence

from bwtop.demo.kinds import PODS
from bwtop.demo.server import DemoServer
from bwtop.kube.api import Api
from bwtop.model.limits import Programmed
from bwtop.model.quantity import asked
from bwtop.model.rows import PodRow
from bwtop.model.states import State
from bwtop.netperf.ends import End, find_end
from bwtop.netperf.ledger import Ledger
from bwtop.netperf.plan import Facts, Plan, Settings
from bwtop.netperf.run import RunProgress, run_samples
from demo.clocks import FastClock

SERVER_NODE, CLIENT_NODE = "ip-192-168-29-49.ec2.internal", "ip-192-168-50-201.ec2.internal"


class Laboratory:
    def __init__(self, server: DemoServer, api: Api, ledger: Ledger, clock: FastClock) -> None:
        self.server, self.world, self.api, self.ledger, self.clock = server, server.world, api, ledger, clock

    async def ends(self, server: str = "netperf-server", client: str = "netperf-client") -> tuple[End, End]:
        return await find_end(self.api, "default", server), await find_end(self.api, "default", client)

    async def plan(
        self, settings: Settings, *, limit: int | None = 10_000_000, server: str = "netperf-server",
        client: str = "netperf-client",
    ) -> Plan:  # fmt: skip
        """`limit` is what is programmed for both, as far as the plan is told."""
        one, other = await self.ends(server, client)
        facts = Facts(server=pod_row(one, limit), client=pod_row(other, limit))
        return Plan(server=one, client=other, settings=settings, facts=facts)

    async def run(self, plan: Plan) -> Sequence[RunProgress]:
        async with contextlib.aclosing(run_samples(self.api, plan)) as progress:
            return [each async for each in progress]

    def pods(self) -> set[str]:
        """Names of the pods that bwtop made and that are not told to go."""
        return {
            pod.name
            for pod in self.world.store[PODS]
            if pod.name.startswith("bwtop-netperf") and "deletionTimestamp" not in pod.body()["metadata"]
        }


def pod_row(end: End, limit: int | None) -> PodRow:
    return PodRow(
        namespace=end.namespace, pod=end.pod, node=end.node, owner="", labels=(), endpoint_id=124, identity_id=1,
        ipv4=end.ips[0], ipv6=None, asked=asked(str(limit)) if limit else None,
        programmed=Programmed(limit) if limit else None, rate=None, sampled_at=None,
        state=State.IN_SYNC if limit else State.UNLIMITED, reason="", pressure=None, pressure_since=None,
    )  # fmt: skip

"""The one netperf test of a screen: what runs, how far it is, what came of it. Panels look at it; it tells nobody.

It goes on while the panel is closed, and ends only when it is stopped or the screen goes. No Textual here.
"""

import asyncio
import contextlib
import os
from collections.abc import Sequence
from enum import Enum
from typing import Final

from bwtop import __version__
from bwtop.cilium.policies import Policy
from bwtop.kube.errors import KubeError
from bwtop.live.cluster import Cluster
from bwtop.live.configuration import told
from bwtop.live.policies import read_policies, selecting
from bwtop.model.checks import Unread
from bwtop.model.netperf import Sender
from bwtop.model.rows import PodRow
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.experiment import Experiment, Progress, Waiting, Wish
from bwtop.netperf.history import Runs, history_path
from bwtop.netperf.ledger import Ledger, ledger_folder
from bwtop.netperf.plan import Facts, Plan
from bwtop.netperf.result import Result
from bwtop.netperf.run import Running, Sampled
from bwtop.netperf.sweep import Swept, sweep_ledger
from bwtop.netperf.turn import one_at_a_time
from bwtop.netperf.words import rate_words
from bwtop.panels.netperf_surroundings import NOT_READ, LiveSurroundings, facts_between

POINTS: Final = 120
"""Of the curve that are kept."""


class Stage(Enum):
    SETTING_UP = "setting up"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """Or stopped."""


class Bench:
    def __init__(self, cluster: Cluster) -> None:
        self.stage = Stage.SETTING_UP
        self.step = ""
        """What is done now, in words."""
        self.plan: Plan | None = None
        self.progress: Running | None = None
        self.curve: list[float | None] = []
        """Rates of the sender as its node's agent counts them, bits/s, one a sample of that agent."""
        self.result: Result | None = None
        self.former: Result | None = None
        """The test of the same pair before."""
        self.error = ""
        self.wish: Wish | None = None
        """The last one."""
        self.lacks_netserver = False
        """The last test failed because none answers in the server, and bwtop could add one."""
        self._cluster = cluster
        self._ledger = Ledger(ledger_folder())
        self._runs = Runs(history_path())
        self._task: asyncio.Task[None] | None = None
        self._sampled_at: float | None = None
        self._policies: dict[str, Sequence[Policy] | Unread] = {}
        """By namespace; read when a panel needs them."""

    @property
    def cluster(self) -> Cluster:
        return self._cluster

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def ended(self) -> bool:
        return self.stage in (Stage.DONE, Stage.FAILED)

    @property
    def nodes(self) -> Sequence[str]:
        """Nodes that must be read while the test runs, so that there is a curve."""
        return (self.plan.sender.node,) if self.running and self.plan and self.plan.sender else ()

    def start(self, wish: Wish) -> None:
        """One at a time: nothing happens while one runs."""
        if self.running:
            return
        self.stage, self.step, self.error = Stage.RUNNING, "starting", ""
        self.wish, self.lacks_netserver = wish, False
        self.plan = self.progress = self.result = self.former = None
        self.curve, self._sampled_at = [], None
        self._task = asyncio.create_task(self._run(wish), name="netperf")

    async def stop(self) -> None:
        """Returns when nothing of it is left; without a test it does nothing."""
        task = self._task
        if task is None or task.done():
            return
        self.step = "stopping, cleaning up"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def leave(self) -> None:
        """Stops, and ends the connections that cleaning up has opened anew, also where a test has just ended itself."""
        if self.running:
            await self.stop()
        await self._cluster.close()

    def set_up(self) -> None:
        """Back to the choice of the next test."""
        if not self.running:
            self.stage = Stage.SETTING_UP

    # -- what is said before a test -------------------------------------------------------------------------------
    async def read_policies(self, namespace: str) -> None:
        """For `facts`, which tells as well why they could not be read."""
        self._policies[namespace] = await told(read_policies(self._cluster.api, namespace))

    def facts(self, server: PodRow, client: PodRow | None, sender: Sender | None) -> Facts:
        """What the screen's cluster knows of the two and their nodes; `client` None: it is to be made."""
        store, sending = self._cluster.store, server if sender is Sender.SERVER else client
        known = self._policies.get(sending.namespace, NOT_READ) if sending else NOT_READ
        policies = selecting(store, sending.key, known) if sending else NOT_READ
        return facts_between(store, server, client, sender, policies)

    def past(self, key: str) -> Sequence[Result]:
        """Tests of a server (`namespace/name`) on this cluster, the last one first. Raises OSError."""
        context = self._cluster.api.connection.context
        return [each for each in reversed(self._runs.results(pod=key)) if each.context == context]

    # -- what goes on ---------------------------------------------------------------------------------------------
    async def sweep(self) -> Swept:
        """What a killed bwtop has left on this cluster."""
        return await sweep_ledger(self._cluster.api, self._ledger)

    def look(self) -> None:
        """Takes a point of the curve when the sender's agent has a new sample."""
        row = self.plan.sender_row if self.running and self.plan else None
        reading = self._cluster.store.readings.get(row.node) if row else None
        if row is None or reading is None or reading.sampled_at in (None, self._sampled_at):
            return
        self._sampled_at = reading.sampled_at
        self.curve = [*self.curve[1 - POINTS :], reading.rates.get(row.endpoint_id or 0)]

    async def _run(self, wish: Wish) -> None:
        try:
            with one_at_a_time(self._ledger.folder):
                self._conclude(await self._experiment(wish).run())
        except asyncio.CancelledError:
            self.stage, self.error = Stage.FAILED, f"stopped; {self._left}"
        except (NetperfError, KubeError, OSError) as error:
            self.lacks_netserver = isinstance(error, NetperfError) and error.failure is Failure.NO_NETSERVER
            self.stage, self.error = Stage.FAILED, str(error)

    @property
    def _left(self) -> str:
        server, pid = self._cluster.api.connection.server, os.getpid()
        left = [entry.pod for entry in self._ledger.entries(server) if entry.process == pid]
        if not left:
            return "nothing is left behind"
        return f"NOT removed: {', '.join(left)}; they end by themselves, and the next start removes them"

    def _experiment(self, wish: Wish) -> Experiment:
        cluster = self._cluster
        surroundings = LiveSurroundings(
            cluster.api, cilium_namespace=cluster.cilium_namespace, cilium_selector=cluster.profile.cilium_selector
        )
        return Experiment(
            cluster.api, wish, surroundings=surroundings, ledger=self._ledger, tell=self._take, version=__version__
        )

    def _conclude(self, result: Result) -> None:
        self.stage, self.result = Stage.DONE, result
        with contextlib.suppress(OSError):  # an unreadable history is no reason to hide the result
            self.former = next(iter(self._runs.results(pair=result.pair)[-1:]), None)
        try:
            self._runs.add(result)
        except OSError as error:
            self.error = f"not in the history: {error}"

    def _take(self, progress: Progress) -> None:
        match progress:
            case Waiting(words=words):
                self.step = words
            case Plan():
                self.plan, self.step = progress, progress.load()
            case Running():
                self.progress = progress
            case Sampled(measurement=measurement, sample=sample):
                rate = measurement.received
                self.step = f"sample {sample}: {rate_words(None if rate is None else round(rate))}"

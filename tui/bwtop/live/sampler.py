"""Reads the agents: continuously on the nodes that are looked at, in a slow sweep on all others.

A watched node has one exec open whose loop prints a sample every period. All other nodes are read by one short exec
each, annotated ones at once, and then again at a fixed number of execs a second: a cluster of 5,000 nodes costs the API
server as much as one of 150. A node that fails is left alone for a while that doubles.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterable
from functools import partial
from heapq import nsmallest

from bwtop.cilium.output import OutputError
from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.live import agent_exec
from bwtop.live.agent_exec import AgentExec
from bwtop.live.budget import NORMAL, Budget
from bwtop.live.inspection import inspect, inspection_due
from bwtop.live.store import Store
from bwtop.live.turns import Turns, in_step
from bwtop.live.visit import Visit
from bwtop.model.frames import Frame

LINGER = 20.0
"""Seconds that the exec of a node is kept, unused, after its last row left the screen."""
SILENCE = 20.0
"""Seconds without a frame after which an exec is given up."""
SWEPT_TOGETHER = 5
SWEPT_WHILE_LOADING = 5
"""At once, of the nodes that are not watched."""
STARTS, START_PAUSE = 4, 0.02
"""So many readings begin together, the next ones so many seconds later: TLS greets them all, 3 ms of CPU each."""
DENIALS = 3
"""Refusals in a row, with no answer between, that count as a refusal of all."""
FIRST_DELAY, LONGEST_DELAY = 2.0, 60.0
SLOWEST_LOOK = 5.0


class Sampler:
    """Keeps the store's readings fresh until cancelled."""

    def __init__(self, api: Api, store: Store, *, budget: Budget = NORMAL) -> None:
        self._api, self._store = api, store
        self._budget = budget
        self._visits: dict[str, Visit] = {}
        self._watched: frozenset[str] = frozenset()
        self._turns, self._first_turns = Turns(together=SWEPT_TOGETHER), Turns()
        self._first = ""
        """The node that is looked at most: it is read at the best period whatever else is on the screen."""
        self._wake = asyncio.Event()
        self._agents_moved = True
        self._crowded = False
        """Nodes that are due wait for a place."""
        self._starting = False
        """There are places for more readings than have begun just now."""
        self._denied_until = float("-inf")
        self._denials = 0
        self.loading: Callable[[], bool] = lambda: False
        """While it says so, few agents are read that nobody looks at: the rows come first."""
        self.denied = ""
        """Why no agent at all may be read; empty when they may."""

    def watch(self, nodes: Iterable[str]) -> None:
        """The nodes to read continuously, the most important first; replaces what was watched."""
        ordered = list(dict.fromkeys(nodes))[: self._budget.at_once * 4 // 5]
        self._first = ordered[0] if ordered else ""
        wanted = frozenset(ordered)
        if wanted == self._watched:
            return
        for node in wanted - self._watched:
            self.hurry(node)
        self._watched = wanted

    def hurry(self, node: str) -> None:
        """Reads the node now: it is looked at, or something on it has just changed."""
        if visit := self._visits.get(node):
            visit.hurried.set()
            if not visit.failures:
                visit.due = 0.0
        self._wake.set()

    def wake(self) -> None:
        """Agents may have come or gone."""
        self._agents_moved = True
        self._wake.set()

    def next_try(self, node: str) -> float | None:
        """Seconds until a node that failed is read again; None: it is read as planned."""
        visit = self._visits.get(node)
        if visit is None or not visit.failures or visit.task:
            return None
        return max(visit.due, self._denied_until) - self._store.clock()

    async def run(self) -> None:
        """Starts readings as agents come and as the user looks elsewhere."""
        try:
            while True:
                self._wake.clear()
                if self._agents_moved:
                    self._agents_moved = False
                    self._follow_agents()
                self._start_due()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pause()):
                        await self._wake.wait()
        finally:
            tasks = [visit.task for visit in self._visits.values() if visit.task]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # -- when -----------------------------------------------------------------------------------------------------
    def _follow_agents(self) -> None:
        objects = self._store.objects
        for node in [node for node in self._visits if node not in objects.agents]:
            self._stop(self._visits.pop(node))
            if node not in objects.nodes:
                self._store.forget_node(node)
        for node, agent in objects.agents.items():
            visit = self._visits.get(node)
            if visit is None or visit.agent_uid != agent.uid:
                if visit is not None:
                    self._stop(visit)
                if known := self._store.readings.get(node):
                    known.outdate()
                self._visits[node] = self._planned(node, agent.uid, of=len(objects.agents))

    def _planned(self, node: str, agent_uid: str, *, of: int) -> Visit:
        """The first visit of one node of so many; being looked at, or a pod with a limit, brings it forward."""
        visit = Visit(agent_uid)
        if node not in self._watched:
            now = self._store.clock()
            visit.due = now + self._first_turns.after(now, period=of / self._budget.first_rate, nodes=of)
        return visit

    @staticmethod
    def _stop(visit: Visit) -> None:
        if visit.task:
            visit.task.cancel()

    def _start_due(self) -> None:
        now, self._starting = self._store.clock(), False
        if now < self._denied_until:
            return
        room = self._budget.at_once - sum([1 for visit in self._visits.values() if visit.task])
        if self.denied:
            room = min(room, 1)
        annotated = self._store.objects.annotated
        due = [node for node, visit in self._visits.items() if visit.is_due(now, annotated=annotated[node] > 0)]
        chosen = self._spared(due) if self.loading() else due
        for node in nsmallest(max(min(room, STARTS), 0), chosen, key=self._urgency):
            self._start(node)
        self._starting = min(room, len(chosen)) > STARTS
        self._crowded = len(due) > min(room, len(chosen))
        self._make_room(len(chosen) - room)

    def _spared(self, due: list[str]) -> list[str]:
        """Without most of the nodes that nobody looks at."""
        swept = sum([1 for node, visit in self._visits.items() if visit.task and node not in self._watched])
        others = nsmallest(max(SWEPT_WHILE_LOADING - swept, 0), set(due) - self._watched, key=self._urgency)
        return [*self._watched.intersection(due), *others]

    def _make_room(self, places: int) -> None:
        """Without it execs that are kept in case would hold up the first reading of a large cluster."""
        if places <= 0:
            return
        waiting = [(node, visit) for node, visit in self._visits.items() if visit.waiting and node not in self._watched]
        unwanted = [visit for node, visit in waiting if not self._store.changing(node)]
        for visit in unwanted[:places]:
            visit.dismissed.set()
            visit.hurried.set()

    def _urgency(self, node: str) -> tuple[bool, bool, float]:
        return node not in self._watched, not self._store.objects.annotated[node], self._visits[node].due

    def _pause(self) -> float:
        """Seconds until there may be something to do; a place that gets free sets `_wake`."""
        if self._starting:
            return START_PAUSE
        now = self._store.clock()
        waiting = [visit.due for visit in self._visits.values() if visit.task is None and visit.due > now]
        soonest = max(min(waiting, default=now + SLOWEST_LOOK), self._denied_until) - now
        return min(max(soonest, 0.02), SLOWEST_LOOK)

    # -- what -----------------------------------------------------------------------------------------------------
    def _start(self, node: str) -> None:
        visit, agent = self._visits[node], self._store.objects.agents[node]
        watched = node in self._watched
        self._plan(node)
        visit.begun = True
        visit.task = asyncio.create_task(self._visit(node, visit, agent, watched=watched), name=f"sample {node}")

    async def _visit(self, node: str, visit: Visit, agent: Pod, *, watched: bool) -> None:
        delay = 0.0
        try:
            await self._read(node, visit, agent, watched=watched)
            if node not in self._watched and not self._store.changing(node):
                delay = self._turns.after(self._store.clock(), period=self._plan(node), nodes=len(self._visits))
        except TimeoutError:
            delay = self._failed(node, visit, f"agent {agent.name} gave no answer in {SILENCE:.0f} s")
        except (KubeError, OutputError) as error:
            why = (error.lacking if isinstance(error, ApiError) else "") or str(error)
            delay = self._failed(node, visit, why)
            if isinstance(error, ApiError) and error.code in (401, 403):
                self._deny(why)
        finally:
            if visit.task is asyncio.current_task():
                visit.task = None
            visit.due = self._store.clock() + max(delay, 0.0 if node in self._watched else self._budget.period)
            if self._crowded or visit.due - self._store.clock() < SLOWEST_LOOK:
                self._wake.set()

    def _failed(self, node: str, visit: Visit, error: str) -> float:
        visit.failures += 1
        self._store.failed(node, error)
        return min(FIRST_DELAY * 2.0 ** (visit.failures - 1), LONGEST_DELAY) * random.uniform(0.8, 1.2)

    def _deny(self, error: str) -> None:
        """What is forbidden for one agent is forbidden for all: ask again seldom, and with one of them."""
        self._denials += 1
        if self._denials < min(DENIALS, len(self._visits)):
            return
        self.denied = error
        self._denied_until = self._store.clock() + LONGEST_DELAY
        for node in self._visits:
            self._store.reading(node, period=self._budget.sweep_seconds)
            self._store.failed(node, error)

    def _answered(self, visit: Visit) -> None:
        """One agent that answers shows that not all are forbidden."""
        visit.failures = self._denials = 0
        if self.denied:
            self.denied, self._denied_until = "", float("-inf")
            self._wake.set()

    async def _read(self, node: str, visit: Visit, agent: Pod, *, watched: bool) -> None:
        """A sample, and more of them while the node is watched.

        Inspections run beside the samples while they go on, else after the one sample by the same exec: a new one
        costs more.
        """
        inspection: asyncio.Task[None] | None = None
        first = True
        try:
            async with asyncio.timeout(SILENCE) as patience, AgentExec(self._api, agent) as script:
                while True:
                    if watched and (inspection is None or inspection.done()) and inspection_due(self._store, node):
                        read = partial(agent_exec.inspect, self._api, agent)
                        work = inspect(self._store, agent, read, within=SILENCE)
                        inspection = asyncio.create_task(work, name=f"inspect {node}")
                    self._take(node, await script.sample())
                    self._answered(visit)
                    patience.reschedule(None)
                    if not watched or not await self._still_wanted(node, visit, soon=first):
                        break
                    first = False
                    patience.reschedule(asyncio.get_running_loop().time() + SILENCE)
                if not watched and inspection_due(self._store, node):
                    await inspect(self._store, agent, script.inspect, within=SILENCE)
            if inspection:
                await inspection
        finally:
            if inspection:
                inspection.cancel()
                await asyncio.gather(inspection, return_exceptions=True)

    def _period(self, node: str) -> float:
        """Seconds between two readings of the node as things stand."""
        if node in self._watched:
            return self._budget.watch_period(1 if node == self._first else len(self._watched))
        return self._budget.sweep_period(len(self._visits))

    def _plan(self, node: str) -> float:
        """Seconds to the next reading; a shorter period counts from then on, so that being seen makes no node stale."""
        period = self._period(node)
        known = self._store.readings.get(node)
        self._store.reading(node, period=max(period, known.period) if known else period)
        return period

    async def _still_wanted(self, node: str, visit: Visit, *, soon: bool) -> bool:
        """Waits a period, or `soon` the shortest: a rate needs two samples.

        An exec whose node left the screen is kept for a while, in case it is wanted again.
        """
        visit.hurried.clear()
        period = self._plan(node)
        visit.waiting = True
        try:
            in_turn = node in self._watched and not soon
            within = in_step(self._store.clock(), period=period) if in_turn else self._budget.period
            await _happens(visit.dismissed, within=within)
            if node in self._watched or self._store.changing(node):
                return True
            self._plan(node)
            if self._crowded:
                self._wake.set()
            return await _happens(visit.hurried, within=LINGER) and not visit.dismissed.is_set()
        finally:
            visit.waiting = False
            visit.dismissed.clear()

    def _take(self, node: str, frame: Frame) -> None:
        try:
            self._store.sampled(node, frame)
        except OutputError as error:
            self._store.failed(node, str(error))
        else:
            self._store.reading(node, period=self._period(node))


async def _happens(event: asyncio.Event, *, within: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            await event.wait()
    return event.is_set()

"""A whole test: finds or makes its ends, lets a limit land, measures, judges, and cleans up."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, Protocol

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import KubeError
from bwtop.model.netperf import Sender
from bwtop.model.rows import PodRow
from bwtop.netperf.ends import Candidate, End, find_end, propose_client
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.judge import Verdict
from bwtop.netperf.ledger import Ledger
from bwtop.netperf.makers import PATIENCE_SECONDS, add_netserver, made_pods
from bwtop.netperf.manifests import DEFAULT_IMAGE, Manifest, pod_for_test, run_name
from bwtop.netperf.measurement import Measurement
from bwtop.netperf.plan import Facts, Plan, Settings
from bwtop.netperf.result import Result, conclude, verdict_on
from bwtop.netperf.run import Running, Sampled, run_samples

_SPARE_SECONDS: Final = 120
"""A made pod lives so much longer than its test should take."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for."""

    namespace: str
    server: str | None
    """None: both pods are to be made."""
    client: tuple[str, str] | None = None
    """Namespace and name; None: proposed, or made."""
    make_client: bool = False
    """Even if there is one that could be proposed."""
    limit: str | None = None
    """The annotation of a server that is made."""
    client_node: str | None = None
    """For a client that is made."""
    image: str = DEFAULT_IMAGE
    add_netserver: bool = False
    """Where none answers, an ephemeral container with one may be put into the server; it stays."""
    settings: Settings = Settings()

    def problem(self) -> str:
        """Why it cannot be done; empty when it can."""
        if self.limit and self.server is not None:
            return "a limit is only given to a server that bwtop makes; edit an existing pod's limit instead"
        return self.settings.problem()

    @property
    def deadline(self) -> int:
        """Seconds after which the kubelet ends the pods that are made."""
        return round(self.settings.seconds * self.settings.samples + 2 * PATIENCE_SECONDS) + _SPARE_SECONDS


class Waiting(msgspec.Struct, frozen=True):
    """What is done, or waited for, before the first sample."""

    words: str


Progress = Waiting | Plan | Running | Sampled
"""A `Plan` comes once, before anything is sent."""


class Surroundings(Protocol):
    """What the test must know of the cluster, and does not find out itself."""

    async def candidates(self, namespace: str) -> Sequence[Candidate]:
        """Pods that may be the client. Raises KubeError."""

    async def facts(self, server: End, client: End, sender: Sender | None) -> Facts:
        """What is known of the two and their nodes; of fresh pods, once it is. Raises KubeError."""

    async def landed(self, end: End, limit: str) -> str:
        """Waits until the limit of a fresh pod is programmed; why it is not, or empty."""


class Experiment:
    """One test; `tell` takes every step of it."""

    def __init__(
        self,
        api: Api,
        wish: Wish,
        *,
        surroundings: Surroundings,
        ledger: Ledger,
        tell: Callable[[Progress], None],
        version: str,
    ) -> None:
        self._api, self._wish, self._surroundings = api, wish, surroundings
        self._ledger, self._tell, self._version = ledger, tell, version

    async def run(self) -> Result:
        """Raises NetperfError, KubeError, OSError without a ledger; cancel it to stop. Leaves nothing behind."""
        if problem := self._wish.problem():
            raise NetperfError(Failure.OTHER, problem)
        async with self._ends() as (server, client):
            began = time.time()
            plan = await self._plan(server, client)
            self._tell(plan)
            samples = await self._samples(plan)
            later = await self._later(plan, samples)
            context = self._api.connection.context
            return conclude(plan, samples, context=context, unix=began, version=self._version, later=later)

    @contextlib.asynccontextmanager
    async def _ends(self) -> AsyncIterator[tuple[End, End]]:
        wish, run = self._wish, run_name()
        if wish.server is None:
            manifests = [self._manifest(Sender.SERVER, run), self._manifest(Sender.CLIENT, run)]
            async with self._made(manifests) as (server, client):
                await self._landed(server)
                yield server, client
            return
        server = await find_end(self._api, wish.namespace, wish.server)
        if found := await self._client(server):
            yield server, found
            return
        manifest = self._manifest(Sender.CLIENT, run, not_node=None if wish.client_node else server.node)
        async with self._made([manifest]) as (client,):
            yield server, client

    async def _client(self, server: End) -> End | None:
        """None: one is to be made."""
        wish = self._wish
        if wish.client is not None:
            return await find_end(self._api, *wish.client)
        if wish.make_client or wish.client_node:
            return None
        proposal = propose_client(server, await self._surroundings.candidates(wish.namespace))
        if proposal.candidate is None:
            self._say(proposal.reason)
            return None
        self._say(f"client: {proposal.candidate.key}: {proposal.reason}")
        return await find_end(self._api, proposal.candidate.namespace, proposal.candidate.pod)

    def _manifest(self, role: Sender, run: str, *, not_node: str | None = None) -> Manifest:
        wish, client = self._wish, role is Sender.CLIENT
        return pod_for_test(
            role,
            run=run,
            namespace=wish.namespace,
            image=wish.image,
            deadline=wish.deadline,
            limit=None if client else wish.limit,
            node=wish.client_node if client else None,
            not_node=not_node,
        )

    def _made(self, manifests: Sequence[Manifest]) -> contextlib.AbstractAsyncContextManager[Sequence[End]]:
        names = ", ".join(str(manifest["metadata"]["name"]) for manifest in manifests)
        self._say(f"making {names} in {self._wish.namespace}")
        return made_pods(self._api, manifests, ledger=self._ledger, tell=self._say)

    async def _landed(self, server: End) -> None:
        if not self._wish.limit:
            return
        self._say(f"waiting until {self._wish.limit} is programmed on {server.node}")
        if reason := await self._surroundings.landed(server, self._wish.limit):
            raise NetperfError(Failure.PODS, f"the limit {self._wish.limit} of {server.key} did not land: {reason}")

    async def _plan(self, server: End, client: End) -> Plan:
        settings = self._wish.settings
        self._say("reading what is programmed")
        facts = await self._surroundings.facts(server, client, settings.test.sender)
        return Plan(server=server, client=client, settings=settings, facts=facts)

    async def _later(self, plan: Plan, samples: Sequence[Measurement]) -> PodRow | None:
        """The sender once more after a miss: its limit may have been edited meanwhile. None: not asked, or not told."""
        if verdict_on(plan, samples) in (None, Verdict.PASS):
            return None
        self._say("reading what is programmed by now")
        with contextlib.suppress(KubeError):
            facts = await self._surroundings.facts(plan.server, plan.client, plan.settings.test.sender)
            return msgspec.structs.replace(plan, facts=facts).sender_row
        return None

    async def _samples(self, plan: Plan) -> Sequence[Measurement]:
        try:
            return await self._run(plan)
        except NetperfError as error:
            if error.failure is not Failure.NO_NETSERVER or plan.server.made:
                raise
            if not self._wish.add_netserver:
                raise NetperfError(error.failure, error.cause, hint=NETSERVER_HINT) from error
        self._say(f"adding a netserver to {plan.server.key}: its entry stays in the pod")
        image, deadline = self._wish.image, self._wish.deadline
        await add_netserver(self._api, plan.server, image=image, deadline=deadline, tell=self._say)
        return await self._run(plan)

    async def _run(self, plan: Plan) -> Sequence[Measurement]:
        samples = []
        async with contextlib.aclosing(run_samples(self._api, plan)) as progress:
            async for each in progress:
                self._tell(each)
                if isinstance(each, Sampled):
                    samples.append(each.measurement)
        return samples

    def _say(self, words: str) -> None:
        self._tell(Waiting(words))


NETSERVER_HINT: Final = (
    "run netserver in it, or let bwtop add one as an ephemeral container (--add-netserver; it stays in the pod); "
    "does a network policy allow port 12865?"
)

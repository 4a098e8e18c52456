"""What is going to be tested, and what is said before: how much traffic, where, and why a limit may not bite."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from bwtop.model.checks import Unread
from bwtop.model.limits import EgressProgram
from bwtop.model.netperf import NetperfTest, Sender
from bwtop.model.pod_facts import L7Policy
from bwtop.model.quantity import format_rate
from bwtop.model.rows import EndpointRow, NodeRow, PodRow
from bwtop.model.states import State
from bwtop.model.words import state_words
from bwtop.netperf.ends import End

LONGEST_SECONDS: Final = 600
MOST_SAMPLES: Final = 100
MOST_STREAMS: Final = 64
SHORT_SECONDS: Final = 10
"""Shorter runs are carried by bursts and socket buffers."""
_UNENCRYPTED: Final = (None, "", "Disabled")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody chooses about a test."""

    test: NetperfTest = NetperfTest.TCP_MAERTS
    seconds: int = SHORT_SECONDS
    """Of each sample."""
    samples: int = 1
    streams: int = 1
    """netperfs that run at the same time."""
    family: int | None = None
    """IP family, 4 or 6; None: what the pod's first address is."""

    def problem(self) -> str:
        """Why it cannot be run; empty when it can."""
        for what, value, most in (
            ("duration", self.seconds, LONGEST_SECONDS),
            ("number of samples", self.samples, MOST_SAMPLES),
            ("number of streams", self.streams, MOST_STREAMS),
        ):
            if not 1 <= value <= most:
                return f"the {what} must be between 1 and {most}, not {value}"
        return ""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the cluster says of the two pods and their nodes; None: not known."""

    server: PodRow | None = None
    client: PodRow | None = None
    server_node: NodeRow | None = None
    client_node: NodeRow | None = None
    sender_endpoint: EndpointRow | None = None
    policies: tuple[L7Policy, ...] | Unread = Unread("not read yet")
    """L7 policies that select the sender at egress."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    server: End
    client: End
    settings: Settings = Settings()
    facts: Facts = Facts()

    @property
    def sender(self) -> End | None:
        """The pod whose limit is tested."""
        match self.settings.test.sender:
            case Sender.SERVER:
                return self.server
            case Sender.CLIENT:
                return self.client
        return None

    @property
    def sender_row(self) -> PodRow | None:
        match self.settings.test.sender:
            case Sender.SERVER:
                return self.facts.server
            case Sender.CLIENT:
                return self.facts.client
        return None

    @property
    def sender_node(self) -> NodeRow | None:
        return self.facts.server_node if self.settings.test.sender is Sender.SERVER else self.facts.client_node

    @property
    def limit(self) -> int | None:
        """Bits/s that are programmed for the sender; None: no limit, or not known."""
        row = self.sender_row
        return (row.programmed.bits_per_second or None) if row and row.programmed else None

    @property
    def l7_policies(self) -> Sequence[str] | None:
        """What takes the sender's traffic to a proxy, which one for DNS alone does not; None: not known."""
        if isinstance(self.facts.policies, Unread):
            return None
        found = [policy for policy in self.facts.policies if set(policy.protocols) != {"dns"}]
        return [f"{policy.name} ({', '.join(policy.protocols)})" for policy in found]

    @property
    def same_node(self) -> bool:
        return self.server.node == self.client.node

    @property
    def seconds(self) -> int:
        """All samples together."""
        return self.settings.seconds * self.settings.samples

    def load(self) -> str:
        """How much it sends and where, said before anything is sent."""
        settings = self.settings
        if settings.test is NetperfTest.TCP_RR:
            much = f"round trips for {self.seconds} s"
        elif self.limit is not None and not self.same_node:
            much = f"about {_bytes(self.limit / 8 * self.seconds)} in {self.seconds} s, if the limit holds"
        else:
            much = f"as much as the network takes for {self.seconds} s: no limit holds it back"
        many = f" in {settings.streams} streams" if settings.streams > 1 else ""
        return f"sends {much}{many}, {self._route()}"

    def _route(self) -> str:
        if self.same_node:
            return f"within {self.server.node}"
        first, then = self.client.node, self.server.node
        if self.settings.test.sender is Sender.SERVER:
            first, then = then, first
        return f"from {first} to {then}" if self.settings.test.sender else f"between {first} and {then}"

    def warnings(self) -> Sequence[str]:
        """Why the limit may not bite, or the figure may mislead; known before the run."""
        return list(self._warnings())

    def _warnings(self) -> Iterator[str]:
        if self.same_node:
            yield f"both pods are on {self.server.node}: limits apply where packets leave a node, so none applies here"
        sender = self.sender
        if sender is None:
            return
        if sender.host_network:
            yield f"{sender.key} is in its node's network: no limit can apply to it"
        if self.settings.seconds < SHORT_SECONDS:
            yield f"{self.settings.seconds} s is short: bursts and buffers count; {SHORT_SECONDS} s tell more"
        yield from self._limit_warnings()
        yield from self._path_warnings()

    def _limit_warnings(self) -> Iterator[str]:
        row = self.sender_row
        if row is None and self.sender is not None and self.sender.made:
            yield "the client is made without a limit: there will be no verdict"
            return
        if row is None:
            yield "what is programmed for the sender is not known: there will be no verdict"
            return
        if row.state in (State.UNLIMITED, State.HOST_NETWORK, State.IN_SYNC):
            return
        yield f"the limit of {row.key} is {state_words(row.state)}: {row.reason}"

    def _path_warnings(self) -> Iterator[str]:
        node, endpoint = self.sender_node, self.facts.sender_endpoint
        if node is not None:
            if node.encryption not in _UNENCRYPTED:
                yield f"encryption is on ({node.encryption}): it changes where packets leave, and what they carry"
            if node.egress_program is EgressProgram.MISSING:
                yield f"no egress program on {node.node} applies the limits"
        yield from self.policy_words()
        unread = self.facts.policies
        if isinstance(unread, Unread) and endpoint is not None and endpoint.egress_enforcement == "enforcing":
            yield f"policies select {endpoint.key} at egress; one with L7 rules takes it out of the limit: {unread.why}"

    def policy_words(self) -> Iterator[str]:
        """Rule: Cilium's documentation of the bandwidth manager, limitations."""
        if self.sender is not None:
            for policy in self.l7_policies or ():
                yield f"{policy} selects {self.sender.key} at egress: what goes through the L7 proxy is not limited"


def _bytes(count: float) -> str:
    return f"{format_rate(count)}B"

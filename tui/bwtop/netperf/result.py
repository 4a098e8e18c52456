"""The result of a test with all that is needed to understand it later; its JSON is the kind NetperfResult.

Rates and limits are integers in bits/s, latencies microseconds, CPU percent of a node; what is not known is null.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from bwtop.model.document import API_VERSION, Kind, rfc3339
from bwtop.model.rows import NodeRow, PodRow
from bwtop.netperf.combine import averaged
from bwtop.netperf.ends import End
from bwtop.netperf.explain import explain
from bwtop.netperf.judge import Verdict, confidence95, judge
from bwtop.netperf.measurement import Latency, Measurement
from bwtop.netperf.plan import Plan


class ResultEnd(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    namespace: str
    pod: str
    node: str
    ip: str | None
    made: bool
    """bwtop made it for the test."""
    cilium: str | None
    """Version of the node's agent."""
    kernel: str | None


class Limit(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Of the sender, at the beginning of the test."""

    annotation: str | None
    asked_bits_per_second: int | None
    bits_per_second: int | None
    """What is programmed; null: no limit, or not known (see `state`)."""
    state: str | None


class Path(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    same_node: bool
    host_network: bool
    encryption: str | None
    egress_program: str | None
    bandwidth_manager: str | None
    cni_chaining: str | None
    l7_policies: list[str] | None = None
    """That select the sender at egress, with their protocols; null: could not be read."""


class Cpu(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    client_percent: float | None
    server_percent: float | None


class Measured(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    bits_per_second: int | None
    """As it arrived, the mean of the samples; null for TCP_RR."""
    confidence95_bits_per_second: int | None
    """The mean is right within plus or minus this with 95 %; null for one sample."""
    samples_bits_per_second: list[int]
    sent_bits_per_second: int | None
    transactions_per_second: float | None
    latency_microseconds: Latency
    retransmits: int | None
    cpu: Cpu


class Result(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    at: str
    """RFC 3339."""
    context: str
    test: str
    direction: str
    duration_seconds: int
    samples: int
    streams: int
    server: ResultEnd
    client: ResultEnd
    limit: Limit
    path: Path
    measured: Measured
    share: float | None
    """Measured over programmed."""
    verdict: Verdict | None
    """Null: there is no limit, or none that is known."""
    warnings: list[str]
    explanations: list[str]
    """What could explain a verdict that is not PASS."""
    bwtop: str

    @property
    def pair(self) -> str:
        """What runs have in common that can be compared."""
        return " ".join(
            (
                self.context,
                f"{self.server.namespace}/{self.server.pod}",
                f"{self.client.namespace}/{self.client.pod if not self.client.made else '(made)'}",
            )
        )

    @property
    def limit_is_missing(self) -> bool:
        """A limit is asked, and nothing could be judged."""
        return self.verdict is None and self.limit.annotation is not None and self.measured.bits_per_second is not None

    @property
    def good(self) -> bool:
        return self.verdict is Verdict.PASS or (self.verdict is None and not self.limit_is_missing)


def conclude(
    plan: Plan,
    samples: Sequence[Measurement],
    *,
    context: str,
    unix: float,
    version: str,
    later: PodRow | None = None,
) -> Result:
    """Judges the samples of a plan; `unix` is when it began, `later` the sender after it, where it was looked at."""
    settings, facts = plan.settings, plan.facts
    whole = averaged(samples)
    rates = [sample.received for sample in samples if sample.received is not None]
    verdict = verdict_on(plan, samples)
    return Result(
        at=rfc3339(unix) or "",
        context=context,
        test=settings.test.value,
        direction=settings.test.words,
        duration_seconds=settings.seconds,
        samples=len(samples),
        streams=settings.streams,
        server=_end(plan.server, facts.server_node, settings.family),
        client=_end(plan.client, facts.client_node, settings.family),
        limit=_limit(plan),
        path=_path(plan),
        measured=_measured(whole, rates),
        share=round(whole.received / plan.limit, 3) if whole.received is not None and plan.limit else None,
        verdict=verdict,
        warnings=list(plan.warnings()),
        explanations=list(explain(plan, whole, verdict, later=later)),
        bwtop=version,
    )


def verdict_on(plan: Plan, samples: Sequence[Measurement]) -> Verdict | None:
    """None where there is no limit, or nothing to judge by one."""
    received = averaged(samples).received
    return None if received is None else judge(received, plan.limit)


def result_item(result: Result) -> dict[str, Any]:
    """Plain values under the names of the JSON."""
    item: dict[str, Any] = msgspec.to_builtins(result)
    return item


def result_document(result: Result) -> dict[str, Any]:
    return {"apiVersion": API_VERSION, "kind": Kind.NETPERF.value, **result_item(result)}


def _end(end: End, node: NodeRow | None, family: int | None) -> ResultEnd:
    return ResultEnd(
        namespace=end.namespace,
        pod=end.pod,
        node=end.node,
        ip=end.ip(family) if end.ips else None,
        made=end.made,
        cilium=node.agent_version if node else None,
        kernel=node.kernel if node else None,
    )


def _limit(plan: Plan) -> Limit:
    row = plan.sender_row
    asked = row.asked if row else None
    return Limit(
        annotation=asked.annotation if asked else None,
        asked_bits_per_second=asked.bits_per_second if asked else None,
        bits_per_second=plan.limit,
        state=row.state.value if row else None,
    )


def _path(plan: Plan) -> Path:
    node = plan.sender_node
    return Path(
        same_node=plan.same_node,
        host_network=plan.server.host_network or plan.client.host_network,
        encryption=node.encryption if node else None,
        egress_program=node.egress_program.value if node else None,
        bandwidth_manager=node.bandwidth_manager if node else None,
        cni_chaining=node.cni_chaining if node else None,
        l7_policies=None if plan.l7_policies is None else list(plan.l7_policies),
    )


def _measured(whole: Measurement, rates: Sequence[float]) -> Measured:
    width = confidence95(rates)
    return Measured(
        bits_per_second=_rounded(whole.received),
        confidence95_bits_per_second=_rounded(width),
        samples_bits_per_second=[round(rate) for rate in rates],
        sent_bits_per_second=_rounded(whole.sent),
        transactions_per_second=None if whole.transactions is None else round(whole.transactions, 1),
        latency_microseconds=whole.latency,
        retransmits=whole.retransmits,
        cpu=Cpu(client_percent=whole.client_cpu, server_percent=whole.server_cpu),
    )


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)

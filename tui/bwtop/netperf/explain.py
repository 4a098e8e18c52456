"""What could explain that a test did not measure the limit; guesses are told as such, in the order of likelihood."""

from collections.abc import Iterator

from bwtop.model.checks import Unread
from bwtop.model.limits import EgressProgram
from bwtop.model.netperf import NetperfTest
from bwtop.model.printable import printable
from bwtop.model.quantity import format_rate
from bwtop.model.rows import PodRow
from bwtop.netperf.judge import Verdict
from bwtop.netperf.measurement import Measurement
from bwtop.netperf.plan import SHORT_SECONDS, Plan

BUSY_PERCENT = 90.0
"""From here on a node's CPU may be what holds a test back."""
_MANY_RETRANSMITS = 100.0
"""A second."""


def explain(plan: Plan, measured: Measurement, verdict: Verdict | None, *, later: PodRow | None) -> Iterator[str]:
    """`later`: the sender after the test, None: not looked at. Empty where there is nothing to explain."""
    if verdict in (Verdict.OVER, Verdict.UNDER):
        yield from _changed(plan, later)
    match verdict:
        case Verdict.OVER:
            yield from _over(plan, later)
        case Verdict.UNDER:
            yield from _under(plan, measured)
        case None if measured.received is not None and plan.sender_row is not None and plan.limit is None:
            yield _no_limit(plan)


def _no_limit(plan: Plan) -> str:
    row = plan.sender_row
    assert row is not None
    if row.asked is None:
        return f"{row.key} has no limit: this is what the path gives"
    return f"{printable(row.asked.annotation, limit=30)} is asked for {row.key} and nothing is programmed: {row.reason}"


def _changed(plan: Plan, later: PodRow | None) -> Iterator[str]:
    if later is not None and (now := later.limit) is not None and now != plan.limit:
        before = format_rate(plan.limit or 0)
        words = f"it is {format_rate(now)} now" if now else "it has none now"
        yield f"the limit of {later.key} was changed during the test: it was {before} at the start, {words}"


def _over(plan: Plan, later: PodRow | None) -> Iterator[str]:
    node, sender = plan.sender_node, plan.sender
    if plan.same_node:
        yield "both pods are on one node: limits apply where packets leave a node"
    if sender is not None and sender.host_network:
        yield f"{sender.key} is in its node's network: no limit can apply"
    if node is not None and node.egress_program is EgressProgram.MISSING:
        yield f"no egress program on {node.node} applies what is programmed (cilium#39167)"
    if node is not None and node.manager_enabled is False:
        yield f"the bandwidth manager is off on {node.node}"
    yield from plan.policy_words()
    if node is not None and node.encryption not in (None, "Disabled"):
        yield f"encryption ({node.encryption}) may send the packets around the limit"
    if plan.settings.seconds < SHORT_SECONDS:
        yield f"the run was short ({plan.settings.seconds} s): a burst counts much in it"
    if later is None or later.limit is None:
        yield "the limit may have been raised during the test"
    if isinstance(unread := plan.facts.policies, Unread):
        yield f"a policy with L7 rules would take the pod out of its limit; policies: {unread.why}"
    if not (plan.server.made or plan.client.made) and sender is not None:
        other = plan.client if sender is plan.server else plan.server
        yield f"look further: bwtop explain pod/{sender.pod} -n {sender.namespace} --peer {other.key}"


def _under(plan: Plan, measured: Measurement) -> Iterator[str]:
    if plan.settings.test is NetperfTest.UDP_STREAM and measured.sent and measured.received is not None:
        lost = 1 - measured.received / measured.sent
        yield f"UDP is sent without regard to the limit: {lost:.0%} of {format_rate(measured.sent)} was dropped"
    if plan.settings.test.sender is not None and (other := _receiver_busy(plan)):
        yield other
    for cpu, end in ((measured.client_cpu, plan.client), (measured.server_cpu, plan.server)):
        if cpu is not None and cpu >= BUSY_PERCENT:
            yield f"the CPU of {end.node} was {cpu:.0f} % busy"
    if measured.retransmits and measured.seconds and measured.retransmits / measured.seconds > _MANY_RETRANSMITS:
        yield f"packets were lost on the way: {measured.retransmits} retransmits"
    row = plan.sender_row
    if row is not None and row.rate and plan.limit and row.rate > plan.limit * 0.1:
        yield f"the limit is the pod's: its own traffic ({format_rate(row.rate)} before the test) shares it"
    yield "the network, the other end or its own limit may give less; compare with a pod that has no limit"


def _receiver_busy(plan: Plan) -> str:
    """Acknowledgements leave the other end, and its limit holds them back, too."""
    other = plan.facts.client if plan.sender is plan.server else plan.facts.server
    if other is None or other.programmed is None or not other.programmed.bits_per_second:
        return ""
    theirs = other.programmed.bits_per_second
    if plan.limit is None or theirs * 20 > plan.limit:
        return ""
    return f"{other.key} is limited to {format_rate(theirs)}: its acknowledgements may be too slow"

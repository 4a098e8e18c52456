"""The state of a pod, decided from facts alone, in the order of `State`."""

from bwtop.model.limits import EgressProgram
from bwtop.model.quantity import format_bits
from bwtop.model.states import PENDING_SECONDS, Facts, Pressure, State, Verdict

AT_CAP, OVER = 0.95, 1.15
"""Shares of the limit. The rate is counted before the limit, with headers: some 10 % above what arrives."""
REMOVES_INVALID = (1, 17)
"""From this version on an annotation that does not parse removes the limit; before, the old one stays."""


def verdict(facts: Facts) -> Verdict:
    """Never raises; never says more than the facts do."""
    if facts.host_network:
        return Verdict(State.HOST_NETWORK, "host network: no endpoint of its own, no limit can apply")
    if not facts.node:
        return Verdict(State.UNKNOWN, "not scheduled yet")
    if facts.unreadable:
        return Verdict(State.UNKNOWN, facts.unreadable)
    if facts.asked is not None and not facts.asked.bits_per_second:
        return Verdict(State.INVALID, _invalid(facts))
    limit = facts.programmed.bits_per_second if facts.programmed else 0
    wanted = facts.asked.bits_per_second if facts.asked else 0
    if wanted == limit:
        return _agreed(facts, limit)
    if facts.changed_ago is not None and facts.changed_ago < PENDING_SECONDS:
        return Verdict(State.PENDING, f"changed {facts.changed_ago:.0f} s ago, the map does not agree yet")
    if not limit:
        return Verdict(State.NOT_PROGRAMMED, _not_programmed(facts))
    if not wanted:
        return Verdict(State.ORPHAN, f"{format_bits(limit)} is in the map, but nothing is asked")
    return Verdict(State.MISMATCH, f"asked {format_bits(wanted or 0)}, programmed {format_bits(limit)}")


def _agreed(facts: Facts, limit: int) -> Verdict:
    if not limit:
        reason = "neither asked nor programmed" if facts.has_endpoint else "nothing asked, and no endpoint"
        return Verdict(State.UNLIMITED, reason)
    if facts.egress_program is EgressProgram.MISSING:
        return Verdict(State.NOT_ENFORCED, "in the map, but no egress program on the node's devices applies it")
    unchecked = facts.egress_program is EgressProgram.UNKNOWN
    reason = "asked equals programmed" + ("; egress program not checked" if unchecked else "")
    return Verdict(State.IN_SYNC, reason, _pressure(facts.rate, limit))


def _pressure(rate: int | None, limit: int) -> Pressure | None:
    if rate is None or rate < AT_CAP * limit:
        return None
    return Pressure.OVER if rate > OVER * limit else Pressure.AT_CAP


def _not_programmed(facts: Facts) -> str:
    if not facts.has_endpoint:
        return "asked, but Cilium has no endpoint for this pod"
    if facts.manager_enabled is False:
        return "asked, but the bandwidth manager is off on this node"
    return "asked, but the map has no entry" if facts.programmed is None else "asked, but the map says no limit"


def _invalid(facts: Facts) -> str:
    problem = facts.asked.problem if facts.asked else ""
    limit = facts.programmed.bits_per_second if facts.programmed else 0
    if limit:
        return f"{problem}; the old limit {format_bits(limit)} is still in the map"
    if facts.asked is None or facts.asked.bits_per_second is not None or facts.cilium is None:
        return problem
    did = "removed the limit" if facts.cilium >= REMOVES_INVALID else "ignored it"
    return f"{problem}; Cilium {facts.cilium[0]}.{facts.cilium[1]} {did}"

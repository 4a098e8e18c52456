"""The verdict over asked, programmed and rate: is the limit in the map, and if not, why."""

from enum import Enum

import msgspec

from bwtop.model.limits import Asked, EgressProgram, Programmed
from bwtop.model.printable import printable
from bwtop.model.quantity import format_bits

AT_CAP_PERCENT = 95
OVER_PERCENT = 115
INVALID_REMOVES = (1, 17)
"""From this Cilium on, an annotation that does not parse removes the limit; before, the old one stays (measured)."""

PENDING_SECONDS = 10.0
"""How long a change may take to reach the map before it counts as not programmed (measured: 1 to 2.5 s)."""

AGENT_NOT_READ = "agent not read yet"
ENDPOINT_NOT_READ = "its endpoint was not read yet"
AWAITED = frozenset((AGENT_NOT_READ, ENDPOINT_NOT_READ))
"""Reasons of an unknown state that nothing is wrong with: it will be known in a moment."""


class State(Enum):
    """In the order in which they are decided; the values are the JSON contract."""

    HOST_NETWORK = "HostNetwork"
    UNKNOWN = "Unknown"
    INVALID = "Invalid"
    PENDING = "Pending"
    NOT_PROGRAMMED = "NotProgrammed"
    MISMATCH = "Mismatch"
    ORPHAN = "Orphan"
    NOT_ENFORCED = "NotEnforced"
    IN_SYNC = "InSync"
    UNLIMITED = "Unlimited"


class Pressure(Enum):
    """How the rate stands to a limit that is in sync."""

    AT_CAP = "at cap"
    OVER = "over"


class Facts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All that the verdict on one pod looks at."""

    host_network: bool = False
    node: str = ""
    """Empty: not scheduled yet."""
    unreadable: str = ""
    """Why the node's agent cannot be read (down, forbidden, stale ...); empty: it can."""
    has_endpoint: bool = True
    endpoints_read: bool = True
    """Whether it is known which endpoints there are: else a pod that seems to have none may have one."""
    asked: Asked | None = None
    programmed: Programmed | None = None
    changed_ago: float | None = None
    """Seconds from a change of the annotation or the endpoint to the last reading of the map; None: no change seen."""
    manager_enabled: bool | None = None
    """The node's bandwidth manager; None: not known."""
    egress_program: EgressProgram = EgressProgram.UNKNOWN
    cilium: tuple[int, int] | None = None
    """Version (major, minor) of the node's agent: what it does with an invalid annotation depends on it."""
    rate: int | None = None
    """Egress offered by the pod, bits/s; None: not known."""


class Verdict(msgspec.Struct, frozen=True, gc=False):
    state: State
    reason: str
    pressure: Pressure | None = None


def verdict(facts: Facts) -> Verdict:
    """The state of one pod's limit, decided in the order of State, and why in a few words; never raises."""
    if facts.host_network:
        return Verdict(State.HOST_NETWORK, "in the node's network: no limit can apply")
    if not facts.node:
        return Verdict(State.UNKNOWN, "not scheduled yet")
    if facts.unreadable:
        return Verdict(State.UNKNOWN, facts.unreadable)
    asked = facts.asked
    if asked is not None and not asked.bits_per_second:
        return Verdict(State.INVALID, f"{asked.problem}{_after_invalid(facts, asked)}")
    if _unread(facts):
        return Verdict(State.UNKNOWN, ENDPOINT_NOT_READ)
    if _limit(facts) == _asked_bits(facts) and (asked is None or facts.has_endpoint):
        return _agreed(facts)
    if facts.changed_ago is not None and facts.changed_ago < PENDING_SECONDS:
        return Verdict(State.PENDING, f"changed {max(facts.changed_ago, 0):.0f} s ago, the map does not agree yet")
    return _drift(facts)


def _asked_bits(facts: Facts) -> int:
    return (facts.asked.bits_per_second or 0) if facts.asked else 0


def _limit(facts: Facts) -> int:
    """What is programmed; 0: no limit, with a row or without."""
    return facts.programmed.bits_per_second if facts.programmed else 0


def _unread(facts: Facts) -> bool:
    """Whether the pod may have an endpoint, and a limit, of which nothing is known yet."""
    return not facts.has_endpoint and not facts.endpoints_read


def _after_invalid(facts: Facts, asked: Asked) -> str:
    """What became of the limit that stood before: it depends on the version for text that is no quantity."""
    if old := _limit(facts):
        return f"; the old limit {format_bits(old)} is still in the map"
    if asked.bits_per_second is not None or facts.cilium is None or _unread(facts):
        return ""
    version = ".".join(map(str, facts.cilium))
    if facts.cilium >= INVALID_REMOVES:
        return f"; Cilium {version} removes the limit"
    return f"; Cilium {version} leaves the map as it was: no limit"


def _agreed(facts: Facts) -> Verdict:
    if facts.asked is None:
        return Verdict(State.UNLIMITED, "neither asked nor programmed")
    if facts.manager_enabled is False:
        return Verdict(State.NOT_ENFORCED, "in the map, but the bandwidth manager is off on this node")
    if facts.egress_program is EgressProgram.MISSING:
        return Verdict(State.NOT_ENFORCED, "in the map, but no egress program on the node's devices applies it")
    checked = facts.egress_program is EgressProgram.ATTACHED
    reason = "asked equals programmed" + ("" if checked else "; the egress program could not be checked")
    return Verdict(State.IN_SYNC, reason, _pressure(facts.rate, _limit(facts)))


def _pressure(rate: int | None, limit: int) -> Pressure | None:
    if rate is None or rate * 100 < limit * AT_CAP_PERCENT:
        return None
    return Pressure.OVER if rate * 100 > limit * OVER_PERCENT else Pressure.AT_CAP


def _drift(facts: Facts) -> Verdict:
    programmed = format_bits(_limit(facts))
    if facts.asked is None:
        return Verdict(State.ORPHAN, f"{programmed} is programmed, but not asked")
    if not facts.has_endpoint:
        return Verdict(State.NOT_PROGRAMMED, "Cilium has no endpoint for this pod")
    if _limit(facts):
        return Verdict(State.MISMATCH, f"asked {format_bits(_asked_bits(facts))}, programmed {programmed}")
    annotation = printable(facts.asked.annotation, limit=30)
    return Verdict(State.NOT_PROGRAMMED, f"annotation {annotation} is not in the map: {_why_not(facts)}")


def _why_not(facts: Facts) -> str:
    if facts.manager_enabled is False:
        return "the bandwidth manager is off on this node"
    return "no entry for this endpoint" if facts.programmed is None else "its entry sets no limit"

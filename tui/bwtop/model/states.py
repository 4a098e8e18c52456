"""The verdict over asked, programmed and rate: is the limit in the map, and if not, why."""

from enum import Enum

import msgspec

from bwtop.model.limits import Asked, EgressProgram, Programmed

PENDING_SECONDS = 10.0
"""How long a change may take to reach the map before it counts as not programmed (measured: 1 to 2.5 s)."""


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
    asked: Asked | None = None
    programmed: Programmed | None = None
    changed_ago: float | None = None
    """Seconds since the annotation or the endpoint was seen to change; None: never seen changing."""
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

"""The two limits of a pod: the one that is asked and the one that is programmed. All figures in bits/s."""

from enum import Enum

import msgspec


class Direction(Enum):
    """Which way a row of the bandwidth map limits; ingress exists from Cilium 1.18 on."""

    EGRESS = "egress"
    INGRESS = "ingress"


class EgressProgram(Enum):
    """Whether a node's devices carry the program that applies the limits; without it the map limits nothing."""

    ATTACHED = "attached"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Asked(msgspec.Struct, frozen=True, gc=False):
    """The annotation `kubernetes.io/egress-bandwidth` and what Cilium makes of it."""

    annotation: str
    bits_per_second: int | None
    """`Value() // 8 * 8`; None: does not parse; 0: legal, but comes to no limit."""
    problem: str = ""
    """Why the annotation is no limit, in words for the screen; empty when it is one."""


class Programmed(msgspec.Struct, frozen=True, gc=False):
    """A row of the BPF map `cilium_throttle` for one endpoint and direction."""

    bits_per_second: int
    """0: the row exists and sets no limit."""
    priority: int | None = None
    """As the map stores it (annotation + 1); None in versions before 1.17."""
    dscp: str | None = None

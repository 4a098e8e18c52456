"""How fresh a source of data is: every list, watch and agent has an age and a state."""

from enum import Enum

import msgspec


class Freshness(Enum):
    LOADING = "loading"
    LIVE = "live"
    STALE = "stale"
    LOST = "lost"
    DENIED = "denied"
    """The user may not read it; retried seldom."""
    ABSENT = "absent"
    """The API server does not know the kind: no Cilium in the cluster."""


class SourceHealth(msgspec.Struct, frozen=True, kw_only=True):
    freshness: Freshness
    since: float
    """Monotonic time of the last good answer; of the start while loading."""
    objects: int = 0
    error: str = ""
    """Cause and next step, in one line."""
    lacking: str = ""
    """The right without which it cannot be read: `no list on nodes`."""
    retry_at: float | None = None
    """Monotonic time of the next try."""

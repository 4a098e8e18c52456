"""What a reflector does about an error: client-go's rules as one table."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from bwtop.kube.errors import ApiError, KubeError
from bwtop.model.health import Freshness

LOST_AFTER: Final = 3
"""Failures in a row until a source that was live counts as lost."""
RELIST_AFTER: Final = 5
"""Server errors in a row until resuming is given up for a new list."""


class Wait(Enum):
    NOT = "not"
    BACKOFF = "backoff"
    SLOW = "slow"
    """What is forbidden or unknown changes by somebody's hand only."""


@dataclass(frozen=True, kw_only=True)
class Recovery:
    freshness: Freshness
    relist: bool
    """Else the watch resumes where it was."""
    wait: Wait = Wait.BACKOFF


def recovery(error: KubeError, *, failures: int, loaded: bool, idle: bool) -> Recovery:
    """`failures` in a row, this one included; `loaded`: there was a list; `idle`: nothing has come since the last."""
    if not isinstance(error, ApiError):
        return Recovery(freshness=_broken(failures, loaded), relist=False)
    if error.expired:
        # At once, unless the list itself is what is too old.
        return Recovery(freshness=Freshness.STALE, relist=True, wait=Wait.BACKOFF if idle else Wait.NOT)
    match error.code:
        case 401:
            return Recovery(freshness=Freshness.LOST, relist=False)
        case 403:
            return Recovery(freshness=Freshness.DENIED, relist=True, wait=Wait.SLOW)
        case 404:
            return Recovery(freshness=Freshness.ABSENT, relist=True, wait=Wait.SLOW)
        case 429:
            return Recovery(freshness=_broken(failures, loaded), relist=False)
        case code if code >= 500:
            return Recovery(freshness=_broken(failures, loaded), relist=failures >= RELIST_AFTER)
    return Recovery(freshness=_broken(failures, loaded), relist=True)


def _broken(failures: int, loaded: bool) -> Freshness:
    return Freshness.STALE if loaded and failures < LOST_AFTER else Freshness.LOST

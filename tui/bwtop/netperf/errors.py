"""How a test fails: what happened, and what to do next."""

from enum import Enum

from bwtop.kube.errors import LONGEST
from bwtop.model.printable import printable


class Failure(Enum):
    """Kinds of failure that somebody may want to tell apart."""

    NO_NETSERVER = "no netserver"
    NO_NETPERF = "no netperf"
    UNRESOLVABLE = "unresolvable"
    REFUSED = "refused"
    """netperf does not know an option or a test."""
    TRUNCATED = "truncated"
    TIMED_OUT = "timed out"
    STOPPED = "stopped"
    ENDS = "ends"
    """A pod is not there, not running, another than planned, or on the wrong node."""
    PODS = "pods"
    """A pod for the test could not be made or did not come up."""
    OTHER = "other"


class NetperfError(Exception):
    """One line: the cause and the next step."""

    def __init__(self, failure: Failure, cause: str, *, hint: str = "") -> None:
        self.failure = failure
        self.cause = printable(cause, limit=LONGEST)
        self.hint = printable(hint, limit=LONGEST)
        super().__init__(f"{self.cause}: {self.hint}" if self.hint else self.cause)

"""Faults that can be switched on in a running demo server."""

import asyncio
from enum import Enum
from fnmatch import fnmatchcase

import msgspec

from bwtop.demo import membership
from bwtop.demo.errors import StatusError
from bwtop.demo.paging import Pages
from bwtop.demo.spec import AgentFault
from bwtop.demo.watches import Ending, Watches, error_event
from bwtop.demo.world import World

_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class Mishap(Enum):
    """What can happen to an answer that is no refusal of Kubernetes."""

    LOGIN_PAGE = "login page"
    """HTML with the status 200 comes in its place, as from a proxy that wants a login."""
    CUT = "cut"
    """The connection breaks in the middle of its body."""


class _Rule(msgspec.Struct):
    path: str
    method: str
    times: int
    error: StatusError | None = None
    seconds: float = 0.0
    mishap: Mishap | None = None

    def meets(self, method: str, path: str) -> bool:
        return self.times != 0 and self.method in ("", method) and fnmatchcase(path, self.path)


class Faults:
    """What goes wrong. Paths are shell patterns: `*/pods`, `/apis/cilium.io/*`."""

    def __init__(self, world: World, watches: Watches, pages: Pages) -> None:
        self._world, self._watches, self._pages = world, watches, pages
        self._rules: list[_Rule] = []
        self._departed: dict[str, membership.Departed] = {}
        self.token_expired = False
        """Every request is answered 401 while this is true."""

    def fail(
        self,
        path: str = "*",
        *,
        status: int = 500,
        times: int = 1,
        method: str = "",
        message: str = "",
        retry_after: int = 0,
    ) -> None:
        """The next `times` requests (-1: all) to a path are answered with this HTTP status."""
        self._rules.append(_Rule(path, method, times, error=_refusal(status, message, retry_after=retry_after)))

    def delay(self, path: str = "*", *, seconds: float, times: int = -1, method: str = "") -> None:
        """The next `times` requests to a path wait this long, in real seconds, before they are answered."""
        self._rules.append(_Rule(path, method, times, seconds=seconds))

    def spoil(self, path: str = "*", mishap: Mishap = Mishap.CUT, *, times: int = 1, method: str = "") -> None:
        """Something happens to the next `times` answers (-1: all) for a path."""
        self._rules.append(_Rule(path, method, times, mishap=mishap))

    def cut_watches(self, path: str = "*") -> int:
        """Breaks the connection of open watches; how many."""
        return self._watches.give(Ending.CUT, path=path)

    def tear_watches(self, path: str = "*") -> int:
        """Breaks the connection of open watches inside an event; how many."""
        return self._watches.give(Ending.TORN, path=path)

    def silence_watches(self, path: str = "*") -> int:
        """Open watches stay open and bring nothing more, as when a NAT has forgotten them; how many."""
        return self._watches.give(Ending.SILENT, path=path)

    def garble_watches(self, path: str = "*", *, line: bytes = b"this is no event") -> int:
        """Sends a line that is no event to open watches, which go on; how many."""
        return self._watches.give(line + b"\n", path=path)

    def fail_watches(self, path: str = "*", *, status: int = 500, message: str = "", retry_after: int = 0) -> int:
        """Ends open watches with an ERROR event of this status; how many."""
        event = error_event(_refusal(status, message, retry_after=retry_after))
        return self._watches.give(event, Ending.CLEAN, path=path)

    def end_watches(self, path: str = "*") -> int:
        """Ends open watches as a time-out does; how many."""
        return self._watches.give(Ending.CLEAN, path=path)

    def expire_watches(self, path: str = "*") -> int:
        """Sends open watches an ERROR event 410 and forgets what they could resume from; how many."""
        self.compact()
        return self._watches.give(Ending.EXPIRED, path=path)

    def compact(self) -> None:
        """Forgets all history: watches from an older version and pages of older lists are answered 410."""
        self._pages.forget()
        store = self._world.store
        for collection in store.collections.values():
            collection.compact(store.version)

    def agent(self, node: str, fault: AgentFault | None) -> None:
        """Breaks the agent of a node, or mends it."""
        self._world.nodes[node].agent.fault = fault

    def restart_agent(self, node: str, *, version: str | None = None) -> None:
        """Another pod takes the place of a node's agent, of another version if one is given, as in an upgrade."""
        membership.restart_agent(self._world, node, version=version)

    def remove_node(self, node: str) -> None:
        """The node leaves the cluster with all that runs on it."""
        self._departed[node] = membership.leave(self._world, node)

    def add_node(self, node: str) -> None:
        """A node that was removed comes back, as empty as a new one."""
        membership.come(self._world, self._departed.pop(node))

    def clear(self) -> None:
        """Nothing goes wrong any more; agents too are mended."""
        self._rules.clear()
        self.token_expired = False
        for node in self._world.nodes.values():
            node.agent.fault = None

    async def meet(self, method: str, path: str) -> Mishap | None:
        """Lets a request run into the faults that are set for it; what happens to its answer. Raises StatusError."""
        mishap = None
        for rule in [rule for rule in self._rules if rule.meets(method, path)]:
            rule.times -= 1
            if rule.seconds:
                await asyncio.sleep(rule.seconds)
            if rule.error:
                raise rule.error
            mishap = rule.mishap or mishap
        return mishap


def _refusal(status: int, message: str, *, retry_after: int) -> StatusError:
    reason = _REASONS.get(status, "")
    return StatusError(status, reason, message or f"injected fault: {reason or status}", retry_after=retry_after)

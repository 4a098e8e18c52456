"""A cilium-agent: the bandwidth map of its node, and when a pod's annotation gets into it."""

from collections.abc import Callable, Mapping
from random import Random

import msgspec

from bwtop.demo.agenda import Agenda
from bwtop.demo.eras import Era, era
from bwtop.demo.spec import AgentFault, CiliumSpec
from bwtop.model.limits import Direction
from bwtop.model.quantity import QuantityError, bytes_per_second

EGRESS = "kubernetes.io/egress-bandwidth"
INGRESS = "kubernetes.io/ingress-bandwidth"
PRIORITY = "bandwidth.cilium.io/priority"
HOST_PRIORITY = 7
_PRIORITIES = {"guaranteed": 7, "burstable": 9, "besteffort": 6}
RowKey = tuple[int, Direction]


class MapRow(msgspec.Struct, frozen=True):
    """A value of the map `cilium_throttle`."""

    bytes_per_second: int
    """0: no limit; may be negative, as real agents show it."""
    priority: int = 0


class Agent:
    """Keeps the map of one node in step with annotations, some seconds late, by the rules of its version."""

    def __init__(self, spec: CiliumSpec, *, agenda: Agenda, random: Random) -> None:
        self.spec = spec
        self.fault: AgentFault | None = spec.fault
        self.rows: dict[RowKey, MapRow] = {}
        self.log: list[str] = []
        """Errors about annotations, newest last."""
        self._agenda, self._random = agenda, random
        self._busy_until = 0.0

    @property
    def era(self) -> Era:
        return era(self.spec.version)

    @property
    def enforces(self) -> bool:
        """Whether packets are held back: the manager fills the map, and a program at the device reads it."""
        return self.spec.manager and self.spec.egress_program

    def limit(self, endpoint_id: int) -> float | None:
        """Bits/s that the node holds an endpoint to; None: nothing limits it."""
        row = self.rows.get((endpoint_id, Direction.EGRESS))
        return row.bytes_per_second * 8 if row and row.bytes_per_second > 0 and self.enforces else None

    def later(self, action: Callable[[], None]) -> None:
        """After the time that the agent takes to get to a change, in order; while it is down, after it is back."""

        def act() -> None:
            if self.fault is AgentFault.DOWN:
                self._agenda.after(1.0, act)
            else:
                action()

        self._busy_until = max(self._busy_until, self._agenda.now + self._random.uniform(*self.spec.delay))
        self._agenda.at(self._busy_until, act)

    def apply(self, endpoint_id: int, annotations: Mapping[str, str], *, pod: str) -> None:
        """Brings the endpoint's rows in line with the pod's annotations."""
        if not self.spec.manager:
            return
        self._apply_egress(endpoint_id, annotations, pod=pod)
        if self.era.has_ingress:
            self._apply_ingress(endpoint_id, annotations.get(INGRESS, ""), pod=pod)

    def forget(self, endpoint_id: int) -> None:
        """The endpoint is gone, and its rows with it."""
        for direction in Direction:
            self.rows.pop((endpoint_id, direction), None)

    def _apply_egress(self, endpoint_id: int, annotations: Mapping[str, str], *, pod: str) -> None:
        key = endpoint_id, Direction.EGRESS
        text = annotations.get(EGRESS, "")
        priority = _priority(annotations.get(PRIORITY, "")) if self.era.row_for_every_pod else 0
        if not text and not self.era.row_for_every_pod:
            self.rows.pop(key, None)
            return
        try:
            limit = signed(bytes_per_second(text)) if text else 0
        except QuantityError as error:
            self._refuse(endpoint_id, pod=pod, error=error)
            if not self.era.keeps_limit_of_bad_value:
                self.rows.pop(key, None)
            return
        self.rows[key] = MapRow(limit, priority)

    def _apply_ingress(self, endpoint_id: int, text: str, *, pod: str) -> None:
        key = endpoint_id, Direction.INGRESS
        if not text:
            self.rows.pop(key, None)
            return
        try:
            self.rows[key] = MapRow(signed(bytes_per_second(text)))
        except QuantityError as error:
            self._refuse(endpoint_id, pod=pod, error=error)

    def _refuse(self, endpoint_id: int, *, pod: str, error: QuantityError) -> None:
        self.log.append(
            f'level=error msg="EndpointPolicyBandwidthEvent event failed" endpointID={endpoint_id} '
            f'k8sPodName={pod} error="{error}"'
        )
        del self.log[:-100]


def signed(value: int) -> int:
    """An unsigned 64 bit number as the agent's JSON prints it: a negative limit comes back negative."""
    return value - 2**64 if value >= 2**63 else value


def _priority(text: str) -> int:
    """As the map stores it: one more than a number, fixed values for names, 0 for none."""
    plain = text.lower().replace("-", "")
    if plain.isdigit():
        return int(plain) + 1
    return _PRIORITIES.get(plain, 0)

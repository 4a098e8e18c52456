"""Joins objects and agent readings into rows, on (node, endpoint ID). Looks at one object at a time."""

from collections.abc import Iterator, Mapping

import msgspec

from bwtop.cilium.endpoints import AgentEndpoint
from bwtop.cilium.resources import CiliumEndpoint, Pod
from bwtop.live.objects import Objects
from bwtop.live.readings import NodeReading
from bwtop.model.limits import Asked, Direction, EgressProgram, Programmed
from bwtop.model.quantity import asked_of
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.model.states import AGENT_NOT_READ, Facts, State, Verdict, verdict
from bwtop.model.versions import version_pair

HOST_PRIORITY = 7
"""Priority of the host endpoint's row from 1.17 on; it sets no rate and no CiliumEndpoint stands behind it."""


class Identity(msgspec.Struct, frozen=True, gc=False):
    """The endpoint behind a pod, from its CiliumEndpoint or, without one, from the agent's own list."""

    endpoint_id: int | None = None
    identity_id: int | None = None
    ipv4: str | None = None
    ipv6: str | None = None


class Join:
    """Makes rows. `now` is monotonic."""

    def __init__(self, objects: Objects, readings: Mapping[str, NodeReading], pod_rows: Mapping[str, PodRow]) -> None:
        """`pod_rows` are those made so far: the limits view tells their verdicts."""
        self._objects = objects
        self._readings = readings
        self._pod_rows = pod_rows
        self.all_endpoints = True
        """False while endpoints of some namespaces are not read: then an entry without one is no orphan."""

    # -- pods -----------------------------------------------------------------------------------------------------
    def pod(self, pod: Pod, *, now: float, changed_at: float | None) -> PodRow:
        reading = self._readings.get(pod.node)
        identity = self._identity(pod, reading)
        programmed = _programmed(reading, identity.endpoint_id)
        rate = reading.rates.get(identity.endpoint_id) if reading and identity.endpoint_id is not None else None
        asked = asked_of(pod.annotation)
        judged = self._judge(pod, identity, asked, programmed, rate, now, changed_at)
        return PodRow(
            namespace=pod.namespace,
            pod=pod.name,
            node=pod.node,
            owner=pod.owner,
            labels=pod.labels,
            endpoint_id=identity.endpoint_id,
            identity_id=identity.identity_id,
            ipv4=identity.ipv4,
            ipv6=identity.ipv6,
            asked=asked,
            programmed=programmed,
            rate=rate,
            sampled_at=reading.sampled_at if reading else None,
            state=judged.state,
            reason=judged.reason,
            pressure=judged.pressure,
            pressure_since=None,
        )

    def _judge(
        self,
        pod: Pod,
        identity: Identity,
        asked: Asked | None,
        programmed: Programmed | None,
        rate: int | None,
        now: float,
        changed_at: float | None,
    ) -> Verdict:
        reading = self._readings.get(pod.node)
        status = reading.status if reading else None
        return verdict(
            Facts(
                host_network=pod.host_network,
                node=pod.node,
                unreadable=self.unreadable(pod.node, now),
                has_endpoint=identity.endpoint_id is not None,
                endpoints_read=self._objects.endpoints_listed or bool(reading and reading.endpoints),
                asked=asked,
                programmed=programmed,
                changed_ago=_age_when_read(changed_at, reading),
                manager_enabled=reading.manager_enabled if reading else None,
                egress_program=reading.egress_program if reading else EgressProgram.UNKNOWN,
                cilium=version_pair(status.version) if status and status.version else None,
                rate=rate,
            )
        )

    def unreadable(self, node: str, now: float) -> str:
        reading = self._readings.get(node)
        if reading is None:
            return "" if not node else AGENT_NOT_READ if node in self._objects.agents else "no cilium agent here"
        why = reading.unreadable(now)
        return why if not why or node in self._objects.agents else "the cilium agent is gone"

    def _identity(self, pod: Pod, reading: NodeReading | None) -> Identity:
        """An endpoint left over from a replaced pod of the same name is not this pod's: uid or address tell."""
        if pod.host_network:
            return Identity(ipv4=pod.ip or None)
        endpoint = self._objects.endpoints.get(pod.key)
        if endpoint is not None and _belongs(endpoint, pod):
            return Identity(endpoint.endpoint_id, endpoint.identity_id, endpoint.ipv4, endpoint.ipv6)
        if reading is not None and (endpoint_id := reading.endpoint_of_pod.get(pod.key)) is not None:
            known = reading.endpoints[endpoint_id]
            if not pod.ip or pod.ip in (known.ipv4, known.ipv6):
                return Identity(endpoint_id, known.identity_id, known.ipv4, known.ipv6)
        return Identity()

    # -- nodes ----------------------------------------------------------------------------------------------------
    def node(self, name: str, *, now: float) -> NodeRow:
        node, cilium = self._objects.nodes.get(name), self._objects.cilium_nodes.get(name)
        agent, reading = self._objects.agents.get(name), self._readings.get(name)
        status = reading.status if reading else None
        limits = _egress_limits(reading)
        return NodeRow(
            node=name,
            cilium_internal_ip=cilium.cilium_internal_ip if cilium else None,
            internal_ip=(cilium.internal_ip if cilium else None) or (node.internal_ip if node else None),
            created_at=cilium.created_at if cilium else node.created_at if node else None,
            agent_pod=agent.name if agent else None,
            agent_version=status.version if status else None,
            agent_ready=agent.ready if agent else None,
            manager_enabled=reading.manager_enabled if reading else None,
            congestion_control=status.congestion_control if status else None,
            devices=status.devices if status else (),
            egress_program=reading.egress_program if reading else EgressProgram.UNKNOWN,
            cni_chaining=status.cni_chaining if status else None,
            routing=status.routing if status else None,
            host_routing=status.host_routing if status else None,
            encryption=status.encryption if status else None,
            kernel=node.kernel if node else None,
            endpoints=self._objects.endpoint_count(name),
            limited_pods=None if limits is None else len(limits),
            limit=None if limits is None else sum(limits),
            rate=sum(reading.rates.values()) if reading and reading.rates else None,
            sampled_at=reading.sampled_at if reading else None,
            reason=self._node_reason(name, reading, now),
        )

    def _node_reason(self, name: str, reading: NodeReading | None, now: float) -> str:
        if why := self.unreadable(name, now):
            return why
        if reading is None:
            return ""
        if reading.manager_enabled is False:
            return "bandwidth manager off: no limit is programmed here"
        if reading.egress_program is EgressProgram.MISSING:
            return "no egress program on the devices: the limits in the map limit nothing"
        return reading.error or reading.inspect_error

    # -- endpoints ------------------------------------------------------------------------------------------------
    def endpoint(self, endpoint: CiliumEndpoint) -> EndpointRow:
        return EndpointRow(
            namespace=endpoint.namespace,
            name=endpoint.name,
            endpoint_id=endpoint.endpoint_id,
            identity_id=endpoint.identity_id,
            labels=endpoint.identity_labels,
            ingress_enforcement=endpoint.ingress_enforcement,
            egress_enforcement=endpoint.egress_enforcement,
            state=endpoint.state,
            ipv4=endpoint.ipv4,
            ipv6=endpoint.ipv6,
            node=self._objects.node_name(endpoint.node_ip) or endpoint.node_ip or None,
        )

    # -- limits ---------------------------------------------------------------------------------------------------
    def limits(self, node: str) -> Iterator[LimitRow]:
        reading = self._readings.get(node)
        if reading is None or reading.entries is None:
            return
        for (endpoint_id, direction), programmed in reading.entries.items():
            yield self._limit(node, reading, endpoint_id, direction, programmed)

    def _limit(
        self,
        node: str,
        reading: NodeReading,
        endpoint_id: int,
        direction: Direction,
        programmed: Programmed,
    ) -> LimitRow:
        endpoint = self._objects.endpoint_at(node, endpoint_id)
        listed = reading.endpoints.get(endpoint_id)
        kind = _kind(endpoint, listed, programmed)
        namespace = endpoint.namespace if endpoint else listed.namespace if listed else None
        pod = endpoint.name if endpoint else listed.pod if listed else None
        row = LimitRow(
            node=node,
            endpoint_id=endpoint_id,
            direction=direction,
            programmed=programmed,
            kind=kind,
            namespace=namespace,
            pod=pod,
            identity_id=endpoint.identity_id if endpoint else listed.identity_id if listed else None,
            labels=endpoint.identity_labels if endpoint else listed.labels if listed else (),
            state=None,
            reason="",
        )
        state, reason = self._limit_state(row)
        return msgspec.structs.replace(row, state=state, reason=reason)

    def _limit_state(self, limit: LimitRow) -> tuple[State | None, str]:
        """The verdict on the pod that has this endpoint now; a limit that nobody asked for is an orphan."""
        if limit.kind in ("host", "health"):
            return None, f"the node's {limit.kind} endpoint, not a pod"
        if limit.direction is Direction.INGRESS:
            return None, "ingress limits are shown, not judged"
        pod = self._pod_rows.get(f"{limit.namespace}/{limit.pod}")
        if pod is not None and (pod.node, pod.endpoint_id) == (limit.node, limit.endpoint_id):
            return pod.state, pod.reason
        if (limit.kind == "pod" and pod is None) or not (self.all_endpoints and self._objects.endpoints_listed):
            return None, "its pod was not read"
        gone = "no endpoint has this ID" if pod is None else "left by an earlier pod of this name"
        if not limit.programmed.bits_per_second:
            return State.UNLIMITED, f"{gone}, and the row sets no limit"
        return State.ORPHAN, gone


def _age_when_read(changed_at: float | None, reading: NodeReading | None) -> float | None:
    """How old the change was when the map was read last: an older reading cannot hold the change against the agent."""
    if changed_at is None or reading is None:
        return None
    return max(reading.sampled_mono - changed_at, 0.0)


def _belongs(endpoint: CiliumEndpoint, pod: Pod) -> bool:
    if endpoint.owner_uid and pod.uid:
        return endpoint.owner_uid == pod.uid
    return not pod.ip or pod.ip in (endpoint.ipv4, endpoint.ipv6)


def _programmed(reading: NodeReading | None, endpoint_id: int | None) -> Programmed | None:
    if reading is None or reading.entries is None or endpoint_id is None:
        return None
    return reading.entries.get((endpoint_id, Direction.EGRESS))


def _egress_limits(reading: NodeReading | None) -> list[int] | None:
    if reading is None or reading.entries is None:
        return None
    entries = reading.entries.items()
    return [p.bits_per_second for (_, way), p in entries if way is Direction.EGRESS and p.bits_per_second]


def _kind(endpoint: CiliumEndpoint | None, listed: AgentEndpoint | None, programmed: Programmed) -> str:
    if listed is not None and listed.kind != "unknown":
        return listed.kind
    if endpoint is not None:
        return "pod"
    return "host" if programmed.priority == HOST_PRIORITY and not programmed.bits_per_second else "unknown"


def with_pressure_since(row: PodRow, before: PodRow | None, *, unix: float) -> PodRow:
    """Carries over since when the pressure holds."""
    if row.pressure is None:
        return row
    same = before is not None and before.pressure is row.pressure
    since = before.pressure_since if before is not None and same else unix
    return msgspec.structs.replace(row, pressure_since=since)

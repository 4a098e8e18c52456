"""The columns of `bwtop get`, as kubectl's users expect them."""

from datetime import UTC, datetime

from bwtop.cli.output import Column, Table
from bwtop.model import document
from bwtop.model.quantity import format_bits, format_rate
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.model.words import pressure_words, state_words


def _asked(row: PodRow) -> str | None:
    return row.asked.annotation if row.asked else None


def _programmed(row: PodRow) -> str | None:
    if row.programmed is None:
        return None
    return format_bits(row.programmed.bits_per_second) if row.programmed.bits_per_second else "no limit"


def _state(row: PodRow) -> str:
    if row.pressure is not None:
        return pressure_words(row.pressure)
    return state_words(row.state)


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.0%}"


def _age(created_at: str | None) -> str | None:
    if created_at is None:
        return None
    seconds = (datetime.now(UTC) - datetime.fromisoformat(created_at)).total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f}{unit}"
    return f"{max(seconds, 0):.0f}s"


PODS = Table[PodRow](
    kind=document.Kind.PODS,
    resource="pod",
    item=document.pod_item,
    name=lambda row: row.pod,
    sort=lambda row: (row.namespace, row.pod),
    columns=(
        Column(title="NAMESPACE", text=lambda row: row.namespace, namespaced=True),
        Column(title="POD", text=lambda row: row.pod),
        Column(title="NODE", text=lambda row: row.node),
        Column(title="ENDPOINT", text=lambda row: row.endpoint_id),
        Column(title="IDENTITY", text=lambda row: row.identity_id, wide=True),
        Column(title="IP", text=lambda row: row.ipv4 or row.ipv6, wide=True),
        Column(title="ASKED", text=_asked),
        Column(title="PROGRAMMED", text=_programmed),
        Column(title="RATE", text=lambda row: None if row.rate is None else format_rate(row.rate)),
        Column(title="SHARE", text=lambda row: _percent(row.share)),
        Column(title="STATE", text=_state),
        Column(title="OWNER", text=lambda row: row.owner, wide=True),
        Column(title="REASON", text=lambda row: row.reason, wide=True),
    ),
)
NODES = Table[NodeRow](
    kind=document.Kind.NODES,
    resource="node",
    item=document.node_item,
    name=lambda row: row.node,
    sort=lambda row: row.node,
    columns=(
        Column(title="NODE", text=lambda row: row.node),
        Column(title="CILIUMINTERNALIP", text=lambda row: row.cilium_internal_ip),
        Column(title="INTERNALIP", text=lambda row: row.internal_ip),
        Column(title="AGE", text=lambda row: _age(row.created_at)),
        Column(title="CILIUM", text=lambda row: row.agent_version),
        Column(title="BANDWIDTHMANAGER", text=lambda row: row.bandwidth_manager),
        Column(title="EGRESS PROGRAM", text=lambda row: row.egress_program.value),
        Column(title="ENDPOINTS", text=lambda row: row.endpoints),
        Column(title="LIMITED", text=lambda row: row.limited_pods),
        Column(title="LIMITS", text=lambda row: None if row.limit is None else format_rate(row.limit)),
        Column(title="RATE", text=lambda row: None if row.rate is None else format_rate(row.rate)),
        Column(title="AGENT", text=lambda row: row.agent_pod, wide=True),
        Column(title="READY", text=lambda row: row.agent_ready, wide=True),
        Column(title="CHAINING", text=lambda row: row.cni_chaining, wide=True),
        Column(title="ROUTING", text=lambda row: row.routing, wide=True),
        Column(title="HOST ROUTING", text=lambda row: row.host_routing, wide=True),
        Column(title="ENCRYPTION", text=lambda row: row.encryption, wide=True),
        Column(title="KERNEL", text=lambda row: row.kernel, wide=True),
        Column(title="REASON", text=lambda row: row.reason, wide=True),
    ),
)
ENDPOINTS = Table[EndpointRow](
    kind=document.Kind.ENDPOINTS,
    resource="ciliumendpoint",
    item=document.endpoint_item,
    name=lambda row: row.name,
    sort=lambda row: (row.namespace, row.name),
    columns=(
        Column(title="NAMESPACE", text=lambda row: row.namespace, namespaced=True),
        Column(title="NAME", text=lambda row: row.name),
        Column(title="ENDPOINT ID", text=lambda row: row.endpoint_id),
        Column(title="IDENTITY ID", text=lambda row: row.identity_id),
        Column(title="INGRESS ENFORCEMENT", text=lambda row: row.ingress_enforcement),
        Column(title="EGRESS ENFORCEMENT", text=lambda row: row.egress_enforcement),
        Column(title="ENDPOINT STATE", text=lambda row: row.state),
        Column(title="IPV4", text=lambda row: row.ipv4),
        Column(title="IPV6", text=lambda row: row.ipv6),
        Column(title="NODE", text=lambda row: row.node, wide=True),
        Column(title="LABELS", text=lambda row: ",".join(row.labels), wide=True),
    ),
)
LIMITS = Table[LimitRow](
    kind=document.Kind.LIMITS,
    resource="limit",
    item=document.limit_item,
    name=lambda row: row.key,
    sort=lambda row: (row.node, row.endpoint_id, row.direction.value),
    columns=(
        Column(title="NODE", text=lambda row: row.node),
        Column(title="ENDPOINT", text=lambda row: row.endpoint_id),
        Column(title="DIRECTION", text=lambda row: row.direction.value),
        Column(title="PRIO", text=lambda row: row.programmed.priority),
        Column(
            title="BANDWIDTH",
            text=lambda row: (
                format_bits(row.programmed.bits_per_second) if row.programmed.bits_per_second else "no limit"
            ),
        ),
        Column(title="KIND", text=lambda row: row.kind),
        Column(title="POD", text=lambda row: f"{row.namespace}/{row.pod}" if row.pod else None),
        Column(title="IDENTITY", text=lambda row: row.identity_id),
        Column(title="STATE", text=lambda row: state_words(row.state) if row.state else None),
        Column(title="LABELS", text=lambda row: ",".join(row.labels), wide=True),
        Column(title="REASON", text=lambda row: row.reason, wide=True),
    ),
)

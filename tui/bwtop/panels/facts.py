"""All that is known of a row, in words: what the detail shows."""

from collections.abc import Iterator
from dataclasses import dataclass

from bwtop.live.store import Store
from bwtop.model.printable import printable
from bwtop.model.quantity import format_bits, format_rate
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.panels.cells import created_age, state_cell
from bwtop.panels.row import Row
from bwtop_widgets.age_badge import format_age

STEADY_SECONDS = 10.0
"""An age that ticks each second would send the line each second."""


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    text: str
    tone: str = ""
    """As of a cell: `dim`, `good`, `warn`, `bad`, or empty."""


def facts(row: Row, store: Store) -> Iterator[Fact]:
    match row:
        case PodRow():
            yield from _pod(row, store)
        case NodeRow():
            yield from _node(row, store)
        case EndpointRow():
            yield from _endpoint(row)
        case LimitRow():
            yield from _limit(row, store)


def bits_in_words(bits: int) -> str:
    """`10M = 10 Mbit/s = 1.25 MB/s`: limits are written in bits, and half the world counts in bytes."""
    return f"{format_bits(bits)} = {_si(bits, 'bit/s')} = {_si(bits / 8, 'B/s')}"


def _si(value: float, unit: str) -> str:
    for prefix in ("", "k", "M", "G", "T"):
        if value < 1000:
            return f"{value:.4g} {prefix}{unit}"
        value /= 1000
    return f"{value:.4g} P{unit}"


def _known(value: object) -> str:
    return "–" if value is None or value == "" else str(value)


def _pod(row: PodRow, store: Store) -> Iterator[Fact]:
    cell = state_cell(row.state)
    pressure = ""
    if row.pressure is not None:
        seconds = (store.unix() - (row.pressure_since or store.unix())) // STEADY_SECONDS * STEADY_SECONDS
        pressure = f", ▲ {row.pressure.value} for {format_age(seconds)}"
    yield Fact("state", cell.text + pressure, "warn" if pressure else cell.style)
    yield Fact("why", row.reason)
    yield _asked(row)
    yield _programmed(row)
    yield Fact("rate", _rate(row))
    yield Fact("sampled", _sampled(row.node, store), "dim")
    yield from _identity(row)
    yield Fact("owner", _known(row.owner))
    pod = store.objects.pods.get(row.key)
    if pod is not None:
        phase = f"{pod.phase}, ready" if pod.ready else f"{pod.phase}, not ready"
        age = created_age(pod.created_at or None, store)
        yield Fact("pod", f"{'deleting' if pod.deleting else phase}, {_known(age)} old")
    yield from _labels(row.labels)
    if (node := store.nodes.get(row.node)) is not None:
        yield from _node_of(node)


def _asked(row: PodRow) -> Fact:
    asked = row.asked
    if asked is None:
        return Fact("asked", "–  no annotation kubernetes.io/egress-bandwidth", "dim")
    if asked.bits_per_second:
        plain = asked.annotation == format_bits(asked.bits_per_second)
        written = "" if plain else f"{printable(asked.annotation, limit=40)}, which is "
        return Fact("asked", written + bits_in_words(asked.bits_per_second))
    return Fact("asked", f"{printable(asked.annotation, limit=40)}  {asked.problem}", "bad")


def _programmed(row: PodRow) -> Fact:
    if row.programmed is None:
        return Fact("programmed", "–  no row in the node's bandwidth map", "dim")
    more = f", priority {row.programmed.priority}" if row.programmed.priority is not None else ""
    if not row.programmed.bits_per_second:
        return Fact("programmed", f"a row in the map that sets no limit{more}", "dim")
    return Fact("programmed", bits_in_words(row.programmed.bits_per_second) + more)


def _rate(row: PodRow) -> str:
    if row.rate is None:
        return "–"
    share = f", {row.share:.0%} of the limit" if row.share is not None else ""
    return f"{format_rate(row.rate)} offered by the pod, before the limit{share}"


def _sampled(node: str, store: Store) -> str:
    age = store.sample_age(node)
    if age is None:
        return "the agent was not read"
    return "now" if age < STEADY_SECONDS else f"{format_age(age)} ago"


def _identity(row: PodRow) -> Iterator[Fact]:
    if row.endpoint_id is None:
        yield Fact("endpoint", "–", "dim")
    else:
        yield Fact("endpoint", f"{row.endpoint_id} on its node, identity {_known(row.identity_id)}")
    yield Fact("address", " ".join(filter(None, (row.ipv4, row.ipv6))) or "–")


def _labels(labels: tuple[str, ...]) -> Iterator[Fact]:
    for number, label in enumerate(labels):
        yield Fact("labels" if number == 0 else "", label, "dim")


def _node_of(row: NodeRow) -> Iterator[Fact]:
    """What decides on a node whether a limit is in force there."""
    yield Fact("node", row.node)
    yield Fact("agent", f"{_known(row.agent_pod)}, Cilium {_known(row.agent_version)}")
    yield Fact("manager", _known(row.bandwidth_manager), "bad" if row.manager_enabled is False else "")
    yield Fact("program", f"{row.egress_program.value} at the egress of its devices")
    if row.reason:
        yield Fact("trouble", row.reason, "bad")


def _node(row: NodeRow, store: Store) -> Iterator[Fact]:
    yield Fact("state", f"✗ {row.reason}" if row.reason else "✓ ok", "bad" if row.reason else "good")
    yield Fact("agent", f"{_known(row.agent_pod)}{', not ready' if row.agent_ready is False else ''}")
    yield Fact("Cilium", _known(row.agent_version))
    yield Fact("manager", _known(row.bandwidth_manager), "bad" if row.manager_enabled is False else "")
    yield Fact("program", f"{row.egress_program.value} at the egress of its devices")
    yield Fact("limits", _limits(row))
    yield Fact("rate", "–" if row.rate is None else f"{format_rate(row.rate)}, the sum over its pods")
    yield Fact("sampled", _sampled(row.node, store), "dim")
    yield Fact("endpoints", f"{row.endpoints:,}")
    yield Fact("addresses", f"internal {_known(row.internal_ip)}, Cilium {_known(row.cilium_internal_ip)}")
    yield Fact("chaining", _known(row.cni_chaining))
    yield Fact("routing", f"{_known(row.routing)}, host routing {_known(row.host_routing)}")
    yield Fact("encryption", _known(row.encryption))
    yield Fact("kernel", _known(row.kernel))
    yield Fact("age", _known(created_age(row.created_at, store)))


def _limits(row: NodeRow) -> str:
    if row.limited_pods is None:
        return "–"
    total = f", {format_rate(row.limit)} in all" if row.limit else ""
    return f"{row.limited_pods:,} pods limited{total}"


def _endpoint(row: EndpointRow) -> Iterator[Fact]:
    yield Fact("state", _known(row.state), "" if row.state == "ready" else "warn")
    yield Fact("endpoint", f"{_known(row.endpoint_id)} on its node")
    yield Fact("identity", f"{_known(row.identity_id)} in the cluster")
    yield Fact("policy", f"ingress {_known(row.ingress_enforcement)}, egress {_known(row.egress_enforcement)}")
    yield Fact("address", " ".join(filter(None, (row.ipv4, row.ipv6))) or "–")
    yield Fact("node", _known(row.node))
    yield from _labels(row.labels)


def _limit(row: LimitRow, store: Store) -> Iterator[Fact]:
    if row.state is not None:
        cell = state_cell(row.state)
        yield Fact("state", cell.text, cell.style)
    yield Fact("why", row.reason or "–")
    bits = row.programmed.bits_per_second
    yield Fact("bandwidth", bits_in_words(bits) if bits else "the row sets no limit")
    yield Fact("direction", row.direction.value)
    yield Fact("priority", f"{_known(row.programmed.priority)}, DSCP {_known(row.programmed.dscp)}")
    yield Fact("endpoint", f"{row.endpoint_id} on its node, identity {_known(row.identity_id)}")
    yield Fact("pod", f"{row.namespace}/{row.pod}" if row.pod else f"none: a {row.kind} endpoint")
    yield Fact("sampled", _sampled(row.node, store), "dim")
    yield from _labels(row.labels)
    if (node := store.nodes.get(row.node)) is not None:
        yield from _node_of(node)

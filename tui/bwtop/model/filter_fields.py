"""What a filter may ask of each kind of row: its columns by name, and the text that words are looked for in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from bwtop.model.limits import Direction, EgressProgram
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.model.states import Pressure, State
from bwtop.model.words import state_words

RowT = TypeVar("RowT")


class FieldKind(Enum):
    """The value is what an error asks for."""

    TEXT = "a text"
    NUMBER = "a number such as 124"
    BITS = "bits a second such as 5M"
    PERCENT = "a percentage such as 90"
    SECONDS = "a time such as 30s, 5m, 2h or 3d"
    STATE = "a state"
    LABELS = "a label such as app=web"


@dataclass(frozen=True, kw_only=True)
class Field(Generic[RowT]):
    name: str
    kind: FieldKind
    value: Callable[[RowT], Any]
    """A str or a number as `kind` says, a tuple of `key=value` for LABELS; None: not known, or not there."""
    also: Sequence[str] = ()
    """Other names of it, such as the title of its column."""
    few: bool = False
    """Whether its values are worth offering: namespaces are, names are not."""
    choices: Sequence[str] = ()
    """All values that there can be."""


@dataclass(frozen=True)
class Fields(Generic[RowT]):
    """Of one kind of row."""

    by_name: Mapping[str, Field[RowT]]
    """By all their names; the main one of each is what completion offers."""
    text: Callable[[RowT], str]
    """All that the row shows, in lower case."""


STATE_CHOICES = (
    "drift",
    *(state.value for state in State),
    *(pressure.value.replace(" ", "-") for pressure in Pressure),
)


def _fields(text: Callable[[RowT], str], *fields: Field[RowT]) -> Fields[RowT]:
    return Fields({name: field for field in fields for name in (field.name, *field.also)}, text)


def _joined(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part is not None).lower()


def _text(name: str, value: Callable[[Any], str | None], *also: str, few: bool = False) -> Field[Any]:
    return Field(name=name, kind=FieldKind.TEXT, value=value, also=also, few=few)


def _number(name: str, value: Callable[[Any], int | None], *also: str) -> Field[Any]:
    return Field(name=name, kind=FieldKind.NUMBER, value=value, also=also)


def _bits(name: str, value: Callable[[Any], int | None], *also: str) -> Field[Any]:
    return Field(name=name, kind=FieldKind.BITS, value=value, also=also)


def _seconds(name: str, value: Callable[[Any], float | None], *also: str) -> Field[Any]:
    return Field(name=name, kind=FieldKind.SECONDS, value=value, also=also)


def _enum(name: str, value: Callable[[Any], str | None], choices: Iterable[Enum]) -> Field[Any]:
    return Field(name=name, kind=FieldKind.TEXT, value=value, choices=[one.value for one in choices])


_LABEL: Field[Any] = Field(
    name="label", kind=FieldKind.LABELS, value=lambda row: row.labels, also=("labels",), few=True
)


def _pod_text(row: PodRow) -> str:
    """Measured: 0.6 us a row, of which there may be 50,000 at each key."""
    asked = row.asked.annotation[:80] if row.asked else ""
    pressure = row.pressure.value if row.pressure else ""
    return (
        f"{row.namespace}/{row.pod} {row.node} {row.owner} {row.ipv4 or ''} {row.ipv6 or ''} {row.endpoint_id or ''} "
        f"{row.identity_id or ''} {asked} {state_words(row.state)} {pressure} {row.reason}"
    ).lower()


POD_FIELDS: Fields[PodRow] = _fields(
    _pod_text,
    _text("namespace", lambda row: row.namespace, few=True),
    _text("pod", lambda row: row.pod),
    _text("node", lambda row: row.node or None, few=True),
    _bits("asked", lambda row: row.asked.bits_per_second if row.asked else None),
    _bits("programmed", lambda row: row.programmed.bits_per_second if row.programmed else None),
    _bits("rate", lambda row: row.rate, "curve"),
    Field(
        name="share",
        also=("of-limit",),
        kind=FieldKind.PERCENT,
        value=lambda row: None if row.share is None else row.share * 100,
    ),
    Field(
        name="state",
        kind=FieldKind.STATE,
        value=lambda row: (row.state, row.pressure),
        choices=STATE_CHOICES,
    ),
    _LABEL,
    _text("owner", lambda row: row.owner or None),
    _text("ip", lambda row: row.ipv4 or row.ipv6),
    _number("endpoint", lambda row: row.endpoint_id),
    _number("identity", lambda row: row.identity_id),
    _text("reason", lambda row: row.reason),
)


def _node_text(row: NodeRow) -> str:
    return _joined(
        row.node, row.cilium_internal_ip, row.internal_ip, row.agent_version, row.agent_pod, row.bandwidth_manager,
        row.cni_chaining, row.routing, row.host_routing, row.encryption, row.kernel, row.reason or "ok",
    )  # fmt: skip


def node_fields(now: Callable[[], float]) -> Fields[NodeRow]:
    """`now`: unix time, for ages."""

    def age(row: NodeRow) -> float | None:
        return None if row.created_at is None else now() - datetime.fromisoformat(row.created_at).timestamp()

    return _fields(
        _node_text,
        _text("node", lambda row: row.node),
        _text("cilium-ip", lambda row: row.cilium_internal_ip),
        _text("internal-ip", lambda row: row.internal_ip, "internalip"),
        _seconds("age", age),
        _text("version", lambda row: row.agent_version, "cilium", few=True),
        _text("manager", lambda row: row.bandwidth_manager, "bandwidth-manager", few=True),
        _enum("program", lambda row: row.egress_program.value, EgressProgram),
        _text("chaining", lambda row: row.cni_chaining, few=True),
        _text("routing", lambda row: row.routing, few=True),
        _text("host-routing", lambda row: row.host_routing, "host", few=True),
        _text("encryption", lambda row: row.encryption, few=True),
        _text("kernel", lambda row: row.kernel, few=True),
        _number("endpoints", lambda row: row.endpoints, "ep"),
        _number("limited", lambda row: row.limited_pods),
        _bits("limit", lambda row: row.limit, "limits"),
        _bits("rate", lambda row: row.rate),
        _seconds("sampled", lambda row: None if row.sampled_at is None else now() - row.sampled_at, "read"),
        _text("agent", lambda row: row.agent_pod),
        _text("reason", lambda row: row.reason or "ok", "state"),
    )


def _endpoint_text(row: EndpointRow) -> str:
    return _joined(
        row.key, row.endpoint_id, row.identity_id, row.ipv4, row.ipv6, row.node, row.state, row.ingress_enforcement,
        row.egress_enforcement, *row.labels,
    )  # fmt: skip


ENDPOINT_FIELDS: Fields[EndpointRow] = _fields(
    _endpoint_text,
    _text("namespace", lambda row: row.namespace, few=True),
    _text("name", lambda row: row.name),
    _number("endpoint", lambda row: row.endpoint_id, "endpoint-id"),
    _number("identity", lambda row: row.identity_id, "identity-id"),
    _text("ingress", lambda row: row.ingress_enforcement, few=True),
    _text("egress", lambda row: row.egress_enforcement, few=True),
    _text("state", lambda row: row.state, few=True),
    _text("ipv4", lambda row: row.ipv4),
    _text("ipv6", lambda row: row.ipv6),
    _text("node", lambda row: row.node, few=True),
    _LABEL,
)


def _limit_text(row: LimitRow) -> str:
    pod = f"{row.namespace}/{row.pod}" if row.pod else f"{row.kind} endpoint"
    state = state_words(row.state) if row.state else ""
    return _joined(row.node, row.endpoint_id, row.direction.value, pod, row.identity_id, state, row.reason, *row.labels)


LIMIT_FIELDS: Fields[LimitRow] = _fields(
    _limit_text,
    _text("node", lambda row: row.node, few=True),
    _number("endpoint", lambda row: row.endpoint_id),
    _enum("direction", lambda row: row.direction.value, Direction),
    _number("priority", lambda row: row.programmed.priority, "prio"),
    _bits("bandwidth", lambda row: row.programmed.bits_per_second),
    _text("pod", lambda row: f"{row.namespace}/{row.pod}" if row.pod else None),
    _text("namespace", lambda row: row.namespace, few=True),
    _text("kind", lambda row: row.kind, few=True),
    _number("identity", lambda row: row.identity_id),
    Field(
        name="state",
        kind=FieldKind.STATE,
        value=lambda row: (row.state, None),
        choices=STATE_CHOICES,
    ),
    _LABEL,
    _text("reason", lambda row: row.reason),
)

"""Pseudonyms for everything in a recording that names somebody's things: the same name, the same pseudonym.

What is not known to be harmless is masked, so that a field that is added one day does not leak: `ROLES` says for each
text of each value what it is, and a test fails while one is missing there.
"""

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

import msgspec

from bwtop.live.recording.events import AnyEvent
from bwtop.live.recording.header import Header
from bwtop.live.recording.mask_words import KINDS, WORDS

_FIRST_V4, _V4_ROOM = IPv4Address("198.18.0.0"), 1 << 17
"""The range for benchmarks (RFC 2544): no pod has an address of it."""
_MORE_V4 = IPv4Address("240.0.0.0")
_FIRST_V6 = IPv6Address("2001:db8::")
_QUANTITY: Final = re.compile(r"[-+]?[0-9.]{1,25}(?:[a-zA-Z]{1,3}|[eE][-+]?[0-9]{1,3})?")
_CONSTANT: Final = re.compile(r"[A-Za-z0-9][-+.: A-Za-z0-9_]{0,60}")
_WORD: Final = re.compile(r"[^\s\"'`(),;=\[\]{}<>]+")
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:%|m?s|h|B|KiB|MiB)?")

ROLES: Final[dict[str, dict[str, str]]] = {
    "Pod": {
        "namespace": "namespace", "name": "pod", "uid": "uid", "resource_version": "uid", "node": "node",
        "phase": "constant", "ip": "ip", "host_ip": "ip", "annotation": "quantity", "labels": "label",
        "owner": "owner", "created_at": "constant", "containers": "container", "ingress_annotation": "quantity",
    },
    "Node": {
        "name": "node", "uid": "uid", "internal_ip": "ip", "addresses": "ip", "created_at": "constant",
        "kernel": "constant", "labels": "label", "provider": "constant",
    },
    "CiliumEndpoint": {
        "namespace": "namespace", "name": "pod", "owner_uid": "uid", "identity_labels": "label", "ipv4": "ip",
        "ipv6": "ip", "node_ip": "ip", "state": "constant", "ingress_enforcement": "constant",
        "egress_enforcement": "constant",
    },
    "CiliumNode": {
        "name": "node", "internal_ip": "ip", "cilium_internal_ip": "ip", "addresses": "ip", "created_at": "constant",
    },
    "AgentEndpoint": {
        "interface": "device", "namespace": "namespace", "pod": "pod", "labels": "label", "ipv4": "ip", "ipv6": "ip",
        "state": "constant", "kind": "constant",
    },
    "AgentStatus": {
        "version": "constant", "state": "constant", "message": "prose", "congestion_control": "constant",
        "devices": "device", "cni_chaining": "constant", "routing": "constant", "tunnel_protocol": "constant",
        "host_routing": "constant", "encryption": "constant", "kube_proxy_replacement": "constant",
        "host_firewall": "constant",
    },
    "Programmed": {"dscp": "constant"},
    "Inspection": {"problem": "prose", "bare_devices": "device"},
    "SourceHealth": {"error": "prose", "lacking": "prose"},
    "Header": {"by": "constant", "context": "context", "namespace": "namespace"},
    "Began": {"context": "context", "namespace": "namespace"},
    "Dropped": {"kind": "constant", "key": "key"},
    "Planned": {"node": "node"},
    "Sampled": {"node": "node", "problem": "prose"},
    "Inspected": {"node": "node"},
    "Uninspected": {"node": "node", "error": "prose"},
    "Failed": {"node": "node", "error": "prose"},
    "Forgotten": {"node": "node"},
    "SourceTold": {"name": "constant"},
    "Costed": {"denied": "prose"},
}  # fmt: skip
"""Struct -> field -> what its text is: a name (its pseudonym), `constant`, `quantity`, `prose`, and so on."""


class Mask:
    """Remembers the pseudonym of every name; that is all that grows, and only with the cluster."""

    def __init__(self) -> None:
        self._pseudonyms: dict[str, dict[str, str]] = {}
        """Role -> name -> pseudonym."""
        self._by_name: dict[str, str] = {}
        self._how: dict[str, Callable[[str], str]] = {
            "constant": self._constant,
            "quantity": self._quantity,
            "prose": self._prose,
            "ip": self._ip,
            "key": self._key,
            "label": self._label,
            "owner": self._owner,
        }

    def event(self, event: AnyEvent) -> AnyEvent:
        masked: AnyEvent = self._value(event, "")
        return masked

    def header(self, header: Header) -> Header:
        masked: Header = self._value(header, "")
        return masked

    def _value(self, value: Any, role: str) -> Any:  # noqa: ANN401 - whatever stands in a field
        if isinstance(value, str):
            return self._text(value, role)
        if isinstance(value, tuple):
            return tuple([self._value(one, role) for one in value])
        if isinstance(value, msgspec.Struct):
            roles = ROLES.get(type(value).__name__, {})
            fields = {name: self._value(getattr(value, name), roles.get(name, "")) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **fields)
        return value

    def _text(self, text: str, role: str) -> str:
        if not text:
            return text
        how = self._how.get(role)
        return how(text) if how else self._named(text, role or "text")

    def _named(self, name: str, role: str) -> str:
        known = self._pseudonyms.setdefault(role, {})
        if name not in known:
            known[name] = f"{role}-{len(known) + 1}"
            self._by_name.setdefault(name, known[name])
        return known[name]

    def _ip(self, text: str) -> str:
        known = self._pseudonyms.setdefault("ip", {})
        if text not in known:
            try:
                address = ip_address(text)
            except ValueError:
                return self._named(text, "address")
            number = len(known) + 1
            if address.version == 6:
                pseudonym = str(_FIRST_V6 + number)
            else:
                pseudonym = str(_FIRST_V4 + number if number < _V4_ROOM else _MORE_V4 + number)
            known[text] = self._by_name[text] = pseudonym
        return known[text]

    def _key(self, text: str) -> str:
        namespace, slash, name = text.partition("/")
        return (
            f"{self._named(namespace, 'namespace')}/{self._named(name, 'pod')}" if slash else self._text(text, "node")
        )

    def _label(self, text: str) -> str:
        """`reserved:host` is Cilium's own; of all others the source stays."""
        if text.startswith("reserved:"):
            return text
        key, equals, value = text.partition("=")
        source, colon, rest = key.partition(":")
        head = f"{source}:" if colon and source in ("k8s", "cidr", "container", "any") else ""
        shown = head + self._named(rest if head else key, "label")
        return shown + (equals + self._named(value, "value") if value else equals)

    def _owner(self, text: str) -> str:
        kind, _, name = text.partition("/")
        return f"{kind if kind in KINDS else 'Owner'}/{self._named(name, 'workload')}"

    def _constant(self, text: str) -> str:
        """A word of Kubernetes' or Cilium's own, unless something in the cluster has the same name."""
        return text if _CONSTANT.fullmatch(text) and text not in self._by_name else self._named(text, "text")

    def _quantity(self, text: str) -> str:
        return text if _QUANTITY.fullmatch(text) else self._named(text, "invalid")

    def _prose(self, text: str) -> str:
        """Names get their pseudonyms, common words of errors stay, and whatever else there is goes."""
        return _WORD.sub(lambda found: self._word(found[0]), text)

    def _word(self, word: str) -> str:
        core = word.strip(".:!?")
        if core in self._by_name:
            return word.replace(core, self._by_name[core])
        if core.lower() in WORDS or _NUMBER.fullmatch(core) or not core:
            return word
        return word.replace(core, "xxx")

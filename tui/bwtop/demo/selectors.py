"""Label and field selectors, as the query parameters of a list or watch carry them."""

import re
from collections.abc import Callable

from bwtop.demo.errors import bad_request
from bwtop.demo.kinds import EVENTS, PODS, Kind
from bwtop.demo.store import Stored

Selector = Callable[[Stored], bool]

_SET = re.compile(r"^([\w./-]+)\s+(in|notin)\s+\(([^()]*)\)$")
_EQUALS = re.compile(r"^([\w./-]+)\s*(==|!=|=)\s*([\w.-]*)$")
_EXISTS = re.compile(r"^(!?)\s*([\w./-]+)$")


def label_selector(text: str) -> Selector:
    """`a=b,c!=d,e in (f,g),h notin (i),j,!k`; raises StatusError 400."""
    return _every([_label_requirement(part) for part in _parts(text)])


def field_selector(text: str, kind: Kind) -> Selector:
    """`spec.nodeName=x,status.phase!=y`; raises StatusError 400 for a field that the kind cannot be asked by."""
    return _every([_field_requirement(part, kind) for part in _parts(text)])


def _every(selectors: list[Selector]) -> Selector:
    return lambda stored: all(selector(stored) for selector in selectors)


def _parts(text: str) -> list[str]:
    """Splits at commas that stand outside of parentheses."""
    return [part.strip() for part in re.split(r",(?![^()]*\))", text) if part.strip()]


def _label_requirement(part: str) -> Selector:
    if match := _SET.match(part):
        key, word, listed = match.groups()
        values = {value.strip() for value in listed.split(",")}
        if word == "in":
            return lambda stored: stored.labels.get(key) in values
        return lambda stored: stored.labels.get(key) not in values
    if match := _EQUALS.match(part):
        key, operator, value = match.groups()
        if operator == "!=":
            return lambda stored: stored.labels.get(key) != value
        return lambda stored: stored.labels.get(key) == value
    if match := _EXISTS.match(part):
        absent, key = match.groups()
        return lambda stored: (key in stored.labels) != bool(absent)
    raise bad_request(f"unable to parse requirement: found '{part}', expected: a label requirement")


_POD_FIELDS: dict[str, Callable[[Stored], str]] = {
    "spec.nodeName": lambda stored: stored.node,
    "status.phase": lambda stored: stored.phase,
    "status.podIP": lambda stored: stored.ip,
}


def _involved(field: str) -> Callable[[Stored], str]:
    return lambda stored: str(stored.body()["involvedObject"].get(field, ""))


_EVENT_FIELDS = {f"involvedObject.{field}": _involved(field) for field in ("kind", "name", "namespace", "uid")}
_OF_KIND: dict[str, dict[str, Callable[[Stored], str]]] = {PODS.plural: _POD_FIELDS, EVENTS.plural: _EVENT_FIELDS}
_FIELDS: dict[str, Callable[[Stored], str]] = {
    "metadata.name": lambda stored: stored.name,
    "metadata.namespace": lambda stored: stored.namespace,
}


def _field_requirement(part: str, kind: Kind) -> Selector:
    match = re.match(r"^([\w.]+)(==|!=|=)(.*)$", part)
    if match is None:
        raise bad_request(f"invalid selector: '{part}'; can't understand '{part}'")
    field, operator, value = match.groups()
    read = _FIELDS.get(field) or _OF_KIND.get(kind.plural, {}).get(field)
    if read is None:
        raise bad_request(f"field label not supported: {field}")
    if operator == "!=":
        return lambda stored: read(stored) != value
    return lambda stored: read(stored) == value

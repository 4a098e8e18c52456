"""What a request is about: kind, namespace, name, verb, user."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bwtop.demo.access import Attributes
from bwtop.demo.errors import bad_request
from bwtop.demo.kinds import KINDS, REVIEWS, Kind

Query = Mapping[str, str]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    def attributes(self, verb: str, user: str) -> Attributes:
        resource = f"{self.kind.plural}/{self.subresource}" if self.subresource else self.kind.plural
        return Attributes(
            user=user, verb=verb, group=self.kind.group, resource=resource, namespace=self.namespace, name=self.name
        )


_KINDS = {(kind.group, kind.version, kind.plural): kind for kind in KINDS}


def target(path: str) -> Target | None:
    """The objects at a path of the API; None for any other path."""
    match path.strip("/").split("/"):
        case ["api", version, *rest]:
            return _within("", version, rest)
        case ["apis", group, version, *rest]:
            return _within(group, version, rest)
    return None


def _within(group: str, version: str, rest: list[str]) -> Target | None:
    match rest:
        case ["namespaces", namespace, plural, *more] if kind := _KINDS.get((group, version, plural)):
            return _named(kind, namespace, more) if kind.namespaced else None
        case [plural, *more] if kind := _KINDS.get((group, version, plural)):
            return _named(kind, "", more) if not (kind.namespaced and more) else None
    return None


def _named(kind: Kind, namespace: str, more: list[str]) -> Target | None:
    match more:
        case []:
            return Target(kind=kind, namespace=namespace)
        case [name]:
            return Target(kind=kind, namespace=namespace, name=name)
        case [name, subresource] if subresource in kind.subresources:
            return Target(kind=kind, namespace=namespace, name=name, subresource=subresource)
    return None


def is_review(path: str) -> bool:
    match path.strip("/").split("/"):
        case ["apis", group, "v1", name]:
            return name in REVIEWS.get(group, {})
    return False


def verb(method: str, query: Query, *, named: bool) -> str:
    """RBAC's word for a request."""
    if method == "GET":
        if truth(query, "watch"):
            return "watch"
        return "get" if named else "list"
    return {"POST": "create", "PATCH": "patch", "DELETE": "delete", "PUT": "update"}.get(method, method.lower())


def truth(query: Query, key: str) -> bool:
    return query.get(key, "") in ("true", "1", "True")


def number(query: Query, key: str) -> int:
    """0 when it is not given; raises StatusError 400."""
    text = query.get(key, "") or "0"
    if not text.isdigit():
        raise bad_request(f'invalid {key} "{text}": strconv.ParseUint: parsing "{text}": invalid syntax')
    return int(text)


def json_object(body: bytes) -> dict[str, Any]:
    """Raises StatusError 400 when the body is no JSON object."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise bad_request(f"the object provided is unrecognized: {error}") from None

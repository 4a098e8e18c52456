"""The types that an object written to the API server has to have, as far as the demo uses them."""

import re
from typing import Any

import msgspec

from bwtop.demo.errors import StatusError, bad_request, invalid
from bwtop.demo.kinds import PODS, Kind

_GO_WORDS = {"int": "number", "float": "number", "bool": "bool", "str": "string", "array": "array", "null": "null"}


class _Metadata(msgspec.Struct, rename="camel"):
    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[dict[str, Any]] | None = None


class _Container(msgspec.Struct):
    name: str
    image: str
    command: list[str] | None = None
    args: list[str] | None = None


class _PodSpec(msgspec.Struct, rename="camel"):
    containers: list[_Container] = []
    node_name: str = ""
    node_selector: dict[str, str] | None = None
    host_network: bool = False
    active_deadline_seconds: int | None = None
    affinity: dict[str, Any] | None = None


class _Object(msgspec.Struct):
    metadata: _Metadata


class _Pod(_Object):
    spec: _PodSpec = msgspec.field(default_factory=_PodSpec)


def check_shape(kind: Kind, body: dict[str, Any]) -> None:
    """Raises StatusError 400 where a value has the wrong type, 422 where a pod's container lacks something."""
    try:
        msgspec.convert(body, _Pod if kind is PODS else _Object)
    except msgspec.ValidationError as error:
        raise _refusal(kind, body, str(error)) from None


def _refusal(kind: Kind, body: dict[str, Any], problem: str) -> StatusError:
    missing = re.fullmatch(r"Object missing required field `(\w+)`(?: - at `\$\.?(.*)`)?", problem)
    if missing:
        metadata = body.get("metadata")
        name = metadata.get("name", "") if isinstance(metadata, dict) else ""
        field = ".".join(part for part in (missing[2], missing[1]) if part).replace("[...]", "[0]")
        return invalid(kind, name, field=field, problem="Required value")
    given = re.search(r"got `(\w+)`", problem)
    word = _GO_WORDS.get(given[1], "object") if given else "object"
    field = re.sub(r"\[\.\.\.\]$", "", problem.rpartition("$.")[2].rstrip("`"))
    return bad_request(
        f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: '
        f"json: cannot unmarshal {word} into Go struct field .{field} of type string"
    )

"""JSON patch and merge patch."""

from copy import deepcopy
from typing import Any

from bwtop.demo.errors import bad_request, patch_refused

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
ACCEPTED = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH)
Json = Any


def merged(target: Json, patch: Json) -> Json:
    """RFC 7386; null removes. Lists are replaced, which for metadata is what a strategic merge does as well."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def apply_json_patch(target: Json, operations: Json) -> Json:
    """RFC 6902 on a copy; raises StatusError 422 when an operation does not apply, among them a failed `test`."""
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        raise bad_request("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    document = deepcopy(target)
    for operation in operations:
        _apply(document, operation)
    return document


def _apply(document: Json, operation: Json) -> None:
    path = operation.get("path", "")
    match operation.get("op"):
        case "test":
            _test(document, path, operation.get("value"))
        case "add":
            _add(document, path, operation.get("value"))
        case "replace":
            _take(document, path)
            _add(document, path, operation.get("value"))
        case "remove":
            _take(document, path)
        case "move":
            _add(document, path, _take(document, operation.get("from", "")))
        case "copy":
            _add(document, path, deepcopy(_at(document, operation.get("from", ""))))
        case _:
            raise patch_refused()


def _test(document: Json, path: str, value: Json) -> None:
    parent, key = _parent(document, path)
    if isinstance(parent, dict):
        found = parent.get(key)
    else:
        place = _index(parent, key)
        found = parent[place] if place < len(parent) else None
    if found != value or type(found) is not type(value):
        raise patch_refused()


def _add(document: Json, path: str, value: Json) -> None:
    parent, key = _parent(document, path)
    if isinstance(parent, dict):
        parent[key] = value
    else:
        parent.insert(len(parent) if key == "-" else _index(parent, key), value)


def _take(document: Json, path: str) -> Json:
    found = _at(document, path)
    parent, key = _parent(document, path)
    del parent[key if isinstance(parent, dict) else int(key)]
    return found


def _at(document: Json, path: str) -> Json:
    parent, key = _parent(document, path)
    place: Json = key if isinstance(parent, dict) else _index(parent, key)
    if place not in parent if isinstance(parent, dict) else place >= len(parent):
        raise patch_refused()
    return parent[place]


def _parent(document: Json, path: str) -> tuple[Json, str]:
    """The object or list that holds the last step of a JSON pointer."""
    *steps, last = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]] or [""]
    found = document
    for step in steps:
        if isinstance(found, dict):
            found = found.get(step)
        else:
            found = found[int(step)] if isinstance(found, list) and step.isdigit() and int(step) < len(found) else None
    if not isinstance(found, (dict, list)):
        raise patch_refused()
    return found, last


def _index(parent: list[Json], key: str) -> int:
    if not key.isdigit() or int(key) > len(parent):
        raise patch_refused()
    return int(key)

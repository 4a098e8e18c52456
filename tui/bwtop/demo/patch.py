"""JSON patch and merge patch, refused in the words of the library that kube-apiserver uses."""

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
    if not isinstance(operations, list):
        raise bad_request("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    document = _copy(target)
    for operation in operations:
        _apply(document, operation)
    return document


def _copy(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copy(entry) for key, entry in value.items()}
    return [_copy(entry) for entry in value] if isinstance(value, list) else value


def _apply(document: Json, operation: Json) -> None:
    word, path = operation.get("op"), operation.get("path", "")
    match word:
        case "test":
            _test(document, path, operation.get("value"))
        case "add":
            _add(document, path, operation.get("value"))
        case "replace":
            _take(document, path, word="replace")
            _add(document, path, operation.get("value"))
        case "remove":
            _take(document, path, word="remove")
        case "move" | "copy":
            source = operation.get("from", "")
            value = _take(document, source, word=word) if word == "move" else _copy(_at(document, source, word=word))
            _add(document, path, value)
        case _:
            raise patch_refused(f"Unexpected kind: {word}")


def _test(document: Json, path: str, value: Json) -> None:
    parent, key = _parent(document, path, word="test")
    if isinstance(parent, dict):
        found = parent.get(key)
    else:
        place = _index(parent, key, word="test", path=path)
        found = parent[place] if place < len(parent) else None
    if found != value or type(found) is not type(value):
        raise patch_refused(f"testing value {path} failed: test failed")


def _add(document: Json, path: str, value: Json) -> None:
    parent, key = _parent(document, path, word="add")
    if isinstance(parent, dict):
        parent[key] = value
    else:
        parent.insert(len(parent) if key == "-" else _index(parent, key, word="add", path=path), value)


def _take(document: Json, path: str, *, word: str) -> Json:
    found = _at(document, path, word=word)
    parent, key = _parent(document, path, word=word)
    del parent[key if isinstance(parent, dict) else int(key)]
    return found


def _at(document: Json, path: str, *, word: str) -> Json:
    parent, key = _parent(document, path, word=word)
    place: Json = key if isinstance(parent, dict) else _index(parent, key, word=word, path=path)
    if place not in parent if isinstance(parent, dict) else place >= len(parent):
        raise patch_refused(f"{word} operation does not apply: doc is missing key: {path}: missing value")
    return parent[place]


def _parent(document: Json, path: str, *, word: str) -> tuple[Json, str]:
    """The object or list that holds the last step of a JSON pointer."""
    *steps, last = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]] or [""]
    found = document
    for step in steps:
        if isinstance(found, dict):
            found = found.get(step)
        else:
            found = found[int(step)] if isinstance(found, list) and step.isdigit() and int(step) < len(found) else None
    if not isinstance(found, (dict, list)):
        raise patch_refused(f'{word} operation does not apply: doc is missing path: "{path}": missing value')
    return found, last


def _index(parent: list[Json], key: str, *, word: str, path: str) -> int:
    if not key.isdigit() or int(key) > len(parent):
        raise patch_refused(f"{word} operation does not apply: invalid array index {path}")
    return int(key)

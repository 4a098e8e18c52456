"""Who manages which field: the entries of `metadata.managedFields`."""

from typing import Any

Body = dict[str, Any]
_IGNORED = ("managedFields", "resourceVersion", "generation")


def manager(*, asked: str, user_agent: str) -> str:
    """The name of who writes: the parameter fieldManager, else the program in the User-Agent."""
    return asked or user_agent.partition("/")[0] or "unknown"


def track(before: Body, after: Body, *, manager: str, api_version: str, time: str) -> None:
    """Notes in `after` that the manager has set what differs from `before`."""
    changed = _changed(before, after)
    if not changed:
        return
    entries = after["metadata"].setdefault("managedFields", [])
    for entry in entries:
        entry["fieldsV1"] = _without(entry["fieldsV1"], changed)
    own = next((entry for entry in entries if (entry["manager"], entry["operation"]) == (manager, "Update")), None)
    if own is None:
        own = {
            "manager": manager,
            "operation": "Update",
            "apiVersion": api_version,
            "fieldsType": "FieldsV1",
            "fieldsV1": {},
        }
        entries.append(own)
    own |= {"time": time, "fieldsV1": _with(own["fieldsV1"], changed)}
    after["metadata"]["managedFields"] = [entry for entry in entries if entry["fieldsV1"]]


def _changed(before: Any, after: Any) -> Body:  # noqa: ANN401
    """The fields that are new or different in `after`, in the form of fieldsV1; lists count as a whole."""
    found: Body = {}
    for key, value in after.items():
        if key in _IGNORED or before.get(key) == value:
            continue
        inner = _changed(before.get(key) or {}, value) if isinstance(value, dict) else {}
        found[f"f:{key}"] = inner
    return found


def _with(fields: Body, more: Body) -> Body:
    result = dict(fields)
    for key, inner in more.items():
        result[key] = _with(result.get(key, {}), inner)
    return result


def _without(fields: Body, less: Body) -> Body:
    result = {}
    for key, inner in fields.items():
        if key not in less:
            result[key] = inner
        elif inner and less[key] and (rest := _without(inner, less[key])):
            result[key] = rest
    return result

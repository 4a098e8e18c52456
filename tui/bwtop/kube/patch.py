"""JSON patches that change one annotation of one object, and only if it is still what was seen."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError, Unreachable

FIELD_MANAGER: Final = "bwtop"
"""Under this name the API server notes in managedFields what bwtop has set."""
JSON_PATCH: Final = "application/json-patch+json"

Operation = dict[str, object]


def pointer(*steps: str) -> str:
    """A JSON pointer (RFC 6901): the `/` in a key becomes `~1`."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def annotation_patch(
    *,
    uid: str,
    annotations: Mapping[str, str] | None,
    key: str,
    value: str | None,
    place: Sequence[str] = ("metadata",),
    bare: bool = False,
) -> Sequence[Operation]:
    """Sets one annotation, or removes it (`value` None); refused when the object or the annotation is another by then.

    `annotations` are those that were seen; None: there were none at all. `place` leads to the metadata that they stand
    in; `bare`: not even that is there, as in a template. An absent member passes a test for null.
    """
    spot = pointer(*place, "annotations", key)
    same: Operation = {"op": "test", "path": pointer("metadata", "uid"), "value": uid}
    if bare or annotations is None:
        whole = pointer(*place) if bare else pointer(*place, "annotations")
        made = {"annotations": {key: value}} if bare else {key: value}
        return [same, {"op": "test", "path": whole, "value": None}, {"op": "add", "path": whole, "value": made}]
    unchanged: Operation = {"op": "test", "path": spot, "value": annotations.get(key)}
    if value is None:
        return [same, unchanged, {"op": "remove", "path": spot}]
    return [same, unchanged, {"op": "add", "path": spot, "value": value}]


async def send_patch(api: Api, path: str, operations: Sequence[Operation], *, dry_run: bool = False) -> bytes:
    """The object as it is, or with `dry_run` would be, after the patch. Raises KubeError; is never sent twice."""
    params = [("fieldManager", FIELD_MANAGER)] + ([("dryRun", "All")] if dry_run else [])
    body = msgspec.json.encode(operations)
    return await api.send("PATCH", path, body, content_type=JSON_PATCH, params=params)


def may_have_changed(error: KubeError) -> bool:
    """The object was another than the patch was made for: 409, or 422, which a failed `test` gives without details."""
    return isinstance(error, ApiError) and error.code in (409, 422)


def may_be_written(error: KubeError) -> bool:
    """After this error nobody knows whether the patch took effect: the object must be read again."""
    return isinstance(error, Unreachable) or (isinstance(error, ApiError) and error.code >= 500)

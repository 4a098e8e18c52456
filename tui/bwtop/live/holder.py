"""What carries the annotation: a pod, or a controller that has it in the template of its pods."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from bwtop.cilium.wire import EGRESS_BANDWIDTH, PRIORITY
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.model.edit import touch_note
from bwtop.model.printable import printable


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """An object as it was when it was read."""

    kind: str
    namespace: str
    name: str
    uid: str
    path: str
    """Where the API server has it."""
    place: tuple[str, ...] = ("metadata",)
    """Steps from the object to the metadata that the annotation stands in."""
    bare: bool = False
    """That metadata is absent, as it may be in a template."""
    annotations: Mapping[str, str] | None
    """None: there are none at all, which a JSON patch must know."""
    manager: str
    """Field manager that set the limit, `kubectl-annotate`; empty: not told, as after a removal."""
    written_at: str = ""
    """When a manager of any of these annotations wrote last, RFC 3339 by the server's clock; empty: not told."""

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def noun(self) -> str:
        """In the middle of a sentence: `pod`, `Deployment`."""
        return "pod" if self.kind == "Pod" else self.kind

    @property
    def annotation(self) -> str | None:
        return (self.annotations or {}).get(EGRESS_BANDWIDTH)

    @property
    def touch(self) -> str:
        """What to write so that a priority counts that was changed alone; empty: there is none."""
        return touch_note(self.annotation, (self.annotations or {}).get(PRIORITY))

    def left_with(self, annotation: str | None) -> "Holder":
        """As it is after the limit was written."""
        others = {key: value for key, value in (self.annotations or {}).items() if key != EGRESS_BANDWIDTH}
        left = others if annotation is None else {**others, EGRESS_BANDWIDTH: annotation}
        return msgspec.structs.replace(self, annotations=left or None, bare=False)


class _ManagedFields(msgspec.Struct, rename="camel"):
    manager: str = ""
    time: str = ""
    fields: dict[str, Any] = msgspec.field(name="fieldsV1", default_factory=dict)


class _Metadata(msgspec.Struct, rename="camel"):
    name: str
    uid: str
    namespace: str = ""
    managed_fields: list[_ManagedFields] | None = None


class _Object(msgspec.Struct):
    metadata: _Metadata


class _Annotated(msgspec.Struct):
    annotations: dict[str, str] | None = None


def read_holder(body: bytes, *, kind: str, path: str, place: tuple[str, ...] = ("metadata",)) -> Holder:
    """Raises KubeError when the body is no such object."""
    try:
        metadata = msgspec.json.decode(body, type=_Object).metadata
        found = _at(msgspec.json.decode(body), place)
        annotated = msgspec.convert(found or {}, _Annotated)
    except msgspec.DecodeError as error:
        raise KubeError(f"the API server's answer is no {kind}: {error}") from error
    return Holder(
        kind=kind,
        namespace=metadata.namespace,
        name=metadata.name,
        uid=metadata.uid,
        path=path,
        place=place,
        bare=found is None,
        annotations=annotated.annotations,
        manager=_manager(metadata.managed_fields or (), place),
        written_at=_written_at(metadata.managed_fields or (), place),
    )


async def read_again(api: Api, holder: Holder) -> Holder | None:
    """None: it is gone. Raises KubeError."""
    try:
        body = await api.get(holder.path)
    except ApiError as error:
        if error.code == 404:
            return None
        raise
    return read_holder(body, kind=holder.kind, path=holder.path, place=holder.place)


def _at(found: Any, steps: Iterable[str]) -> Any:  # noqa: ANN401 - JSON
    for step in steps:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _manager(entries: Iterable[_ManagedFields], place: tuple[str, ...]) -> str:
    owners = list(_writers(entries, (*place, "annotations", EGRESS_BANDWIDTH)))
    return printable(max(owners, key=lambda entry: entry.time).manager, limit=60) if owners else ""


def _written_at(entries: Iterable[_ManagedFields], place: tuple[str, ...]) -> str:
    return max((entry.time for entry in _writers(entries, (*place, "annotations"))), default="")


def _writers(entries: Iterable[_ManagedFields], steps: tuple[str, ...]) -> Iterable[_ManagedFields]:
    """Those that own the field at the end of the steps, or something in it."""
    field = [f"f:{step}" for step in steps]
    return (entry for entry in entries if _at(entry.fields, field) is not None)

"""One pod read for an edit: with all its annotations, and with who set its limit last."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from bwtop.cilium.resources import Pod
from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError, one_line
from bwtop.kube.wire import WireDecoder
from bwtop.live.resources import PODS

FIELD = ("f:metadata", "f:annotations", f"f:{EGRESS_BANDWIDTH}")


class FoundPod(msgspec.Struct, frozen=True, kw_only=True):
    pod: Pod
    annotations: Mapping[str, str] | None
    """None: the object has none at all, which a JSON patch must know."""
    manager: str
    """Field manager that set the limit, `kubectl-annotate`; empty: not told, as after a removal."""

    @property
    def path(self) -> str:
        return pod_path(self.pod.namespace, self.pod.name)


class _ManagedFields(msgspec.Struct, rename="camel"):
    manager: str = ""
    time: str = ""
    fields: dict[str, Any] = msgspec.field(name="fieldsV1", default_factory=dict)


class _Metadata(msgspec.Struct, rename="camel"):
    annotations: dict[str, str] | None = None
    managed_fields: list[_ManagedFields] | None = None


class _Object(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


def pod_path(namespace: str, name: str) -> str:
    return f"{PODS.url(namespace)}/{name}"


async def find_pod(api: Api, namespace: str, name: str) -> FoundPod:
    """Raises KubeError, with 404 among them."""
    return read_found_pod(await api.get(pod_path(namespace, name)))


async def find_pod_again(api: Api, namespace: str, name: str) -> FoundPod | None:
    """None: it is gone. Raises KubeError."""
    try:
        return await find_pod(api, namespace, name)
    except ApiError as error:
        if error.code == 404:
            return None
        raise


async def list_pods(api: Api, *, namespace: str | None, label_selector: str, field_selector: str = "") -> Sequence[Pod]:
    """Those that the selectors name, in one answer; `namespace` None: of all. Raises KubeError."""
    params = [("labelSelector", label_selector), ("fieldSelector", field_selector)]
    body = await api.get(PODS.url(namespace), [(name, value) for name, value in params if value])
    try:
        return WireDecoder(PODS).page(body).items
    except msgspec.DecodeError as error:
        raise KubeError(f"the API server's answer is no list of pods: {error}") from error


def read_found_pod(body: bytes) -> FoundPod:
    """Raises KubeError when the body is no pod."""
    try:
        metadata = msgspec.json.decode(body, type=_Object).metadata
        pod = PODS.flatten(msgspec.json.decode(body, type=PODS.wire))
    except msgspec.DecodeError as error:
        raise KubeError(f"the API server's answer is no pod: {error}") from error
    return FoundPod(pod=pod, annotations=metadata.annotations, manager=_manager(metadata.managed_fields or ()))


def _manager(entries: Iterable[_ManagedFields]) -> str:
    owners = [entry for entry in entries if _owns(entry.fields)]
    return one_line(max(owners, key=lambda entry: entry.time).manager, 60) if owners else ""


def _owns(fields: dict[str, Any]) -> bool:
    for step in FIELD:
        if not isinstance(fields, dict) or step not in fields:
            return False
        fields = fields[step]
    return True

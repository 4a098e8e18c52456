"""One pod read for an edit, and the pods that a selector names."""

from collections.abc import Sequence

import msgspec

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import KubeError
from bwtop.kube.wire import WireDecoder
from bwtop.live.holder import Holder, read_holder
from bwtop.live.resources import PODS


class FoundPod(msgspec.Struct, frozen=True, kw_only=True):
    pod: Pod
    holder: Holder
    """With all its annotations, and who set its limit last."""


async def find_pod(api: Api, namespace: str, name: str) -> FoundPod:
    """Raises KubeError, with 404 among them."""
    path = f"{PODS.url(namespace)}/{name}"
    return read_found_pod(await api.get(path), path=path)


async def list_pods(api: Api, *, namespace: str | None, label_selector: str, field_selector: str = "") -> Sequence[Pod]:
    """Those that the selectors name, in one answer; `namespace` None: of all. Raises KubeError."""
    params = [("labelSelector", label_selector), ("fieldSelector", field_selector)]
    body = await api.get(PODS.url(namespace), [(name, value) for name, value in params if value])
    try:
        return WireDecoder(PODS).page(body).items
    except msgspec.DecodeError as error:
        raise KubeError(f"the API server's answer is no list of pods: {error}") from error


def read_found_pod(body: bytes, *, path: str) -> FoundPod:
    """Raises KubeError when the body is no pod."""
    try:
        pod = PODS.flatten(msgspec.json.decode(body, type=PODS.wire))
    except msgspec.DecodeError as error:
        raise KubeError(f"the API server's answer is no pod: {error}") from error
    return FoundPod(pod=pod, holder=read_holder(body, kind="Pod", path=path))

"""What owns a pod, up to what somebody wrote: ReplicaSet and then Deployment, Job and then CronJob."""

from collections.abc import Sequence

import msgspec

from bwtop.cilium.resources import Pod
from bwtop.cilium.wire import OwnerReference
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError

_BETWEEN = {"ReplicaSet": "/apis/apps/v1/namespaces/{}/replicasets/{}", "Job": "/apis/batch/v1/namespaces/{}/jobs/{}"}
"""Kinds that have an owner of their own as a rule."""


class _Metadata(msgspec.Struct, rename="camel"):
    owner_references: list[OwnerReference] | None = None


class _Object(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


async def owners_of(api: Api, pod: Pod) -> Sequence[str]:
    """`("ReplicaSet/web-7d9f", "Deployment/web")`; shorter where the user may not read so far. Raises Unreachable."""
    if not pod.owner:
        return ()
    kind, _, name = pod.owner.partition("/")
    above = await _controller(api, _BETWEEN[kind].format(pod.namespace, name)) if kind in _BETWEEN else ""
    return (pod.owner, above) if above else (pod.owner,)


async def _controller(api: Api, path: str) -> str:
    try:
        owners = msgspec.json.decode(await api.get(path), type=_Object).metadata.owner_references
    except (ApiError, msgspec.DecodeError):
        return ""
    return next((f"{owner.kind}/{owner.name}" for owner in owners or () if owner.controller and owner.name), "")

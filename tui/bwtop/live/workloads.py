"""Reads DaemonSets and Deployments: how many pods they want and have, and what they run."""

import msgspec

from bwtop.cilium.wire import Wire
from bwtop.kube.api import Api
from bwtop.kube.fetch import fetch
from bwtop.model.cluster_facts import Workload


class _Variable(Wire):
    name: str = ""
    value: str | None = None


class _Container(Wire):
    image: str = ""
    env: tuple[_Variable, ...] | None = None


class _PodSpec(Wire):
    containers: tuple[_Container, ...] | None = None


class _Template(Wire):
    spec: _PodSpec = msgspec.field(default_factory=_PodSpec)


class _Spec(Wire):
    replicas: int | None = None
    """Of a Deployment."""
    template: _Template = msgspec.field(default_factory=_Template)


class _Status(Wire):
    desired_number_scheduled: int = 0
    number_ready: int = 0
    updated_number_scheduled: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0


class _Metadata(Wire):
    name: str = ""


class _Object(Wire):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    spec: _Spec = msgspec.field(default_factory=_Spec)
    status: _Status = msgspec.field(default_factory=_Status)


class _List(Wire):
    items: tuple[_Object, ...] | None = None


async def workloads(api: Api, resource: str, *, namespace: str, selector: str) -> tuple[Workload, ...]:
    """Those of `daemonsets` or `deployments` that have the labels; raises KubeError."""
    found = await fetch(api, _path(resource, namespace), _List, [("labelSelector", selector)])
    return tuple(map(_workload, found.items or ()))


async def workload(api: Api, resource: str, *, namespace: str, name: str) -> Workload:
    """Raises KubeError, with 404 among them."""
    return _workload(await fetch(api, f"{_path(resource, namespace)}/{name}", _Object))


def _path(resource: str, namespace: str) -> str:
    return f"/apis/apps/v1/namespaces/{namespace}/{resource}"


def _workload(found: _Object) -> Workload:
    spec, status = found.spec, found.status
    container = next(iter(spec.template.spec.containers or ()), _Container())
    return Workload(
        name=found.metadata.name,
        desired=status.desired_number_scheduled if spec.replicas is None else spec.replicas,
        ready=max(status.number_ready, status.ready_replicas),
        updated=max(status.updated_number_scheduled, status.updated_replicas),
        image=container.image,
        environment=tuple(f"{one.name}={one.value}" for one in container.env or () if one.value is not None),
    )

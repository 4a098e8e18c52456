"""The template that a pod's owner makes pods from, and what becomes of the pods when it changes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.errors import KubeError
from bwtop.live.holder import Holder, read_holder
from bwtop.model.printable import printable

Spec = Mapping[str, Any]
_IN_POD_TEMPLATE: Final = ("spec", "template", "metadata")
_IN_JOB_TEMPLATE: Final = ("spec", "jobTemplate", "spec", "template", "metadata")
_KEEPERS: Final = {
    "argocd.argoproj.io/instance": "Argo CD",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "helm.toolkit.fluxcd.io/name": "Flux",
}
"""Labels of programs that keep objects as they stand in git."""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    holder: Holder
    effect: str
    """What a change does to the pods, and who may undo it."""
    rolls: bool
    """It replaces the pods at once."""


class NoTemplate(Exception):  # noqa: N818 - a fact, said in a sentence
    """There is no template that bwtop could change, and why."""


class _Kind(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    place: tuple[str, ...] = _IN_POD_TEMPLATE
    effect: Callable[[Spec], str]
    rolls: Callable[[Spec], bool] = lambda _spec: False


class _Metadata(msgspec.Struct):
    labels: dict[str, str] | None = None


class _Object(msgspec.Struct):
    metadata: _Metadata
    spec: dict[str, Any]


async def find_template(api: Api, pod: Pod, owners: Sequence[str]) -> Template:
    """`owners` are those of `owners_of`. Raises NoTemplate, and KubeError when it cannot be read."""
    if not owners:
        raise NoTemplate(f"nothing owns pod {pod.key}, so there is no template")
    if pod.host_network:
        raise NoTemplate(f"the pods of {owners[-1]} are in their node's network: no limit can apply to them")
    kind, _, name = owners[-1].partition("/")
    if kind == "Job":
        raise NoTemplate(f"the template of Job/{name} cannot change any more: set the limit where the Job is made")
    if kind not in _KINDS:
        raise NoTemplate(f"bwtop does not know the template of {owners[-1]}: set the limit where that is written")
    path = _KINDS[kind].path.format(pod.namespace, name)
    return read_template(await api.get(path), kind=kind, path=path)


def read_template(body: bytes, *, kind: str, path: str) -> Template:
    """Raises KubeError when the body is no such object."""
    rule = _KINDS[kind]
    holder = read_holder(body, kind=kind, path=path, place=rule.place)
    try:
        found = msgspec.json.decode(body, type=_Object)
    except msgspec.DecodeError as error:
        raise KubeError(f"the API server's answer is no {kind}: {error}") from error
    effect = rule.effect(found.spec) + _kept(found.metadata.labels or {})
    return Template(holder=holder, effect=effect, rolls=rule.rolls(found.spec))


def _kept(labels: Mapping[str, str]) -> str:
    who = next((name for label, name in _KEEPERS.items() if label in labels), "")
    who = who or printable(labels.get("app.kubernetes.io/managed-by", ""), limit=30)
    return f"; {who} manages it and may put its own value back" if who else ""


def _deployment(spec: Spec) -> str:
    pods = _pods(spec)
    if not _resumed(spec):
        return f"it is paused: {pods} will be rolled when it is resumed"
    if (spec.get("strategy") or {}).get("type") == "Recreate":
        return f"{pods} will be ended all at once and made anew"
    return f"{pods} will be rolled: replaced step by step"


def _resumed(spec: Spec) -> bool:
    return not spec.get("paused")


def _strategy(spec: Spec) -> str:
    """Of a StatefulSet or DaemonSet."""
    strategy = spec.get("updateStrategy") or {}
    if not _updates(spec):
        return "its pods keep their limit, each until it is deleted"
    if partition := (strategy.get("rollingUpdate") or {}).get("partition"):
        return f"its pods from number {partition} on will be rolled: replaced one by one"
    return f"{_pods(spec)} will be rolled: replaced one by one"


def _updates(spec: Spec) -> bool:
    """A StatefulSet or DaemonSet, unless somebody has to delete its pods for that."""
    return bool((spec.get("updateStrategy") or {}).get("type") != "OnDelete")


def _pods(spec: Spec) -> str:
    replicas = spec.get("replicas")
    return "its pods" if replicas is None else "its pod" if replicas == 1 else f"its {replicas} pods"


def _next_pods(_spec: Spec) -> str:
    return "its pods keep their limit; those that it makes from now on get the new one"


def _next_jobs(_spec: Spec) -> str:
    return "pods that run keep their limit; its next Job gets the new one"


_KINDS: Final = {
    "Deployment": _Kind(path="/apis/apps/v1/namespaces/{}/deployments/{}", effect=_deployment, rolls=_resumed),
    "StatefulSet": _Kind(path="/apis/apps/v1/namespaces/{}/statefulsets/{}", effect=_strategy, rolls=_updates),
    "DaemonSet": _Kind(path="/apis/apps/v1/namespaces/{}/daemonsets/{}", effect=_strategy, rolls=_updates),
    "ReplicaSet": _Kind(path="/apis/apps/v1/namespaces/{}/replicasets/{}", effect=_next_pods),
    "CronJob": _Kind(path="/apis/batch/v1/namespaces/{}/cronjobs/{}", place=_IN_JOB_TEMPLATE, effect=_next_jobs),
}

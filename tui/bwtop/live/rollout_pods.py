"""The pods that a controller has made, and why one of them does not get ready."""

from collections.abc import Mapping, Sequence
from typing import Any

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.pod_object import read_pod
from bwtop.live.events import events_of
from bwtop.live.found_pod import list_pods
from bwtop.live.holder import Holder
from bwtop.live.owners import owners_of

_STARTING = ("ContainerCreating", "PodInitializing")
"""What a container waits for without any trouble yet."""


async def pods_of(api: Api, controller: Holder, selector: Mapping[str, Any]) -> Sequence[Pod]:
    """Those that it has made and nobody has told to go; `selector` as in its `spec`. Raises KubeError."""
    found = await list_pods(api, namespace=controller.namespace, label_selector=label_selector(selector))
    alive = [pod for pod in found if not pod.deleting and pod.owner]
    makers = {pod.owner: pod for pod in alive}
    ours = {
        owner for owner, pod in makers.items() if f"{controller.kind}/{controller.name}" in await owners_of(api, pod)
    }
    return [pod for pod in alive if pod.owner in ours]


async def trouble_of(api: Api, controller: Holder, pods: Sequence[Pod]) -> str:
    """Why the first of these pods is not ready, or why the controller makes none; empty: nothing says why.

    Raises KubeError.
    """
    for pod in [pod for pod in pods if not pod.ready]:
        if trouble := await _pod_trouble(api, pod):
            return f"pod {pod.name}: {trouble}"
    return await _warning(api, controller.kind, controller.name, controller.namespace, reasons=("FailedCreate",))


async def _pod_trouble(api: Api, pod: Pod) -> str:
    """Empty: nothing says why, or it is gone."""
    found = await read_pod(api, pod.namespace, pod.name)
    if found is None:
        return ""
    waits = (str(waiting) for waiting in found.waiting if waiting.reason not in _STARTING)
    said = next(waits, "") or str(found.unscheduled or "")
    return said or await _warning(api, "Pod", pod.name, pod.namespace)


async def _warning(api: Api, kind: str, name: str, namespace: str, *, reasons: Sequence[str] = ()) -> str:
    """The latest one."""
    for event in await events_of(api, kind=kind, name=name, namespace=namespace):
        if event.warning and (not reasons or event.reason in reasons):
            return f"{event.reason}: {event.message}"
    return ""


def label_selector(selector: Mapping[str, Any]) -> str:
    """A `labelSelector` as the query of a list has it."""
    words = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or ():
        key, values = expression["key"], ",".join(expression.get("values") or ())
        match expression["operator"]:
            case "Exists":
                words.append(key)
            case "DoesNotExist":
                words.append(f"!{key}")
            case operator:
                words.append(f"{key} {operator.lower()} ({values})")
    return ",".join(words)

"""Makes the pods of a test, waits until they run, and removes them on every way out."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.kube.patch import FIELD_MANAGER
from bwtop.kube.pod_object import PodObject, pods_path, read_pod
from bwtop.netperf.ends import End, end_of
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.ledger import Ledger
from bwtop.netperf.manifests import CONTAINER, Manifest, ephemeral_netserver, run_name

PATIENCE_SECONDS: Final = 90.0
"""How long a pod may take to run."""
UNSCHEDULABLE_SECONDS: Final = 10.0
"""How long the scheduler may find no node: another test's pod may just be going."""
POLL_SECONDS: Final = 0.5
REMOVAL_SECONDS: Final = 10.0
_REMOVALS: Final = 3
FATAL_WAITS: Final = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
        "CrashLoopBackOff",
    }
)
"""Reasons of a waiting container that do not go away by waiting."""
STRATEGIC_MERGE_PATCH: Final = "application/strategic-merge-patch+json"

Tell = Callable[[str], None]
"""Takes what is being waited for, in words."""


@contextlib.asynccontextmanager
async def made_pods(
    api: Api, manifests: Sequence[Manifest], *, ledger: Ledger, tell: Tell
) -> AsyncIterator[Sequence[End]]:
    """Pods that run, in the order of their manifests, and are gone afterwards.

    Raises NetperfError when one cannot be made or does not come up, KubeError, OSError without a ledger.
    """
    try:
        for manifest in manifests:
            await _create(api, manifest, ledger)
        yield [await _running(api, _namespace(each), _name(each), tell=tell) for each in manifests]
    finally:
        await _remove_shielded(api, manifests, ledger, tell)


async def add_netserver(api: Api, end: End, *, image: str, deadline: int, tell: Tell) -> None:
    """Puts a netserver into a running pod, as an ephemeral container that stays in it.

    Raises NetperfError when it does not come up, KubeError when it is refused.
    """
    container = ephemeral_netserver(run=run_name(), image=image, deadline=deadline)
    path = f"{pods_path(end.namespace)}/{end.pod}/ephemeralcontainers"
    body = msgspec.json.encode({"spec": {"ephemeralContainers": [container]}})
    await api.send(
        "PATCH", path, body, content_type=STRATEGIC_MERGE_PATCH, params=[("fieldManager", FIELD_MANAGER)]
    )  # fmt: skip
    await _wait(api, end.namespace, end.pod, ready=lambda pod: pod.running(container["name"]), tell=tell)


async def remove_pod(api: Api, namespace: str, name: str) -> bool:
    """False: it was gone already. Raises KubeError."""
    options = msgspec.json.encode({"gracePeriodSeconds": 1, "propagationPolicy": "Background"})
    try:
        await api.send("DELETE", f"{pods_path(namespace)}/{name}", options)
    except ApiError as error:
        if error.code == 404:
            return False
        raise
    return True


async def _create(api: Api, manifest: Manifest, ledger: Ledger) -> None:
    namespace, name = _namespace(manifest), _name(manifest)
    ledger.add(server=api.connection.server, namespace=namespace, pod=name)
    params = [("fieldManager", FIELD_MANAGER)]
    try:
        await api.send("POST", pods_path(namespace), msgspec.json.encode(manifest), params=params)
    except ApiError as error:
        cause = f"the pod {name} for the test is refused: {error.message}"
        raise NetperfError(Failure.PODS, cause, hint=_refusal_hint(error, namespace)) from error


def _refusal_hint(error: ApiError, namespace: str) -> str:
    if "quota" in error.message:
        return f"the quota of {namespace} is used up; choose an existing client (--from), or another namespace"
    if error.code == 403:
        return f"a policy or your rights in {namespace} forbid it; choose an existing client (--from)"
    if error.code == 404:
        return "does the namespace exist?"
    return error.hint


async def _running(api: Api, namespace: str, name: str, *, tell: Tell) -> End:
    pod = await _wait(api, namespace, name, ready=lambda pod: pod.running(CONTAINER) and bool(pod.ips), tell=tell)
    return end_of(pod, made=True)


async def _wait(api: Api, namespace: str, name: str, *, ready: Callable[[PodObject], bool], tell: Tell) -> PodObject:
    """Raises NetperfError as soon as waiting is in vain."""
    started = unscheduled = time.monotonic()
    said = ""
    while True:
        pod = await read_pod(api, namespace, name)
        if pod is None:
            raise NetperfError(Failure.PODS, f"pod {namespace}/{name} was deleted while it was waited for")
        if ready(pod):
            return pod
        now = time.monotonic()
        unscheduled = unscheduled if pod.unscheduled else now
        patient = now - started < PATIENCE_SECONDS and now - unscheduled < UNSCHEDULABLE_SECONDS
        if reason := _in_vain(pod, patient=patient):
            hint = f"look: {api.connection.kubectl(f'-n {namespace} describe pod {name}')}"
            raise NetperfError(Failure.PODS, f"pod {name} does not run: {reason}", hint=hint)
        if pod.progress != said:
            said = pod.progress
            tell(f"{name}: {said}")
        await asyncio.sleep(POLL_SECONDS)


def _in_vain(pod: PodObject, *, patient: bool) -> str:
    """Why it will not run any more; empty while it may."""
    if pod.stopped:
        return pod.stopped
    if not patient or any(waiting.reason in FATAL_WAITS for waiting in pod.waiting):
        return pod.progress
    return ""


async def _remove_shielded(api: Api, manifests: Sequence[Manifest], ledger: Ledger, tell: Tell) -> None:
    """Also when the task is being cancelled, and once more if it is cancelled meanwhile."""
    removal = asyncio.ensure_future(_remove(api, manifests, ledger, tell))
    try:
        await asyncio.shield(removal)
    except asyncio.CancelledError:
        await removal
        raise


async def _remove(api: Api, manifests: Sequence[Manifest], ledger: Ledger, tell: Tell) -> None:
    """What cannot be removed now stays in the ledger for the next start, and ends by its own deadline."""

    async def remove(manifest: Manifest) -> None:
        namespace, name = _namespace(manifest), _name(manifest)
        for attempt in range(_REMOVALS):
            with contextlib.suppress(KubeError, TimeoutError):
                async with asyncio.timeout(REMOVAL_SECONDS):
                    await asyncio.sleep(attempt)
                    await remove_pod(api, namespace, name)
                ledger.remove(namespace=namespace, pod=name)
                return
        tell(f"{name} is NOT removed: it ends by itself, and the next bwtop netperf or --cleanup here removes it")

    tell(f"removing {', '.join(map(_name, manifests))}")
    await asyncio.gather(*map(remove, manifests))


def _name(manifest: Manifest) -> str:
    return str(manifest["metadata"]["name"])


def _namespace(manifest: Manifest) -> str:
    return str(manifest["metadata"]["namespace"])

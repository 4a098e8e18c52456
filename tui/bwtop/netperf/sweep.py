"""Removes what tests have left behind: by a bwtop that was killed, or whose connection was lost."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.kube.pod_object import PodObject, list_pod_objects
from bwtop.netperf.ledger import Ledger
from bwtop.netperf.makers import remove_pod
from bwtop.netperf.manifests import SELECTOR

_SPARE_SECONDS: Final = 30.0


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What the sweep found."""

    removed: Sequence[str] = ()
    """`namespace/name`."""
    kept: Sequence[str] = ()
    """Each with why: a test of somebody else that is under way."""
    failed: Sequence[str] = ()
    """Each with the error."""


async def sweep_ledger(api: Api, ledger: Ledger) -> Swept:
    """What dead bwtops of this machine have left on this API server; quick, and silent about what is gone already."""
    removed, failed = [], []
    for entry in ledger.entries(api.connection.server):
        if not entry.abandoned:
            continue
        key = f"{entry.namespace}/{entry.pod}"
        try:
            if await remove_pod(api, entry.namespace, entry.pod):
                removed.append(key)
            ledger.remove(namespace=entry.namespace, pod=entry.pod)
        except KubeError as error:
            failed.append(f"{key}: {error}")
    return Swept(removed=removed, failed=failed)


async def clean_up(api: Api, ledger: Ledger, *, namespace: str | None) -> Swept:
    """Also what other machines have left, known by its labels and past its deadline. Raises KubeError."""
    swept = await sweep_ledger(api, ledger)
    removed, kept, failed = list(swept.removed), [], list(swept.failed)
    under_way = {(entry.namespace, entry.pod) for entry in ledger.entries(api.connection.server)}
    for pod in await list_pod_objects(api, namespace, selector=SELECTOR):
        if pod.metadata.deletion_timestamp or pod.key in removed:
            continue
        if reason := _in_use(pod, under_way):
            kept.append(f"{pod.key}: {reason}")
            continue
        try:
            if await remove_pod(api, pod.metadata.namespace, pod.metadata.name):
                removed.append(pod.key)
        except ApiError as error:
            failed.append(f"{pod.key}: {error}")
    return Swept(removed=removed, kept=kept, failed=failed)


def _in_use(pod: PodObject, under_way: set[tuple[str, str]]) -> str:
    """Why a pod is kept; empty when it is a leftover."""
    if (pod.metadata.namespace, pod.metadata.name) in under_way:
        return "a test on this machine uses it"
    if pod.stopped:
        return ""
    created, deadline = pod.metadata.creation_timestamp, pod.spec.active_deadline_seconds
    if not created or deadline is None:
        return "it has no deadline, so bwtop did not make it"
    left = datetime.fromisoformat(created).timestamp() + deadline + _SPARE_SECONDS - time.time()
    return f"a test from elsewhere may use it, it ends by itself in {left:.0f} s" if left > 0 else ""

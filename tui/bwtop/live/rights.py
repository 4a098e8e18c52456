"""Which rights bwtop uses, and which of them this user has."""

import asyncio
from collections.abc import Sequence
from typing import Final

from bwtop.kube.access import may
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.kube.target import Target
from bwtop.model.checks import Unread
from bwtop.model.cluster_facts import Granted, Right

_CILIUM: Final = "cilium.io"
_WATCH: Final = ("list", "watch")
_AT_ONCE: Final = 8


def rights(*, namespace: str, cilium_namespace: str) -> Sequence[Right]:
    """Every verb that bwtop uses; edits and tests in `namespace`, the user's own."""
    own, theirs = namespace, cilium_namespace
    return (
        Right(verbs=_WATCH, resource="pods", loses="the rows", essential=True),
        Right(verbs=_WATCH, resource="nodes", loses="kernels and addresses in the nodes view"),
        Right(verbs=_WATCH, resource="ciliumendpoints", group=_CILIUM, loses="the endpoints view"),
        Right(verbs=_WATCH, resource="ciliumnodes", group=_CILIUM, loses="Cilium's addresses in the nodes view"),
        Right(
            verbs=_WATCH, resource="pods", namespace=theirs, loses="the agents: all limits", essential=True
        ),
        Right(
            verbs=("get", "create"), resource="pods/exec", namespace=theirs,
            loses="limits, rates and states: all that the agents tell", essential=True,
        ),
        Right(
            verbs=("get",), resource="configmaps", namespace=theirs, name="cilium-config",
            loses="what the configuration wants",
        ),
        Right(
            verbs=("list",), resource="ciliumnodeconfigs", group=_CILIUM, namespace=theirs,
            loses="what the configuration wants for single nodes",
        ),
        Right(verbs=("list",), resource="daemonsets", group="apps", namespace=theirs, loses="agents desired and ready"),
        Right(verbs=("list",), resource="deployments", group="apps", namespace=theirs, loses="the operator's state"),
        Right(
            verbs=("list",), resource="ciliumnetworkpolicies", group=_CILIUM, namespace=own,
            loses="whether an L7 policy takes the limit out of force",
        ),
        Right(
            verbs=("list",), resource="ciliumclusterwidenetworkpolicies", group=_CILIUM,
            loses="whether an L7 policy takes the limit out of force",
        ),
        Right(verbs=("get", "patch"), resource="pods", namespace=own, loses="editing limits"),
        Right(
            verbs=("create", "delete"), resource="pods", namespace=own, loses="netperf from a client that bwtop makes"
        ),
        Right(verbs=("get", "create"), resource="pods/exec", namespace=own, loses="netperf between pods"),
        Right(
            verbs=("patch",), resource="pods/ephemeralcontainers", namespace=own,
            loses="netperf with servers that have no netperf",
        ),
    )  # fmt: skip


async def granted(api: Api, wanted: Sequence[Right]) -> tuple[Granted, ...]:
    """Asks for all of them, a few at a time; never raises."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(right: Right) -> Granted:
        async with places:
            return await _granted(api, right)

    return tuple(await asyncio.gather(*map(one, wanted)))


async def _granted(api: Api, right: Right) -> Granted:
    try:
        denied = await _denied(api, right, right.namespace)
        own = api.connection.namespace
        in_parts = denied and not right.namespace and right.resource in ("pods", "ciliumendpoints")
        if in_parts and not await _denied(api, right, own):
            return Granted(right=right, denied=(), only_in=own)
        return Granted(right=right, denied=denied)
    except KubeError as error:
        return Granted(right=right, denied=Unread(str(error)))


async def _denied(api: Api, right: Right, namespace: str) -> tuple[str, ...]:
    targets = [Target(verb=verb, resource=right.resource, namespace=namespace, name=right.name) for verb in right.verbs]
    return tuple([target.verb for target in targets if not await _may(api, target, group=right.group)])


async def _may(api: Api, target: Target, *, group: str) -> bool:
    """Where a proxy takes no POST, a list is tried instead; raises KubeError where nothing can be tried."""
    try:
        return await may(api, target, group=group)
    except ApiError as error:
        if target.verb not in ("list", "watch") or error.code == 401:
            raise
    prefix = f"/apis/{group}/{'v2' if 'cilium' in group else 'v1'}" if group else "/api/v1"
    where = f"/namespaces/{target.namespace}" if target.namespace else ""
    try:
        await api.get(f"{prefix}{where}/{target.resource}", [("limit", "1")])
    except ApiError as error:
        if error.code == 403:
            return False
        raise
    return True

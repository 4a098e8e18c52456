"""What this user may list, found out by asking for one object: no review is posted that a read-only proxy refuses."""

from collections.abc import Sequence

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, Unreachable
from bwtop.live.resources import AGENT_SELECTOR, PODS

CILIUM_NAMESPACE = "kube-system"
"""Where Cilium runs nearly everywhere; asked when agents cannot be looked for in all namespaces."""


async def pod_namespace(api: Api) -> str | None:
    """None: all namespaces; the context's own where listing all is forbidden. Raises KubeError."""
    return None if await _may_list(api, selector="") else api.connection.namespace


async def agent_namespace(api: Api, *, selector: str = AGENT_SELECTOR) -> str | None:
    """None: agents may be looked for everywhere. Raises KubeError."""
    return None if await _may_list(api, selector=selector) else CILIUM_NAMESPACE


def sought(namespace: str | None, selector: str) -> str:
    """Where agents are looked for: `in namespace cilium`."""
    where = f"in namespace {namespace}" if namespace else "in any namespace"
    return where if selector == AGENT_SELECTOR else f"{where} with the labels {selector}"


class _Name(msgspec.Struct):
    name: str = ""


class _Named(msgspec.Struct):
    metadata: _Name


class _NamedList(msgspec.Struct):
    items: list[_Named]


async def list_namespaces(api: Api) -> Sequence[str]:
    """By name. Raises KubeError; users who may see a few namespaces only may seldom list them."""
    path = "/api/v1/namespaces"
    try:
        found = msgspec.json.decode(await api.get(path), type=_NamedList)
    except msgspec.DecodeError as error:
        raise Unreachable(f"the answer is no list of namespaces: {error}", target=path) from error
    return sorted(item.metadata.name for item in found.items)


async def _may_list(api: Api, *, selector: str) -> bool:
    params = [("limit", "1")] + ([("labelSelector", selector)] if selector else [])
    try:
        await api.get(PODS.url(), params)
    except ApiError as error:
        if error.code == 403:
            return False
        raise
    return True

"""Reads what the agents of a cluster are configured to do: the ConfigMap and the CiliumNodeConfigs."""

from collections.abc import Awaitable
from typing import Final, TypeVar

import msgspec

from bwtop.cilium.config import CONFIG_MAP, ConfigMap, NodeConfig, NodeConfigList, wanted
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.kube.fetch import fetch
from bwtop.model.checks import Unread
from bwtop.model.node_facts import Wanted

T = TypeVar("T")
_VERSIONS: Final = ("v2", "v2alpha1")
"""Of CiliumNodeConfig: from 1.16 on, and from 1.13 on."""


class Configuration(msgspec.Struct, frozen=True):
    config: ConfigMap | Unread
    node_configs: tuple[NodeConfig, ...] | Unread

    def wanted(self, labels: tuple[str, ...]) -> Wanted | Unread:
        """For a node with these labels; not known when one of the two could not be read."""
        if isinstance(self.config, Unread):
            return self.config
        if isinstance(self.node_configs, Unread):
            return self.node_configs
        return wanted(self.config, self.node_configs, labels)

    @property
    def release(self) -> str:
        """Helm's; `cilium` where it is not known."""
        return "cilium" if isinstance(self.config, Unread) else self.config.release or "cilium"


async def told(work: Awaitable[T]) -> T | Unread:
    """The value, or why it could not be read."""
    try:
        return await work
    except KubeError as error:
        return Unread(str(error))


async def read_configuration(api: Api, *, namespace: str) -> Configuration:
    """Never raises; `namespace` is Cilium's."""
    path = f"/api/v1/namespaces/{namespace}/configmaps/{CONFIG_MAP}"
    return Configuration(await told(fetch(api, path, ConfigMap)), await told(_node_configs(api, namespace)))


async def _node_configs(api: Api, namespace: str) -> tuple[NodeConfig, ...]:
    """None where the cluster does not know the kind, as before Cilium 1.13."""
    for version in _VERSIONS:
        path = f"/apis/cilium.io/{version}/namespaces/{namespace}/ciliumnodeconfigs"
        try:
            return (await fetch(api, path, NodeConfigList)).items or ()
        except ApiError as error:
            if error.code != 404:
                raise
    return ()

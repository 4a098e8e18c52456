"""Reads how Cilium is installed: the agents' DaemonSet, their ConfigMap and the CiliumNodeConfigs."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

import msgspec

from bwtop.cilium.config import CONFIG_MAP, ConfigMap, NodeConfig, NodeConfigList, wanted
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.kube.fetch import fetch
from bwtop.live.resources import AGENT_SELECTOR
from bwtop.live.workloads import workloads
from bwtop.model.checks import Unread
from bwtop.model.cluster_facts import Workload
from bwtop.model.node_facts import Wanted
from bwtop.model.versions import released_version

T = TypeVar("T")
_VERSIONS: Final = ("v2", "v2alpha1")
"""Of CiliumNodeConfig: from 1.16 on, and from 1.13 on."""


class Configuration(msgspec.Struct, frozen=True):
    config: ConfigMap | Unread
    node_configs: tuple[NodeConfig, ...] | Unread
    agents: tuple[Workload, ...] | Unread
    """DaemonSets; mostly one."""

    def wanted(self, labels: tuple[str, ...]) -> Wanted | Unread:
        """For a node with these labels; not known when one of the two could not be read."""
        if isinstance(self.config, Unread):
            return self.config
        if isinstance(self.node_configs, Unread):
            return self.node_configs
        return wanted(self.config, self.node_configs, labels)

    @property
    def version(self) -> str:
        """That of the chart: of what the DaemonSet installs, whatever agents run until they are rolled.

        Empty: not known.
        """
        found = set() if isinstance(self.agents, Unread) else {released_version(agent.tag) for agent in self.agents}
        return found.pop() if len(found) == 1 else ""

    @property
    def daemonset(self) -> str:
        """`cilium` where it is not known."""
        return "cilium" if isinstance(self.agents, Unread) or not self.agents else self.agents[0].name

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


async def read_configuration(api: Api, *, namespace: str, selector: str = AGENT_SELECTOR) -> Configuration:
    """Never raises; `namespace` is Cilium's, `selector` that of its agents."""
    path = f"/api/v1/namespaces/{namespace}/configmaps/{CONFIG_MAP}"
    return Configuration(
        *await asyncio.gather(
            told(fetch(api, path, ConfigMap)),
            told(_node_configs(api, namespace)),
            told(workloads(api, "daemonsets", namespace=namespace, selector=selector)),
        )
    )


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

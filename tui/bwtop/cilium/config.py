"""The agents' configuration: the ConfigMap `cilium-config`, and the CiliumNodeConfigs that override it for some nodes.

It is what is *wanted*: an agent reads it when it starts, and its probes may still switch a feature off.
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from bwtop.cilium.selectors import Selector, label_mapping, selects
from bwtop.cilium.wire import Wire
from bwtop.model.node_facts import Wanted

CONFIG_MAP = "cilium-config"
_RELEASE = "meta.helm.sh/release-name"
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,60}[a-z0-9])?")


class _Metadata(Wire):
    name: str = ""
    annotations: dict[str, str] | None = None


class ConfigMap(Wire):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    data: dict[str, str] | None = None

    @property
    def release(self) -> str:
        """Helm's name for the installation; empty: not installed by helm, or the name is no name."""
        name = (self.metadata.annotations or {}).get(_RELEASE, "")
        return name if _NAME.fullmatch(name) else ""


class _NodeConfigSpec(Wire):
    node_selector: Selector | None = None
    defaults: dict[str, str] | None = None


class NodeConfig(Wire):
    """A CiliumNodeConfig, `cilium.io/v2` from 1.16 on, `v2alpha1` from 1.13 on."""

    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    spec: _NodeConfigSpec = msgspec.field(default_factory=_NodeConfigSpec)


class NodeConfigList(Wire):
    items: tuple[NodeConfig, ...] | None = None


def wanted(config: ConfigMap, node_configs: Sequence[NodeConfig], labels: tuple[str, ...]) -> Wanted:
    """What the agent of a node with these labels will read at its next start; later names win over earlier ones."""
    found = dict(config.data or {})
    sources = [f"ConfigMap {CONFIG_MAP}"]
    node_labels = label_mapping(labels)
    for one in sorted(node_configs, key=lambda one: one.metadata.name):
        defaults = one.spec.defaults or {}
        if selects(one.spec.node_selector or Selector(), node_labels):
            found |= defaults
            if defaults.keys() & {"enable-bandwidth-manager", "enable-bbr"}:
                sources.append(f"CiliumNodeConfig {one.metadata.name}")
    return Wanted(
        manager=_truth(found, "enable-bandwidth-manager"),
        bbr=_truth(found, "enable-bbr"),
        bbr_host_only=_truth(found, "enable-bbr-hostns-only"),
        sources=tuple(sources),
    )


def _truth(found: Mapping[str, str], key: str) -> bool:
    """As Go's strconv.ParseBool; the charts leave the key out when the feature is off (from 1.12 on)."""
    return found.get(key, "").lower() in ("true", "t", "1")

"""The kinds of object that the demo API server stores."""

from typing import Any

import msgspec


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    group: str = ""
    """Empty: the core group."""
    version: str = "v1"
    plural: str
    kind: str
    namespaced: bool = True
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def custom(self) -> bool:
        """Defined by a CustomResourceDefinition: list items then carry kind and apiVersion."""
        return self.group == "cilium.io"

    @property
    def resource(self) -> str:
        """As Kubernetes names it in messages: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def head(self) -> dict[str, Any]:
        return {"kind": self.kind, "apiVersion": self.api_version}


NAMESPACES = Kind(plural="namespaces", kind="Namespace", namespaced=False, short=("ns",))
NODES = Kind(plural="nodes", kind="Node", namespaced=False, short=("no",))
PODS = Kind(
    plural="pods",
    kind="Pod",
    short=("po",),
    subresources=("ephemeralcontainers", "exec", "status"),
    categories=("all",),
)
CONFIG_MAPS = Kind(plural="configmaps", kind="ConfigMap", short=("cm",))
EVENTS = Kind(plural="events", kind="Event", short=("ev",))
DEPLOYMENTS = Kind(group="apps", plural="deployments", kind="Deployment", short=("deploy",), categories=("all",))
DAEMON_SETS = Kind(group="apps", plural="daemonsets", kind="DaemonSet", short=("ds",), categories=("all",))
REPLICA_SETS = Kind(group="apps", plural="replicasets", kind="ReplicaSet", short=("rs",), categories=("all",))
STATEFUL_SETS = Kind(group="apps", plural="statefulsets", kind="StatefulSet", short=("sts",), categories=("all",))
CILIUM_ENDPOINTS = Kind(
    group="cilium.io", version="v2", plural="ciliumendpoints", kind="CiliumEndpoint", short=("cep", "ciliumep")
)
CILIUM_NODES = Kind(
    group="cilium.io",
    version="v2",
    plural="ciliumnodes",
    kind="CiliumNode",
    namespaced=False,
    short=("cn", "ciliumn"),
    subresources=("status",),
)
CILIUM_IDENTITIES = Kind(
    group="cilium.io",
    version="v2",
    plural="ciliumidentities",
    kind="CiliumIdentity",
    namespaced=False,
    short=("ciliumid",),
)
CILIUM_NODE_CONFIGS = Kind(group="cilium.io", version="v2", plural="ciliumnodeconfigs", kind="CiliumNodeConfig")
CILIUM_NETWORK_POLICIES = Kind(
    group="cilium.io",
    version="v2",
    plural="ciliumnetworkpolicies",
    kind="CiliumNetworkPolicy",
    short=("cnp", "ciliumnp"),
)
CILIUM_CLUSTERWIDE_NETWORK_POLICIES = Kind(
    group="cilium.io",
    version="v2",
    plural="ciliumclusterwidenetworkpolicies",
    kind="CiliumClusterwideNetworkPolicy",
    namespaced=False,
    short=("ccnp",),
)

KINDS = (
    NAMESPACES,
    NODES,
    PODS,
    CONFIG_MAPS,
    EVENTS,
    DEPLOYMENTS,
    DAEMON_SETS,
    REPLICA_SETS,
    STATEFUL_SETS,
    CILIUM_ENDPOINTS,
    CILIUM_NODES,
    CILIUM_IDENTITIES,
    CILIUM_NODE_CONFIGS,
    CILIUM_NETWORK_POLICIES,
    CILIUM_CLUSTERWIDE_NETWORK_POLICIES,
)
REVIEWS = {
    "authentication.k8s.io": {"selfsubjectreviews": "SelfSubjectReview"},
    "authorization.k8s.io": {
        "selfsubjectaccessreviews": "SelfSubjectAccessReview",
        "selfsubjectrulesreviews": "SelfSubjectRulesReview",
    },
}
"""Resources and their kinds by group: created and answered, never stored."""

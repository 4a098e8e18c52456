"""What is known of a cluster as a whole, as its checks look at it."""

import msgspec

from bwtop.model.checks import Unread


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who the API server takes this user for."""

    user: str
    told: bool
    """False: the server does not say (before 1.28), the name is the kubeconfig's."""
    context: str = ""
    refused: str = ""
    """Why the server does not accept the credentials; empty: it does."""


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """Verbs on a resource that bwtop uses, and what is lost without them."""

    verbs: tuple[str, ...]
    resource: str
    """With the subresource: `pods/exec`."""
    group: str = ""
    namespace: str = ""
    """Empty: in all namespaces, or the kind has none."""
    name: str = ""
    """Of the only object that is read; empty: any."""
    loses: str
    essential: bool = False
    """Without it bwtop cannot say whether a limit is in force."""

    def __str__(self) -> str:
        where = f" in {self.namespace}" if self.namespace else ""
        return f"{'/'.join(self.verbs)} {self.resource}{where}"


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    right: Right
    denied: tuple[str, ...] | Unread
    """The verbs of the right that this user may not; empty: all is well."""
    only_in: str = ""
    """The one namespace where the right was found, when not in all."""


class Workload(msgspec.Struct, frozen=True, kw_only=True):
    """A DaemonSet or Deployment."""

    name: str
    desired: int
    ready: int
    updated: int
    image: str = ""
    """Of its first container."""
    environment: tuple[str, ...] = ()
    """`NAME=value` of its first container, values from elsewhere left out."""

    @property
    def tag(self) -> str:
        """Of the image, without its digest; empty: it has none."""
        return self.image.partition("@")[0].rpartition("/")[2].partition(":")[2]


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What this run of bwtop cost the API server."""

    requests: int
    received: int
    """Bytes off the wire."""
    seconds: float


class ClusterFacts(msgspec.Struct, frozen=True, kw_only=True):
    server: str
    """URL."""
    version: str | Unread
    """`v1.29.15`."""
    identity: Identity | Unread
    rights: tuple[Granted, ...] = ()
    agents: tuple[Workload, ...] | Unread
    """The DaemonSets of cilium-agent: one where all is well."""
    agent_pods: int = 0
    """Pods of agents that were found, whoever made them."""
    operators: tuple[Workload, ...] | Unread
    aws_node: Workload | Unread | None = None
    """None: not asked for, as no agent is chained to aws-cni."""

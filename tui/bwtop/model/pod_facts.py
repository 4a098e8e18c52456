"""What is known of one pod's limit, as its checks look at it."""

import msgspec

from bwtop.model.checks import Unread
from bwtop.model.limits import Asked, Programmed
from bwtop.model.node_facts import NodeFacts
from bwtop.model.rows import PodRow


class L7Policy(msgspec.Struct, frozen=True):
    """A policy that selects a pod at egress, and the protocols that it looks into."""

    name: str
    """`CiliumNetworkPolicy shop/api`."""
    protocols: tuple[str, ...]


class PodFacts(msgspec.Struct, frozen=True, kw_only=True):
    row: PodRow
    node: NodeFacts
    host_network: bool = False
    endpoint_state: str | None = None
    """Of the CiliumEndpoint, `ready`; None: there is none, or it does not say."""
    unread: str = ""
    """Why the node's map is not known; empty: it is."""
    policies: tuple[L7Policy, ...] | Unread = Unread("not read")
    """L7 policies that select the pod at egress."""
    ingress: Asked | None = None
    """The annotation `kubernetes.io/ingress-bandwidth`."""
    ingress_programmed: Programmed | None = None

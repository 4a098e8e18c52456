"""What can be chosen before a test: the other end, and what the choice means. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from bwtop.model.rows import PodRow
from bwtop.model.states import State
from bwtop.netperf.ends import Candidate, End, called_netperf, propose_client
from bwtop.netperf.experiment import Wish
from bwtop.netperf.plan import Facts, Plan, Settings

NEW: Final = "+new"
PAIR: Final = "+pair"
OTHER: Final = "+other"
"""A pod whose name is typed."""
_MOST: Final = 20
"""Pods that are offered by name."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody chose, as the fields say it."""

    client: str
    """`namespace/name`, NEW or PAIR; empty: no pod is named yet."""
    node: str
    """For NEW: empty is any but the server's."""
    limit: str
    """For PAIR."""
    image: str
    settings: Settings


def candidates(rows: Iterable[PodRow]) -> Sequence[Candidate]:
    return [
        Candidate(
            namespace=row.namespace,
            pod=row.pod,
            node=row.node,
            labels=row.labels,
            host_network=row.state is State.HOST_NETWORK,
        )
        for row in rows
    ]


def client_options(server: PodRow, rows: Iterable[PodRow]) -> tuple[Sequence[tuple[str, str]], str]:
    """What is shown and what it stands for, the proposed one first; and why that one."""
    (own,) = candidates([server])
    known = [each for each in candidates(rows) if called_netperf(each) and each.key != own.key and each.node]
    proposal = propose_client(own, known)
    best = proposal.candidate
    others = sorted((each for each in known if each is not best), key=lambda each: (each.node == own.node, each.key))
    pods = [each for each in (best, *others) if each is not None][:_MOST]
    options = [(f"{each.key}{_on_node_of(own, each.node)}", each.key) for each in pods]
    new, more = ("a new pod", NEW), [("another pod …", OTHER), ("two new pods, limited", PAIR)]
    return ([*options, new, *more] if best else [new, *options, *more]), proposal.reason


def node_options(server: PodRow, nodes: Iterable[str]) -> Sequence[tuple[str, str]]:
    """Where a client may be made; that of the server comes last."""
    (own,) = candidates([server])
    ordered = sorted(nodes, key=lambda node: (node == own.node, node))
    return [("any other than the server's", ""), *((f"{node}{_on_node_of(own, node)}", node) for node in ordered)]


def address_options(server: PodRow) -> Sequence[tuple[str, int]]:
    """By which address of the server, 0: by the first; empty where there is nothing to choose."""
    if server.ipv4 is None or server.ipv6 is None:
        return ()
    return [("the pod's first", 0), (f"IPv4 {server.ipv4}", 4), (f"IPv6 {server.ipv6}", 6)]


def client_problem(server: PodRow, client: str, pods: Mapping[str, PodRow]) -> str:
    """Why this pod cannot be the client; empty: it may be."""
    if client in (NEW, PAIR) or client in pods:
        return "the client must be another pod than the server" if client == server.key else ""
    return f"there is no pod {client}" if client else "name the pod that is to be the client"


def _on_node_of(server: Candidate, node: str) -> str:
    return " (same node)" if node == server.node else ""


def writes(client: str, *, add_netserver: bool) -> bool:
    """Whether the cluster is changed: traffic between pods that are there changes nothing."""
    return client in (NEW, PAIR) or add_netserver


def intended(server: PodRow, other: PodRow | str, *, settings: Settings, facts: Facts) -> Plan:
    """The plan as far as it is known before the pods are looked at; `other`: the client, or where it is to be made."""
    return Plan(server=_end(server), client=_client(server, other), settings=settings, facts=facts)


def _client(server: PodRow, other: PodRow | str) -> End:
    if isinstance(other, PodRow):
        return _end(other)
    return End(namespace=server.namespace, pod="", uid="", node=other, container="", ips=(), made=True)


def _end(row: PodRow) -> End:
    host = row.state is State.HOST_NETWORK
    return End(namespace=row.namespace, pod=row.pod, uid="", node=row.node, container="", ips=(), host_network=host)


def wish_for(server: PodRow, choice: Choice) -> Wish:
    namespace, _, name = choice.client.partition("/")
    pair, new = choice.client == PAIR, choice.client == NEW
    return Wish(
        namespace=server.namespace,
        server=None if pair else server.pod,
        client=(namespace, name) if name else None,
        make_client=new,
        limit=choice.limit or None if pair else None,
        client_node=choice.node or None if new else None,
        image=choice.image,
        settings=choice.settings,
    )

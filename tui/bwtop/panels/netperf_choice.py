"""What can be chosen before a test: the other end, and what the choice means. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from bwtop.model.netperf import NetperfTest
from bwtop.model.rows import PodRow
from bwtop.model.states import State
from bwtop.netperf.ends import Candidate, End, called_netperf, propose_client
from bwtop.netperf.experiment import Wish
from bwtop.netperf.plan import Facts, Plan, Settings

NEW: Final = "+new"
PAIR: Final = "+pair"
_MOST: Final = 20
"""Pods that are offered."""


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
    made = [("a new pod on another node", NEW), ("two new pods, limited", PAIR)]
    options = [(f"{each.key}{' (same node)' if each.node == own.node else ''}", each.key) for each in pods]
    return (options + made if best else made[:1] + options + made[1:]), proposal.reason


def writes(client: str, *, add_netserver: bool) -> bool:
    """Whether the cluster is changed: traffic between pods that are there changes nothing."""
    return client in (NEW, PAIR) or add_netserver


def intended(server: PodRow, client: PodRow, *, settings: Settings, facts: Facts) -> Plan:
    """The plan as far as it is known before the pods are looked at: how much is sent, and what to warn of."""
    return Plan(server=_end(server), client=_end(client), settings=settings, facts=facts)


def _end(row: PodRow) -> End:
    host = row.state is State.HOST_NETWORK
    return End(namespace=row.namespace, pod=row.pod, uid="", node=row.node, container="", ips=(), host_network=host)


def wish_for(
    server: PodRow, client: str, *, test: NetperfTest, numbers: tuple[int, int, int], limit: str, image: str
) -> Wish:
    """`numbers`: duration in seconds, samples, streams; `limit` counts for a pair only."""
    seconds, samples, streams = numbers
    namespace, _, name = client.partition("/")
    return Wish(
        namespace=server.namespace,
        server=None if client == PAIR else server.pod,
        client=(namespace, name) if name else None,
        make_client=client == NEW,
        limit=limit or None if client == PAIR else None,
        image=image,
        settings=Settings(test=test, seconds=seconds, samples=samples, streams=streams),
    )

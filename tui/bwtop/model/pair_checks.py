"""The rules about two pods: whether traffic between them meets a limit at all. Pure."""

from collections.abc import Iterator

from bwtop.model import sources
from bwtop.model.checks import Check, Finding, unchecked
from bwtop.model.pod_facts import PodFacts
from bwtop.model.quantity import format_bits
from bwtop.model.rows import PodRow


def pair_checks(pod: PodFacts, peer: PodFacts) -> Iterator[Check]:
    """About traffic from `pod` to `peer`."""
    yield same_node(pod.row, peer.row)
    yield direction(pod.row, peer.row)


def same_node(pod: PodRow, peer: PodRow) -> Check:
    """A limit acts where a packet leaves the node; between pods of one node none does."""
    objects = (pod.key, peer.key)
    if not pod.node or not peer.node:
        waiting = pod.key if not pod.node else peer.key
        return unchecked("same node", f"{waiting} is not scheduled yet", source=sources.SAME_NODE, objects=objects)
    if pod.node != peer.node:
        said = f"no: {pod.node} and {peer.node}"
        return Check(name="same node", finding=Finding.OK, evidence=said, source=sources.SAME_NODE, objects=objects)
    return Check(
        name="same node",
        finding=Finding.FAILURE,
        evidence=f"both are on {pod.node}: what they send each other leaves through no device and is never limited",
        advice=("put them on different nodes, by podAntiAffinity with topologyKey kubernetes.io/hostname",),
        source=sources.SAME_NODE,
        objects=objects,
    )


def direction(pod: PodRow, peer: PodRow) -> Check:
    """Each direction has the limit of its sender: mixing them up is the commonest reason for `it does not work`."""
    there, back = _limit(pod), _limit(peer)
    said = f"{pod.pod} to {peer.pod}: {there}; {peer.pod} to {pod.pod}: {back}"
    wrong_way = pod.asked is None and peer.asked is not None
    if wrong_way:
        said += f"; only what {peer.pod} sends is limited"
    return Check(
        name="direction",
        finding=Finding.WARNING if wrong_way else Finding.OK,
        evidence=said,
        source=sources.DIRECTION,
        objects=(pod.key, peer.key),
    )


def _limit(row: PodRow) -> str:
    if row.asked is None:
        return "no limit asked"
    return f"limit {format_bits(row.asked.bits_per_second)}" if row.asked.bits_per_second else "no valid limit"

"""The rules about a pod: why its limit is, or is not, in force. Pure; the node's own rules are in node_checks."""

from collections.abc import Iterable, Iterator
from typing import Final

from bwtop.model import node_checks, sources
from bwtop.model.checks import Check, Finding, Unread, unchecked
from bwtop.model.edit import Risk, propose
from bwtop.model.limits import Asked
from bwtop.model.pod_facts import PodFacts
from bwtop.model.printable import printable
from bwtop.model.quantity import format_bits, format_rate
from bwtop.model.remedies import Remedies
from bwtop.model.rows import PodRow
from bwtop.model.sources import Source
from bwtop.model.states import AT_CAP_PERCENT, INVALID_REMOVES, OVER_PERCENT, State
from bwtop.model.versions import version_pair

_TO_BE_PROGRAMMED: Final = (node_checks.manager, node_checks.kernel)
_TO_BE_APPLIED: Final = (
    node_checks.egress_program,
    node_checks.devices,
    node_checks.encryption,
    node_checks.kind_cluster,
)
"""What on the node keeps a limit out of the map, and what in the map from being applied."""


def pod_checks(pod: PodFacts, remedies: Remedies) -> Iterator[Check]:
    """In the order in which one would look: what is asked, where, whether it got there, whether it is applied."""
    yield annotation(pod)
    if pod.host_network:
        yield host_network(pod)
        return
    if not pod.row.node:
        yield unchecked("node", "the pod is not scheduled yet", objects=(pod.row.key,))
        return
    yield endpoint(pod, remedies)
    yield node_checks.agent(pod.node, remedies)
    if pod.row.asked is not None:
        yield from _on_the_node(pod, _TO_BE_PROGRAMMED, remedies)
    yield entry(pod, remedies)
    if pod.row.asked is not None:
        yield from _on_the_node(pod, _TO_BE_APPLIED, remedies)
        yield policies(pod, remedies)
    for check in (ingress(pod), rate(pod)):
        if check is not None:
            yield check


def _on_the_node(pod: PodFacts, rules: Iterable[node_checks.Rule], remedies: Remedies) -> Iterator[Check]:
    """An agent that cannot be read was told already; only the kernel is known without it."""
    for rule in rules:
        known = rule is node_checks.kernel or not pod.node.unread
        if known and (check := rule(pod.node, remedies)) is not None:
            yield check


def annotation(pod: PodFacts) -> Check:
    row, asked = pod.row, pod.row.asked
    if asked is None:
        said = "no annotation kubernetes.io/egress-bandwidth: no limit is asked"
        return _about(row, "annotation", Finding.OK, said, sources.ANNOTATION)
    if not asked.bits_per_second:
        said = f"{asked.problem}{_what_becomes(pod)}"
        return _about(row, "annotation", Finding.FAILURE, said, sources.ANNOTATION, _edit(row))
    risk = propose(asked.annotation)
    if risk.risk is not Risk.NONE:
        return _about(row, "annotation", Finding.WARNING, risk.reason, sources.ANNOTATION, _edit(row))
    said = f"{printable(asked.annotation, limit=30)} asks for {asked.bits_per_second:,} bit/s"
    return _about(row, "annotation", Finding.OK, said, sources.ANNOTATION)


def host_network(pod: PodFacts) -> Check:
    said = "the pod is in its node's network and has no endpoint: no limit can apply"
    finding = Finding.OK if pod.row.asked is None else Finding.FAILURE
    advice = () if pod.row.asked is None else ("take hostNetwork out of the pod's template",)
    return _about(pod.row, "host network", finding, said, sources.HOST_NETWORK, *advice)


def endpoint(pod: PodFacts, remedies: Remedies) -> Check:
    row = pod.row
    if row.endpoint_id is None:
        finding = Finding.FAILURE if row.asked is not None and row.state is not State.PENDING else Finding.WARNING
        said = "Cilium has no endpoint for this pod, so nothing of it can be limited"
        look = f"{remedies.kubectl} -n {row.namespace} get ciliumendpoint {row.pod} -o yaml"
        return _about(row, "endpoint", finding, said, sources.ENDPOINT, look)
    if pod.endpoint_state not in (None, "ready"):
        said = f"endpoint {row.endpoint_id} is {printable(pod.endpoint_state or '', limit=30)}, not ready"
        return _about(row, "endpoint", Finding.WARNING, said, sources.ENDPOINT)
    return _about(row, "endpoint", Finding.OK, f"endpoint {row.endpoint_id} on {row.node}", sources.ENDPOINT)


def entry(pod: PodFacts, remedies: Remedies) -> Check:
    """Asked and programmed are compared as Cilium computes them; a row of 0 is no limit."""
    row = pod.row
    if pod.unread:
        why = "the agent cannot be read" if pod.node.unread else pod.unread
        return unchecked(_MAP, why, source=sources.MAP, objects=(row.key,))
    asked = (row.asked.bits_per_second or 0) if row.asked else 0
    programmed = row.programmed.bits_per_second if row.programmed else 0
    if row.state is State.PENDING:
        return _about(row, _MAP, Finding.WARNING, f"pending: {row.reason}", sources.APPLIED)
    if asked == programmed:
        said = f"endpoint {row.endpoint_id} has {format_bits(programmed)}, as asked" if programmed else "no limit in it"
        return _about(row, _MAP, Finding.OK, said, sources.MAP)
    log = remedies.agent_log(pod.node.agent or f"ds/{remedies.daemonset}", "bandwidth")
    if row.asked is not None and not asked:
        said = f"the limit {format_bits(programmed)} that stood before is still in it"
        return _about(row, _MAP, Finding.WARNING, said, sources.APPLIED)
    if not asked:
        said = f"{format_bits(programmed)} is in it, and is not asked"
        return _about(row, _MAP, Finding.FAILURE, said, sources.APPLIED, _restart(pod, remedies), log)
    if not programmed:
        why = "no entry for this endpoint" if row.programmed is None else "its entry sets no limit"
        said = f"{format_bits(asked)} is asked, {why}"
        return _about(row, _MAP, Finding.FAILURE, said, sources.APPLIED, log, _restart(pod, remedies))
    said = f"{format_bits(asked)} is asked, {format_bits(programmed)} is in it"
    return _about(row, _MAP, Finding.FAILURE, said, sources.APPLIED, log, _restart(pod, remedies))


def policies(pod: PodFacts, remedies: Remedies) -> Check:
    row, found = pod.row, pod.policies
    if isinstance(found, Unread):
        return unchecked("L7 policy", found.why, source=sources.L7_POLICY, objects=(row.key,))
    if not found:
        return _about(row, "L7 policy", Finding.OK, "none selects the pod at egress", sources.L7_POLICY)
    names = ", ".join(f"{one.name} ({', '.join(one.protocols)})" for one in found)
    kind, _, name = found[0].name.partition(" ")
    namespace, _, plain = name.rpartition("/")
    where = f"-n {namespace} " if namespace else ""
    look = f"{remedies.kubectl} {where}get {kind.lower()} {plain} -o yaml"
    if {protocol for one in found for protocol in one.protocols} == {"dns"}:
        said = f"{names} sends the pod's DNS queries through the proxy: they are not limited, the rest should be"
        return _about(row, "L7 policy", Finding.WARNING, said, sources.L7_POLICY, look)
    said = f"{names} selects the pod at egress: what goes through the proxy is not limited"
    return _about(row, "L7 policy", Finding.FAILURE, said, sources.L7_POLICY, look)


def ingress(pod: PodFacts) -> Check | None:
    """The other direction; it never keeps the egress limit from being in force, so it is a warning at most."""
    if pod.ingress is None:
        return None
    row, node = pod.row, pod.node
    pair = version_pair(node.version)
    if pod.unread or pair is None:
        return unchecked(
            _INGRESS, pod.unread or node.unread or "the agent's version is not known", source=sources.INGRESS
        )
    if problem := _ingress_problem(pod, pair):
        source = sources.INGRESS_CHAINING if node.cni_chaining == "generic-veth" else sources.INGRESS
        return _about(row, _INGRESS, Finding.WARNING, problem, source)
    said = f"{printable(pod.ingress.annotation, limit=30)} is in the map"
    return _about(row, _INGRESS, Finding.OK, said, sources.INGRESS)


def rate(pod: PodFacts) -> Check | None:
    """What the pod offers is measured before the limit; None while it is not known, or nothing limits."""
    row = pod.row
    limit = row.programmed.bits_per_second if row.programmed else 0
    if row.rate is None or not limit or pod.unread:
        return None
    percent = row.rate * 100 // limit
    said = f"offers {format_rate(row.rate)} of {format_bits(limit)}, {percent} %"
    if percent > OVER_PERCENT:
        why = "UDP that the limit drops, traffic that stays on the node, or nothing enforces it"
        measure = f"bwtop netperf {row.pod} -n {row.namespace}"
        return _about(row, "rate", Finding.WARNING, f"{said}: {why}", sources.RATE, measure)
    at_cap = ": at its cap, the limit holds it back" if percent >= AT_CAP_PERCENT else ""
    return _about(row, "rate", Finding.OK, f"{said}{at_cap}", sources.RATE)


_MAP: Final = "bandwidth map"
_INGRESS: Final = "ingress limit"


def _ingress_problem(pod: PodFacts, pair: tuple[int, int]) -> str:
    """Why the ingress limit is not in force; empty when it is in the map and nothing is known against it."""
    node, asked = pod.node, pod.ingress or Asked("", None)
    if not asked.bits_per_second:
        return asked.problem
    if pair < node_checks.INGRESS:
        return f"kubernetes.io/ingress-bandwidth is ignored by Cilium {node.version}: it works from 1.18 on"
    if node.cni_chaining == "generic-veth":
        return "with generic-veth chaining it is silently not enforced"
    if node.routing == "native" and node.host_routing == "Legacy":
        return "with native routing it needs BPF host routing, the node has Legacy"
    programmed = pod.ingress_programmed
    if programmed is None or programmed.bits_per_second != asked.bits_per_second:
        has = format_bits(programmed.bits_per_second) if programmed else "no entry"
        return f"{format_bits(asked.bits_per_second)} is asked, the map has {has}"
    return ""


def _what_becomes(pod: PodFacts) -> str:
    """Of the limit that stood before; it depends on the version where the text is no quantity."""
    pair = version_pair(pod.node.version)
    if pod.row.asked is None or pod.row.asked.bits_per_second is not None or pair is None:
        return ""
    return "; Cilium removes the limit" if pair >= INVALID_REMOVES else "; Cilium keeps the limit that stood before"


def _edit(row: PodRow) -> str:
    return f"bwtop limit pod/{row.pod} VALUE -n {row.namespace}"


def _restart(pod: PodFacts, remedies: Remedies) -> str:
    """A restarted agent reads all annotations anew; only that of the node."""
    if not pod.node.agent:
        return remedies.restart()
    return remedies.in_namespace(f"delete pod {pod.node.agent}") + "  # restarts the node's agent"


def _about(row: PodRow, name: str, finding: Finding, said: str, source: Source, *advice: str) -> Check:
    return Check(name=name, finding=finding, evidence=said, source=source, advice=advice, objects=(row.key,))

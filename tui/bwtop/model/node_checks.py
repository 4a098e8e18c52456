"""The rules about a node: whether limits can be in force there at all. Pure; shared by doctor and explain."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from bwtop.model import sources
from bwtop.model.checks import Check, Finding, Unread, unchecked
from bwtop.model.limits import EgressProgram
from bwtop.model.node_facts import NodeFacts, Wanted
from bwtop.model.remedies import Remedies
from bwtop.model.sources import Source
from bwtop.model.versions import version_pair

EDT_KERNEL: Final = (5, 1)
BBR_KERNEL: Final = (5, 18)
NO_PROGRAM_BY_ITSELF: Final = (1, 15)
"""From here on the bandwidth manager alone attaches no egress program (read in 1.12 to 1.20, measured)."""
INGRESS: Final = (1, 18)

Rule = Callable[[NodeFacts, Remedies], Check | None]
"""None: the rule has nothing to say about this node."""


def node_checks(node: NodeFacts, remedies: Remedies) -> Iterator[Check]:
    """All that is to be said of one node; an agent that cannot be read is said once."""
    yield agent(node, remedies)
    rules = RULES if not node.unread else (kernel,)
    for rule in rules:
        if (check := rule(node, remedies)) is not None:
            yield check


def versions(nodes: Iterable[NodeFacts], remedies: Remedies) -> Check | None:
    """None: all agents that tell it run the same Cilium."""
    found = Counter(node.version for node in nodes if node.version)
    if len(found) < 2:
        return None
    said = ", ".join(f"{version} on {count}" for version, count in sorted(found.items()))
    return Check(
        name="Cilium versions",
        finding=Finding.WARNING,
        evidence=f"several at once, {said}: what an invalid annotation does and which limits there are differs by node",
        advice=(remedies.in_namespace(f"rollout status ds/{remedies.daemonset}"),),
        source=sources.VERSIONS,
    )


def agent(node: NodeFacts, remedies: Remedies) -> Check:
    if node.unread:
        check = unchecked("agent", node.unread, source=sources.AGENTS, objects=(node.node,))
        return _with_advice(check, remedies.in_namespace("get pods -l k8s-app=cilium -o wide"))
    if node.state not in (None, "Ok"):
        finding = Finding.FAILURE if node.state == "Failure" else Finding.WARNING
        status = remedies.in_namespace(f"exec {node.agent} -c cilium-agent -- cilium status")
        return _about(node, "agent", finding, f"{node.state}: {node.message}", sources.AGENTS, status)
    version = f"Cilium {node.version}" if node.version else "Cilium of an unreleased version"
    return _about(node, "agent", Finding.OK, f"{version} answers", sources.AGENTS)


def manager(node: NodeFacts, remedies: Remedies) -> Check:
    """Wanted is what the configuration says, reported what the agent does: probes and a late restart part them."""
    wanted, reported = node.wanted, node.manager
    if reported is None:
        return unchecked("bandwidth manager", "the agent does not say", source=sources.MANAGER, objects=(node.node,))
    control = f" {node.congestion_control.upper()}" if node.congestion_control else ""
    seen = f"EDT{control} [{', '.join(node.devices)}]" if reported else "off"
    if isinstance(wanted, Unread):
        said = f"{seen}; what is wanted could not be checked: {wanted.why}"
        advice = () if reported else remedies.manager_on()
        return _about(node, _MANAGER, Finding.OK if reported else Finding.FAILURE, said, sources.MANAGER, *advice)
    where = wanted.sources[-1] if wanted.sources else "the ConfigMap"
    if wanted.manager and reported:
        return _about(node, _MANAGER, Finding.OK, f"{seen}, as {where} wants it", sources.MANAGER)
    if wanted.manager:
        said = f"reported off although {where} wants it on: not restarted since, or the agent switched it off"
        log = remedies.agent_log(node.agent or f"ds/{remedies.daemonset}", "'bandwidth manager'")
        return _about(node, _MANAGER, Finding.FAILURE, said, sources.MANAGER, remedies.restart(), log)
    if reported:
        said = f"{seen}, but {where} wants it off: the agent's next start switches it off"
        return _about(node, _MANAGER, Finding.WARNING, said, sources.MANAGER, *remedies.manager_on())
    said = f"off, as {where} wants it: no limit is programmed"
    if where.startswith("CiliumNodeConfig"):
        advice = (remedies.in_namespace(f"edit ciliumnodeconfig {where.rpartition(' ')[2]}"), remedies.restart())
        return _about(node, _MANAGER, Finding.FAILURE, said, sources.NODE_CONFIG, *advice)
    return _about(node, _MANAGER, Finding.FAILURE, said, sources.MANAGER, *remedies.manager_on())


def kernel(node: NodeFacts, remedies: Remedies) -> Check | None:
    """An agent that is told to use BBR on an older kernel does not start: so this looks at what is wanted, too."""
    pair, wanted = version_pair(node.kernel), node.wanted if isinstance(node.wanted, Wanted) else None
    bbr = node.congestion_control == "bbr" or (wanted is not None and wanted.manager and wanted.bbr)
    control = "bbr" if bbr else node.congestion_control or "cubic"
    if pair is None:
        return unchecked(_CONTROL, "the node's kernel is not known", source=sources.KERNEL, objects=(node.node,))
    version = ".".join(map(str, pair))
    if pair < EDT_KERNEL and (node.manager or (wanted is not None and wanted.manager)):
        said = f"kernel {version} is too old for EDT, which needs 5.1"
        return _about(node, _CONTROL, Finding.FAILURE, said, sources.KERNEL, "run a newer kernel on the node")
    if bbr and pair < BBR_KERNEL:
        said = f"BBR needs kernel 5.18, the node has {version}: the agent does not start with it"
        off = remedies.helm_set("bandwidthManager.bbr=false")
        return _about(node, _CONTROL, Finding.FAILURE, said, sources.BBR, off, remedies.restart())
    if node.unread or not node.manager:
        return None
    needs = "5.18" if bbr else "5.1"
    return _about(node, _CONTROL, Finding.OK, f"{control} on kernel {version}, needs {needs}", sources.KERNEL)


def chaining(node: NodeFacts, _: Remedies) -> Check | None:
    match node.cni_chaining:
        case None:
            return None
        case "none":
            return _about(node, "CNI chaining", Finding.OK, "none: Cilium is the only CNI plugin", sources.CHAINING)
        case "generic-veth":
            said = "generic-veth: egress limits work, kubernetes.io/ingress-bandwidth silently does not"
            return _about(node, "CNI chaining", Finding.WARNING, said, sources.INGRESS_CHAINING)
        case mode:
            return _about(node, "CNI chaining", Finding.OK, f"{mode}: egress limits work", sources.CHAINING)


def host_routing(node: NodeFacts, remedies: Remedies) -> Check | None:
    if node.host_routing is None:
        return None
    if node.host_routing == "BPF":
        return _about(node, "host routing", Finding.OK, "BPF", sources.HOST_ROUTING)
    host_only = isinstance(node.wanted, Wanted) and node.wanted.bbr_host_only
    if node.manager and node.congestion_control == "bbr" and not host_only:
        said = f"{node.host_routing}: BBR for pods needs BPF host routing"
        legacy = remedies.helm_set("bpf.hostLegacyRouting=false")
        return _about(node, "host routing", Finding.FAILURE, said, sources.BBR, legacy, remedies.restart())
    pair = version_pair(node.version)
    ingress = " and ingress limits" if pair is not None and pair >= INGRESS else ""
    said = f"{node.host_routing}: egress limits work, at a higher latency; BBR for pods{ingress} would need BPF"
    return _about(node, "host routing", Finding.OK, said, sources.HOST_ROUTING)


def encryption(node: NodeFacts, remedies: Remedies) -> Check | None:
    match node.encryption:
        case None:
            return None
        case "Disabled":
            return _about(node, "encryption", Finding.OK, "off", sources.WIREGUARD)
        case "IPsec":
            said = "IPsec: the bandwidth manager cannot be used with it, the agent switches it off"
            advice = remedies.helm_set("encryption.enabled=false")
            return _about(node, "encryption", Finding.FAILURE, said, sources.IPSEC, advice, remedies.restart())
        case "Wireguard":
            said = "WireGuard: traffic between nodes was seen to pass the limit; measure before you rely on it"
            return _about(node, "encryption", Finding.WARNING, said, sources.WIREGUARD)
        case mode:
            why = f"nothing is known about limits under {mode}"
            return unchecked("encryption", why, source=sources.WIREGUARD, objects=(node.node,))


def devices(node: NodeFacts, remedies: Remedies) -> Check | None:
    """Only while the manager is on: off, it has no devices at all."""
    if not node.manager:
        return None
    if not node.devices:
        restart = remedies.restart()
        return _about(node, "devices", Finding.FAILURE, "the manager found no device", sources.DEVICES, restart)
    if node.routing == "tunnel":
        return _about(node, "devices", Finding.OK, "limits are applied at the tunnel device", sources.DEVICES)
    if not node.other_devices:
        said = f"no other than the manager's: {', '.join(node.devices)}"
        return _about(node, "devices", Finding.OK, said, sources.DEVICES)
    others = ", ".join(node.other_devices)
    said = f"{others} carried traffic and the manager has {', '.join(node.devices)} only: nothing is limited there"
    wanted = remedies.helm_set(f"devices='{{{','.join((*node.devices, *node.other_devices))}}}'")
    return _about(node, "devices", Finding.WARNING, said, sources.DEVICES, remedies.restart(), f"or {wanted}")


def egress_program(node: NodeFacts, remedies: Remedies) -> Check | None:
    """Without it the map limits nothing, whatever the status says; off, there is nothing to apply."""
    if not node.manager:
        return None
    source = sources.EGRESS_PROGRAM
    if node.egress_program is EgressProgram.ATTACHED:
        if not node.bare_devices:
            return _about(node, "egress program", Finding.OK, "attached to the devices", source)
        said = f"attached, but not to {', '.join(node.bare_devices)}: what leaves there is not limited"
        return _about(node, "egress program", Finding.WARNING, said, source, remedies.restart())
    if node.egress_program is EgressProgram.MISSING:
        said = f"no cil_to_netdev at the egress of {', '.join(node.devices)}: the limits in the map limit nothing"
        return _about(node, "egress program", Finding.FAILURE, said, source, *_attach(remedies))
    if _attaches_none(node):
        said = "could not be seen; by the settings none is attached: from 1.15 on the manager alone attaches none"
        return _about(node, "egress program", Finding.WARNING, said, source, *_attach(remedies))
    look = remedies.in_namespace(f"exec {node.agent} -c cilium-agent -- bpftool -j net show")
    why = "bpftool in the agent told nothing"
    return _with_advice(unchecked("egress program", why, source=source, objects=(node.node,)), look)


def kind_cluster(node: NodeFacts, _: Remedies) -> Check | None:
    if node.provider != "kind":
        return None
    said = "a node of kind, a container: no access to the sysctls, the manager switches itself off or limits wrongly"
    return _about(node, "kind", Finding.WARNING, said, sources.KIND, "try limits on a cluster of virtual machines")


RULES: tuple[Rule, ...] = (
    manager,
    kernel,
    egress_program,
    devices,
    chaining,
    host_routing,
    encryption,
    kind_cluster,
)
_MANAGER: Final = "bandwidth manager"
_CONTROL: Final = "congestion control"


def _attaches_none(node: NodeFacts) -> bool:
    """By the agent's own settings: native routing, no feature that does it. False where one of them is not known."""
    pair = version_pair(node.version)
    return (
        pair is not None
        and pair >= NO_PROGRAM_BY_ITSELF
        and node.routing == "native"
        and node.kube_proxy_replacement in ("False", "Disabled")
        and node.host_firewall == "Disabled"
        and node.encryption == "Disabled"
    )


def _attach(remedies: Remedies) -> tuple[str, ...]:
    """Any feature that needs the devices attaches the program; the host firewall was measured."""
    return (
        remedies.helm_set("hostFirewall.enabled=true"),
        "or, where kube-proxy is to go: " + remedies.helm_set("kubeProxyReplacement=true"),
        remedies.restart(),
    )


def _about(node: NodeFacts, name: str, finding: Finding, said: str, source: Source, *advice: str) -> Check:
    return Check(name=name, finding=finding, evidence=said, source=source, advice=advice, objects=(node.node,))


def _with_advice(check: Check, *advice: str) -> Check:
    return Check(
        name=check.name,
        finding=check.finding,
        evidence=check.evidence,
        source=check.source,
        objects=check.objects,
        advice=advice,
    )

"""The rules about a cluster as a whole: the way to it, what this user may do, and whether Cilium's parts run. Pure."""

from collections.abc import Iterator
from typing import Final

from bwtop.model import sources
from bwtop.model.checks import Check, Finding, Unread, unchecked
from bwtop.model.cluster_facts import ClusterFacts, Cost, Granted, Identity, Workload
from bwtop.model.printable import printable
from bwtop.model.remedies import Remedies
from bwtop.model.versions import version_numbers

AWS_CNI_LEAST: Final = (1, 11, 2)


def cluster_checks(facts: ClusterFacts, remedies: Remedies) -> Iterator[Check]:
    yield api_server(facts.server, facts.version)
    yield credentials(facts.identity)
    for granted in facts.rights:
        yield permission(granted, remedies)
    yield agents(facts.agents, remedies, seen=facts.agent_pods)
    yield operator(facts.operators, remedies)
    if facts.aws_node is not None:
        yield aws_node(facts.aws_node, remedies)
        if not isinstance(facts.aws_node, Unread) and (check := bandwidth_plugin(facts.aws_node, remedies)):
            yield check


def api_server(server: str, version: str | Unread) -> Check:
    if isinstance(version, Unread):
        return unchecked("API server", f"{server} answers, but does not tell its version: {version.why}")
    said = f"Kubernetes {version} at {server}"
    return Check(name="API server", finding=Finding.OK, evidence=said, source=sources.API_SERVER)


def no_way(server: str, why: str) -> Check:
    """Nothing else can be checked then."""
    said = f"no answer from {server}: {why}"
    return Check(name="API server", finding=Finding.FAILURE, evidence=said, source=sources.API_SERVER)


def credentials(identity: Identity | Unread) -> Check:
    if isinstance(identity, Unread):
        return unchecked("credentials", identity.why, source=sources.WHO_AM_I)
    if identity.refused:
        return Check(name="credentials", finding=Finding.FAILURE, evidence=identity.refused, source=sources.WHO_AM_I)
    context = f" (context {identity.context})" if identity.context else ""
    if identity.told:
        said = f"the server takes you for {identity.user}{context}"
    else:
        said = f"accepted; the server does not say for whom, the kubeconfig says {identity.user or 'nobody'}{context}"
    return Check(name="credentials", finding=Finding.OK, evidence=said, source=sources.WHO_AM_I)


def permission(granted: Granted, remedies: Remedies) -> Check:
    right, denied = granted.right, granted.denied
    objects = (str(right),)
    if isinstance(denied, Unread):
        return unchecked("permissions", denied.why, source=sources.ACCESS, objects=objects)
    if not denied and granted.only_in:
        said = f"in namespace {granted.only_in} only: {right.loses} of all others"
        return Check(name="permissions", finding=Finding.WARNING, evidence=said, source=sources.ACCESS, objects=objects)
    if not denied:
        return Check(name="permissions", finding=Finding.OK, evidence="allowed", source=sources.ACCESS, objects=objects)
    where = f" -n {right.namespace}" if right.namespace else " -A" if denied[0] in ("list", "watch") else ""
    resource = right.resource if not right.group else f"{right.resource}.{right.group}"
    return Check(
        name="permissions",
        finding=Finding.FAILURE if right.essential else Finding.WARNING,
        evidence=f"{', '.join(denied)} not allowed; lost without it: {right.loses}",
        advice=(f"a role must allow it; check: {remedies.kubectl} auth can-i {denied[0]} {resource}{where}",),
        source=sources.ACCESS,
        objects=objects,
    )


def agents(found: tuple[Workload, ...] | Unread, remedies: Remedies, *, seen: int = 0) -> Check:
    if isinstance(found, Unread):
        return unchecked("agents ready", found.why, source=sources.AGENTS)
    if not found and seen:
        said = f"{seen} agents run, but no DaemonSet is labelled k8s-app=cilium: how many are wanted is not known"
        return Check(name="agents ready", finding=Finding.WARNING, evidence=said, source=sources.AGENTS)
    if not found:
        said = f"no DaemonSet with the label k8s-app=cilium in {remedies.namespace}: is Cilium installed elsewhere?"
        return Check(
            name="agents ready",
            finding=Finding.FAILURE,
            evidence=said,
            advice=(f"{remedies.kubectl} get ds -A -l k8s-app=cilium; then --cilium-namespace NAME",),
            source=sources.AGENTS,
        )
    said = ", ".join(_readiness("ds", one) for one in found)
    ready = all(one.ready >= one.desired for one in found)
    updated = all(one.updated >= one.desired for one in found)
    finding = Finding.FAILURE if not ready else Finding.OK if updated else Finding.WARNING
    rollout = remedies.in_namespace(f"rollout status ds/{found[0].name}")
    pods = remedies.in_namespace("get pods -l k8s-app=cilium -o wide")
    advice = () if finding is Finding.OK else (pods, rollout)
    return Check(name="agents ready", finding=finding, evidence=said, advice=advice, source=sources.AGENTS)


def operator(found: tuple[Workload, ...] | Unread, remedies: Remedies) -> Check:
    """Without it new nodes get no addresses and leftovers stay; limits on running pods do not need it."""
    if isinstance(found, Unread):
        return unchecked("operator", found.why, source=sources.OPERATOR)
    ready = sum(one.ready for one in found)
    desired = sum(one.desired for one in found)
    said = ", ".join(_readiness("deploy", one) for one in found) or "no Deployment is labelled io.cilium/app=operator"
    finding = Finding.OK if found and desired and ready >= desired else Finding.WARNING
    pods = remedies.in_namespace("get deploy,pods -l io.cilium/app=operator")
    advice = () if finding is Finding.OK else (pods,)
    return Check(name="operator", finding=finding, evidence=said, advice=advice, source=sources.OPERATOR)


def aws_node(found: Workload | Unread, remedies: Remedies) -> Check:
    """Cilium chained behind aws-cni wants its version to be 1.11.2 at least."""
    if isinstance(found, Unread):
        return unchecked("aws-node", found.why, source=sources.AWS_CNI)
    tag = found.tag
    numbers = tuple(version_numbers(tag))
    least = ".".join(map(str, AWS_CNI_LEAST))
    if not numbers:
        why = f"image {printable(found.image) or 'unknown'} has no version in its tag"
        return unchecked("aws-node", why, source=sources.AWS_CNI)
    if numbers >= AWS_CNI_LEAST:
        said = f"ds/aws-node {tag}, at least {least}"
        return Check(name="aws-node", finding=Finding.OK, evidence=said, source=sources.AWS_CNI)
    return Check(
        name="aws-node",
        finding=Finding.FAILURE,
        evidence=f"ds/aws-node {tag}: aws-cni chaining needs {least} or newer",
        advice=(
            "aws eks update-addon --addon-name vpc-cni --cluster-name CLUSTER --addon-version VERSION",
            f"{remedies.kubectl} -n kube-system rollout status ds/aws-node",
        ),
        source=sources.AWS_CNI,
    )


def bandwidth_plugin(found: Workload, remedies: Remedies) -> Check | None:
    """The CNI plugin `bandwidth` reads the same annotations, and limits with a token bucket of its own."""
    if "ENABLE_BANDWIDTH_PLUGIN=true" not in found.environment:
        return None
    return Check(
        name="bandwidth plugin",
        finding=Finding.WARNING,
        evidence="ds/aws-node chains the CNI plugin `bandwidth`, which limits by the same annotations a second time",
        advice=(f"{remedies.kubectl} -n kube-system set env ds/aws-node ENABLE_BANDWIDTH_PLUGIN=false",),
        source=sources.BANDWIDTH_PLUGIN,
    )


def own_cost(cost: Cost) -> Check:
    said = f"{cost.requests} requests, {cost.received:,} bytes received in {cost.seconds:.1f} s"
    return Check(name="cost of bwtop", finding=Finding.OK, evidence=said, source=sources.COST)


def _readiness(kind: str, one: Workload) -> str:
    if not one.desired:
        return f"{kind}/{one.name} is to have no pod at all"
    old = f", {one.desired - one.updated} not updated yet" if one.updated < one.desired else ""
    return f"{kind}/{one.name} {one.ready} of {one.desired} ready{old}"

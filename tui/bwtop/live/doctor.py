"""Examines a cluster: reads all that the checks of `bwtop doctor` look at, and goes on where something is refused."""

import asyncio
import time
from collections.abc import Sequence
from shlex import quote
from typing import Final

import msgspec

from bwtop.cilium.wire import Wire
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.errors import ApiError, KubeError
from bwtop.kube.fetch import fetch
from bwtop.kube.whoami import configured_user, reviewed_user
from bwtop.live.configuration import Configuration, read_configuration, told
from bwtop.live.node_facts import node_facts
from bwtop.live.resources import AGENT_SELECTOR
from bwtop.live.rights import granted, rights
from bwtop.live.scope import CILIUM_NAMESPACE
from bwtop.live.snapshot import Snapshot, Want
from bwtop.live.store import Store
from bwtop.live.workloads import workload, workloads
from bwtop.model import sources
from bwtop.model.checks import Check, Unread, merged, unchecked
from bwtop.model.cluster_checks import cluster_checks, no_way, own_cost
from bwtop.model.cluster_facts import ClusterFacts, Cost, Identity, Workload
from bwtop.model.node_checks import node_checks, versions
from bwtop.model.node_facts import NodeFacts
from bwtop.model.printable import printable
from bwtop.model.remedies import Remedies

OPERATOR_SELECTOR: Final = "io.cilium/app=operator"
"""Label of the operator's Deployment in every chart from 1.9 on."""
AWS_NODE: Final = "aws-node"
"""DaemonSet of the AWS VPC CNI, always in kube-system."""


class _Version(Wire):
    git_version: str = ""


async def examine(
    api: Api, *, cilium_namespace: str | None = None, cilium_selector: str = AGENT_SELECTOR
) -> Sequence[Check]:
    """All checks, in the order of the page; never raises KubeError."""
    started = time.monotonic()
    version = await told(_version(api))
    if isinstance(version, Unread) and not await _answers(api):
        everything_else = unchecked("everything else", "there is no way to the API server")
        return [no_way(api.connection.server, version.why), everything_else, own_cost(_cost(api, started))]
    snapshot = Snapshot(api, cilium_namespace=cilium_namespace, cilium_selector=cilium_selector)
    unread = await _take(snapshot)
    store = snapshot.store
    namespace = agents_namespace(store, cilium_namespace)
    configuration = await read_configuration(api, namespace=namespace, selector=cilium_selector)
    facts = await _cluster_facts(api, store, namespace, version, configuration.agents)
    remedies = remedies_of(api.connection, configuration, namespace)
    names = store.objects.nodes.keys() | store.objects.cilium_nodes.keys() | store.objects.agents.keys()
    nodes = [_once(node_facts(store, name, configuration), snapshot.denied) for name in sorted(names)]
    checks = [*cluster_checks(facts, remedies)]
    if unread:
        checks.append(unchecked("agent", unread, source=sources.AGENTS))
    if mixed := versions(nodes, remedies):
        checks.append(mixed)
    checks += _by_name([check for node in nodes for check in node_checks(node, remedies)])
    return merged([*checks, own_cost(_cost(api, started))])


def remedies_of(connection: Connection, configuration: Configuration | Unread, namespace: str) -> Remedies:
    """Commands that name this cluster, and change nothing but what they are to change."""
    installed = None if isinstance(configuration, Unread) else configuration
    context = f" --kube-context {quote(connection.context)}" if connection.context else ""
    kubeconfig = f" --kubeconfig {quote(connection.kubeconfig)}" if connection.kubeconfig else ""
    return Remedies(
        kubectl=connection.kubectl("").strip(),
        helm=f"helm{kubeconfig}{context}",
        namespace=namespace,
        release=installed.release if installed else "cilium",
        daemonset=installed.daemonset if installed else "cilium",
        version=installed.version if installed else "",
    )


async def _version(api: Api) -> str:
    return printable((await fetch(api, "/version", _Version)).git_version) or "of an unknown version"


async def _answers(api: Api) -> bool:
    """Some clusters hide /version from users: any answer of Kubernetes means that there is a way to it."""
    try:
        await api.get("/api")
    except ApiError:
        return True
    except KubeError:
        return False
    return True


async def _take(snapshot: Snapshot) -> str:
    """Reads nodes and agents; why there is no agent to be read, or empty."""
    try:
        await snapshot.take(Want.NODES | Want.STATUS, essential=Want.STATUS)
    except KubeError as error:
        return str(error)
    if snapshot.store.objects.agents:
        return ""
    return (
        f"no Cilium agent {snapshot.sought}: --cilium-namespace, or cilium.namespace in a profile, says where they are"
    )


def agents_namespace(store: Store, given: str | None) -> str:
    """Where Cilium is: as given, else where its agents are, else where it is nearly everywhere."""
    found = next((agent.namespace for agent in store.objects.agents.values()), "")
    return given or found or CILIUM_NAMESPACE


async def _cluster_facts(
    api: Api, store: Store, namespace: str, version: str | Unread, agents: tuple[Workload, ...] | Unread
) -> ClusterFacts:
    chained = any(r.status and r.status.cni_chaining == "aws-cni" for r in store.readings.values())
    identity, allowed, operators, aws_node = await asyncio.gather(
        _identity(api),
        granted(api, rights(namespace=api.connection.namespace, cilium_namespace=namespace)),
        told(workloads(api, "deployments", namespace=namespace, selector=OPERATOR_SELECTOR)),
        told(workload(api, "daemonsets", namespace=CILIUM_NAMESPACE, name=AWS_NODE)) if chained else _nothing(),
    )
    return ClusterFacts(
        server=api.connection.server,
        version=version,
        identity=identity,
        rights=allowed,
        agents=agents,
        agent_pods=len(store.objects.agents),
        operators=operators,
        aws_node=aws_node,
    )


async def _nothing() -> None:
    return None


async def _identity(api: Api) -> Identity | Unread:
    context, configured = api.connection.context, configured_user(api)
    try:
        user = await reviewed_user(api)
    except ApiError as error:
        refused = str(error) if error.code == 401 else ""
        return Identity(user=configured, told=False, context=context, refused=refused)
    except KubeError as error:
        return Unread(str(error))
    return Identity(user=user or configured, told=bool(user), context=context)


def _once(node: NodeFacts, denied: str) -> NodeFacts:
    """A refusal that holds for all agents is told once for all, not once an agent with the name of each."""
    return msgspec.structs.replace(node, unread=denied) if node.unread and denied else node


def _cost(api: Api, started: float) -> Cost:
    return Cost(requests=api.requests, received=api.received, seconds=time.monotonic() - started)


def _by_name(checks: Sequence[Check]) -> Sequence[Check]:
    """The checks of all nodes under each other, in the order of the first node's."""
    order = {name: number for number, name in enumerate(dict.fromkeys(check.name for check in checks))}
    return sorted(checks, key=lambda check: order[check.name])

"""The doctor on demo clusters: every line, and how it degrades."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bwtop.demo.cilium_dbg import cilium_dbg
from bwtop.demo.kinds import CILIUM_NODE_CONFIGS, CONFIG_MAPS, DAEMON_SETS
from bwtop.demo.node import Node
from bwtop.demo.process import Output
from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import World, load_world
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.live.agent_exec import AgentExec
from bwtop.live.doctor import examine
from bwtop.model.checks import Check, Finding
from bwtop.model.frames import Frame
from demo.clocks import FastClock
from live.silence import tell_silence_at_once

NODE, OTHER = "ip-192-168-29-49.ec2.internal", "ip-192-168-50-201.ec2.internal"
OK, WARNING, FAILURE, UNKNOWN = Finding.OK, Finding.WARNING, Finding.FAILURE, Finding.UNKNOWN


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_silence_at_once(monkeypatch)


@asynccontextmanager
async def served(cluster: str) -> AsyncIterator[tuple[DemoServer, Api]]:
    async with DemoServer(load_world(cluster, clock=FastClock(5)), tls=False) as server:
        credentials = FixedCredentials(f"Bearer {server.token}")
        api = Api(Connection(server=server.url, context="demo", credentials=credentials))
        try:
            yield server, api
        finally:
            await api.close()


@pytest.fixture
async def cluster() -> AsyncIterator[tuple[DemoServer, Api]]:
    async with served("eks-chaining") as running:
        yield running


Cluster = tuple[DemoServer, Api]


def named(checks: Sequence[Check], name: str) -> list[Check]:
    return [check for check in checks if check.name == name]


def only(checks: Sequence[Check], name: str) -> Check:
    [check] = named(checks, name)
    return check


async def test_a_cluster_where_all_is_well(cluster: Cluster) -> None:
    checks = await examine(cluster[1])
    assert {check.finding for check in checks} == {OK}
    assert [check.name for check in checks] == [
        "API server", "credentials", "permissions", "agents ready", "operator", "aws-node", "agent",
        "bandwidth manager", "congestion control", "egress program", "devices", "CNI chaining", "host routing",
        "encryption", "cost of bwtop",
    ]  # fmt: skip
    assert only(checks, "bandwidth manager").objects == (NODE, OTHER)
    assert "demo-admin" in only(checks, "credentials").evidence
    assert "1.12.6" in only(checks, "aws-node").evidence
    assert all(check.source is not None and check.source.link.startswith("https://") for check in checks)


async def test_the_cost_is_what_the_server_counts(cluster: Cluster) -> None:
    server, api = cluster
    asked = []
    meet = server.faults.meet

    async def counted(method: str, path: str) -> None:
        asked.append(path)
        await meet(method, path)

    server.faults.meet = counted  # type: ignore[method-assign]
    checks = await examine(api)
    assert only(checks, "cost of bwtop").evidence.startswith(f"{len(asked)} requests, ")


@pytest.mark.parametrize("fault", [None, AgentFault.NO_SHELL])
async def test_no_agent_is_asked_for_its_endpoints(
    cluster: Cluster, fault: AgentFault | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, api = cluster
    asked = set[str]()

    def noted(world: World, node: Node, command: Sequence[str]) -> Output:
        asked.add(" ".join(command[1:]))
        return cilium_dbg(world, node, command)

    monkeypatch.setattr("bwtop.demo.sampling.cilium_dbg", noted)
    monkeypatch.setattr("bwtop.demo.programs.cilium_dbg", noted)
    if fault:
        server.faults.agent(NODE, fault)
        server.faults.agent(OTHER, fault)
    checks = await examine(api)
    assert asked == {"bpf bandwidth list -o json", "status -o json"}
    assert only(checks, "egress program").finding is OK


@pytest.mark.parametrize(("silent", "other"), [(NODE, OTHER), (OTHER, NODE)])
async def test_the_wait_for_a_place_is_not_held_against_an_agent(
    cluster: Cluster, silent: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, api = cluster
    monkeypatch.undo()  # here the time-out itself is what matters
    monkeypatch.setattr("bwtop.live.snapshot.AT_ONCE", 1)
    monkeypatch.setattr("bwtop.live.snapshot.AGENT_SECONDS", 3.0)
    server.faults.agent(silent, AgentFault.SILENT)
    checks = await examine(api)
    agents = {check.finding: check.objects for check in named(checks, "agent")}
    assert agents == {OK: (other,), UNKNOWN: (silent,)}


async def test_an_incident_is_told_node_by_node() -> None:
    async with served("incident") as (_, api):
        checks = await examine(api)
    managers = {check.finding: check for check in named(checks, "bandwidth manager")}
    assert managers[FAILURE].objects == ("ip-10-20-1-13.ec2.internal",)
    assert "reported off although ConfigMap cilium-config wants it on" in managers[FAILURE].evidence
    programs = {check.finding: check for check in named(checks, "egress program")}
    assert programs[FAILURE].objects == ("ip-10-20-1-14.ec2.internal",)
    others = {check.finding: check for check in named(checks, "devices")}
    assert (others[WARNING].objects, "ens6" in others[WARNING].evidence) == (("ip-10-20-1-11.ec2.internal",), True)
    unread = [check.objects for check in named(checks, "agent") if check.finding is UNKNOWN]
    assert unread == [(f"ip-10-20-1-{number}.ec2.internal",) for number in (16, 17, 18, 19)]
    assert only(checks, "operator").finding is WARNING
    assert "1.13.18 on 1" in only(checks, "Cilium versions").evidence
    wanted = {check.evidence for check in named(checks, "bandwidth manager") if check.finding is OK}
    assert any("as CiliumNodeConfig pilot wants it" in said for said in wanted)


@pytest.mark.parametrize("fault", [AgentFault.DOWN, AgentFault.FORBIDDEN, AgentFault.SILENT, AgentFault.GARBAGE])
async def test_an_agent_that_cannot_be_read_is_a_line(cluster: Cluster, fault: AgentFault) -> None:
    server, api = cluster
    server.faults.agent(NODE, fault)
    agents = named(await examine(api), "agent")
    assert [(check.finding, check.objects) for check in agents] == [(UNKNOWN, (NODE,)), (OK, (OTHER,))]
    assert agents[0].evidence.startswith("could not check: ")


async def test_an_agent_that_told_its_map_and_then_fell_silent(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_script: AgentExec) -> Frame:
        raise TimeoutError

    monkeypatch.setattr(AgentExec, "status", silent)
    agents = named(await examine(cluster[1]), "agent")
    assert {check.finding for check in agents} == {UNKNOWN}
    assert all("gave no answer" in check.evidence for check in agents)


async def test_a_user_who_may_not_exec_is_told_once(cluster: Cluster) -> None:
    server, api = cluster
    server.access.deny(resources=["pods/exec"])
    checks = await examine(api)
    agent = only(checks, "agent")
    assert (agent.finding, agent.objects) == (UNKNOWN, (NODE, OTHER))
    denied = [check for check in named(checks, "permissions") if check.finding is FAILURE]
    assert [check.objects for check in denied] == [("get/create pods/exec in kube-system",)]
    assert only(checks, "agents ready").finding is OK


@pytest.mark.parametrize(
    ("resource", "name"), [("configmaps", "bandwidth manager"), ("ciliumnodeconfigs", "bandwidth manager")]
)
async def test_what_is_wanted_may_be_unreadable(cluster: Cluster, resource: str, name: str) -> None:
    server, api = cluster
    server.access.deny(resources=[resource])
    check = only(await examine(api), name)
    assert check.finding is OK
    assert "what is wanted could not be checked" in check.evidence
    assert resource in check.evidence


@pytest.mark.parametrize(
    ("resource", "names"), [("daemonsets", ("agents ready", "aws-node")), ("deployments", ("operator",))]
)
async def test_workloads_may_be_unreadable(cluster: Cluster, resource: str, names: tuple[str, ...]) -> None:
    server, api = cluster
    server.access.deny(resources=[resource])
    checks = await examine(api)
    for name in names:
        check = only(checks, name)
        assert check.finding is UNKNOWN
        assert "forbidden" in check.evidence


async def test_a_user_who_may_nothing_still_gets_a_page(cluster: Cluster) -> None:
    server, api = cluster
    server.access.deny(resources=["*"])
    checks = await examine(api)
    assert only(checks, "API server").finding is OK
    assert only(checks, "agent").finding is UNKNOWN
    assert {check.finding for check in named(checks, "permissions")} == {UNKNOWN, FAILURE, WARNING}


async def test_a_proxy_that_takes_no_post_leaves_what_can_be_tried(cluster: Cluster) -> None:
    server, api = cluster
    server.faults.fail("/apis/authorization.k8s.io/*", status=405, times=-1, method="POST")
    rights = {check.finding: check.objects for check in await examine(api) if check.name == "permissions"}
    assert "list/watch pods" in rights[OK]
    assert "get/patch pods in default" in rights[UNKNOWN]


async def test_pods_of_the_own_namespace_only(cluster: Cluster) -> None:
    server, api = cluster
    server.access.deny(resources=["pods"], namespaces="", verbs=["list", "watch"])
    limited = [check for check in await examine(api) if check.name == "permissions" and check.finding is WARNING]
    assert [check.objects for check in limited] == [("list/watch pods",)]
    assert "in namespace default only" in limited[0].evidence


async def test_credentials_that_are_refused(cluster: Cluster) -> None:
    server, api = cluster
    server.faults.token_expired = True
    checks = await examine(api)
    assert only(checks, "credentials").finding is FAILURE
    assert "log in again" in only(checks, "credentials").evidence


async def test_no_way_to_the_api_server() -> None:
    api = Api(Connection(server="http://127.0.0.1:1", credentials=FixedCredentials("")))
    checks = await examine(api)
    await api.close()
    assert [(check.name, check.finding) for check in checks] == [
        ("API server", FAILURE), ("everything else", UNKNOWN), ("cost of bwtop", OK),
    ]  # fmt: skip
    assert "connection refused" in checks[0].evidence


async def test_wanted_off_by_a_node_configuration_and_on_by_the_agent(cluster: Cluster) -> None:
    server, api = cluster
    selector = {"matchLabels": {"kubernetes.io/hostname": NODE}}
    spec = {"nodeSelector": selector, "defaults": {"enable-bandwidth-manager": "false"}}
    metadata = {"name": "off", "namespace": "kube-system", "uid": "u", "creationTimestamp": "2026-01-05T10:00:00Z"}
    server.world.store.create(CILIUM_NODE_CONFIGS, {"metadata": metadata, "spec": spec})
    disagreeing, well = named(await examine(api), "bandwidth manager")
    assert (disagreeing.finding, disagreeing.objects) == (WARNING, (NODE,))
    assert "CiliumNodeConfig off wants it off" in disagreeing.evidence
    assert (well.finding, well.objects) == (OK, (OTHER,))


async def test_the_config_map_wants_it_off(cluster: Cluster) -> None:
    server, api = cluster
    body = server.world.store[CONFIG_MAPS].get("kube-system", "cilium-config").body()
    del body["data"]["enable-bandwidth-manager"]
    server.world.store.update(CONFIG_MAPS, body)
    assert only(await examine(api), "bandwidth manager").finding is WARNING


async def test_agents_that_are_not_ready_and_an_old_aws_node(cluster: Cluster) -> None:
    server, api = cluster
    store = server.world.store
    agents = store[DAEMON_SETS].get("kube-system", "cilium").body()
    agents["status"]["numberReady"] = 1
    store.update(DAEMON_SETS, agents)
    aws_node = store[DAEMON_SETS].get("kube-system", "aws-node").body()
    container = aws_node["spec"]["template"]["spec"]["containers"][0]
    container["image"] = "amazon-k8s-cni:v1.10.4-eksbuild.1"
    container["env"] = [{"name": "ENABLE_BANDWIDTH_PLUGIN", "value": "true"}, {"name": "NODE", "valueFrom": {}}]
    store.update(DAEMON_SETS, aws_node)
    checks = await examine(api)
    assert only(checks, "agents ready").finding is FAILURE
    assert only(checks, "agents ready").evidence == "ds/cilium 1 of 2 ready"
    assert only(checks, "aws-node").finding is FAILURE
    assert only(checks, "bandwidth plugin").finding is WARNING

"""A user with few rights sees what those allow, and why the rest is hidden; no review is posted to find out."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from bwtop.demo.access import Rule
from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import load_world
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.errors import ApiError
from bwtop.live.cluster import Cluster
from bwtop.live.scope import agent_namespace, pod_namespace
from bwtop.model.health import Freshness
from bwtop.model.states import State
from bwtop.panels.status import alerts
from demo.clocks import FastClock
from live.clusters import CLIENT, QUICK, SERVER, be_quick, filling, state, until

READ = ("get", "list", "watch")
KINDS = ("pods", "nodes", "ciliumendpoints", "ciliumnodes")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    be_quick(monkeypatch)


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with DemoServer(load_world("eks-chaining", clock=FastClock(5)), tls=False) as running:
        yield running


@asynccontextmanager
async def seen_by_jane(server: DemoServer, *rules: Rule, namespace: str = "default") -> AsyncIterator[Cluster]:
    """What jane, who has these rights and no others, sees as the screen would show it to her."""
    server.access.allowed = [one for one in server.access.allowed if one.users != "*"] + list(rules)
    connection = Connection(
        server=server.url, context="demo", namespace=namespace, credentials=FixedCredentials(f"Bearer {server.token}"),
        impersonation=(("Impersonate-User", "jane"),),
    )  # fmt: skip
    api = Api(connection)
    own = await pod_namespace(api)
    theirs = await agent_namespace(api) if own else None
    cluster = Cluster(api, budget=QUICK, namespace=own, cilium_namespace=theirs)
    try:
        async with filling(cluster):
            yield cluster
    finally:
        await api.close()


def jane(verbs: Sequence[str], *resources: str, namespaces: str = "*") -> Rule:
    return Rule(users="jane", verbs=verbs, resources=resources, namespaces=namespaces)


def told(cluster: Cluster) -> list[str]:
    return list(alerts(cluster.overview(), now=cluster.store.clock()))


def says(cluster: Cluster, words: str) -> Callable[[], bool]:
    return lambda: words in told(cluster)


async def test_without_create_on_exec_the_limits_are_hidden_and_the_rest_is_there(server: DemoServer) -> None:
    server.world.spec.kubernetes = "v1.35.0"
    async with seen_by_jane(server, jane(READ, *KINDS), jane(("get",), "pods/exec")) as cluster:
        await until(cluster, says(cluster, "limits hidden: no create on pods/exec in kube-system"))
        assert len(told(cluster)) == 1
        assert len(cluster.store.pods) == 27
        row = cluster.store.pods[SERVER]
        assert (row.state, row.programmed, row.rate) == (State.UNKNOWN, None, None)
        assert row.reason == "no create on pods/exec in kube-system"
        assert row.asked is not None
        assert row.endpoint_id == 124


async def test_without_get_on_exec_that_is_told(server: DemoServer) -> None:
    async with seen_by_jane(server, jane(READ, *KINDS)) as cluster:
        await until(cluster, says(cluster, "limits hidden: no get on pods/exec in kube-system"))


@pytest.mark.parametrize(
    ("lacks", "told_as"),
    [
        ("nodes", "kernels and node addresses hidden: no list on nodes"),
        ("ciliumnodes", "Cilium's node addresses hidden: no list on ciliumnodes"),
        ("ciliumendpoints", "endpoints hidden: no list on ciliumendpoints"),
    ],
)
async def test_a_kind_that_may_not_be_listed_costs_its_columns_and_no_state(
    server: DemoServer, lacks: str, told_as: str
) -> None:
    rest = [kind for kind in KINDS if kind != lacks]
    async with seen_by_jane(server, jane(READ, *rest), jane(("get", "create"), "pods/exec")) as cluster:
        await until(cluster, says(cluster, told_as))
        await until(cluster, lambda: state(cluster, SERVER) is State.IN_SYNC)
        await until(cluster, lambda: state(cluster, CLIENT) is State.UNLIMITED)
        assert len(told(cluster)) == 1


async def test_who_may_list_and_not_watch_is_shown_lists(server: DemoServer) -> None:
    rights = [jane(("get", "list"), "pods"), jane(READ, *KINDS[1:]), jane(("get", "create"), "pods/exec")]
    async with seen_by_jane(server, *rights) as cluster:
        await until(cluster, says(cluster, "pods are listed once a minute: no watch on pods"))
        await until(cluster, lambda: state(cluster, SERVER) is State.IN_SYNC)


async def test_who_has_a_role_in_one_namespace_sees_that_and_what_is_hidden(server: DemoServer) -> None:
    rights = jane(READ, "pods", "ciliumendpoints", namespaces="shop")
    async with seen_by_jane(server, rights, namespace="shop") as cluster:
        await until(cluster, says(cluster, "limits and rates hidden: no list on pods in kube-system"))
        await until(cluster, lambda: {row.namespace for row in cluster.store.pods.values()} == {"shop"})
        await until(cluster, says(cluster, "kernels and node addresses hidden: no list on nodes"))
        assert not [one for one in told(cluster) if one.startswith("pods")]
        assert {row.state for row in cluster.store.pods.values()} == {State.UNKNOWN}
        assert cluster.overview().sources["pods"].freshness is Freshness.LIVE


async def test_rights_are_found_out_without_a_single_post(server: DemoServer) -> None:
    """As behind a proxy that lets nothing but GET through."""
    server.faults.fail("*", method="POST", status=405, times=-1, message="this proxy is read-only")
    async with seen_by_jane(server, jane(READ, *KINDS), jane(("get", "create"), "pods/exec")) as cluster:
        await until(cluster, lambda: state(cluster, SERVER) is State.IN_SYNC)
        assert told(cluster) == []


async def test_a_webhook_that_refuses_exec_is_not_taken_for_a_missing_role(server: DemoServer) -> None:
    for node in server.world.nodes:
        server.faults.agent(node, AgentFault.FORBIDDEN)
    async with seen_by_jane(server, jane(READ, *KINDS), jane(("get", "create"), "pods/exec")) as cluster:
        await until(cluster, lambda: "exec.guard.example.com" in "".join(told(cluster)))
        assert "ask who runs the webhook" in told(cluster)[0]
        assert "a role must allow" not in told(cluster)[0]


def test_a_refusal_that_is_not_about_rights_is_told_as_it_is() -> None:
    webhook = 'pods "cilium-x" is forbidden: admission webhook "exec.guard.example.com" denied the request'
    assert ApiError("refused", code=403, message=webhook).lacking == ""
    assert ApiError("gone", code=404, message='cannot get resource "pods" in API group ""').lacking == ""

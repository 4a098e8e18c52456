"""Explanations on demo clusters, as the command line gathers them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bwtop.demo.kinds import CILIUM_NETWORK_POLICIES, DAEMON_SETS, NODES, PODS
from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import load_world
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.errors import ApiError
from bwtop.live.doctor import remedies_of
from bwtop.live.explain import NOT_READ_YET, explain, look_at, read_surroundings
from bwtop.live.snapshot import Snapshot
from bwtop.model.checks import Check, Finding
from bwtop.model.explanation import Explanation
from demo.clocks import FastClock
from live.silence import tell_silence_at_once

NODE = "ip-192-168-29-49.ec2.internal"
SERVER, CLIENT = ("default", "netperf-server"), ("default", "netperf-client")
OK, WARNING, FAILURE, UNKNOWN = Finding.OK, Finding.WARNING, Finding.FAILURE, Finding.UNKNOWN


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_silence_at_once(monkeypatch)
    monkeypatch.setattr("bwtop.live.snapshot.RATE_PERIOD", 0.1)


@asynccontextmanager
async def served(cluster: str = "eks-chaining") -> AsyncIterator[tuple[DemoServer, Api]]:
    async with DemoServer(load_world(cluster, clock=FastClock(5)), tls=False) as server:
        credentials = FixedCredentials(f"Bearer {server.token}")
        api = Api(Connection(server=server.url, context="demo", credentials=credentials))
        try:
            yield server, api
        finally:
            await api.close()


async def explained(api: Api, *keys: tuple[str, str]) -> Explanation:
    snapshot = Snapshot(api)
    await look_at(snapshot, api, *keys)
    surroundings = await read_surroundings(api, namespace=keys[0][0], cilium_namespace="kube-system")
    remedies = remedies_of(api.connection, surroundings.configuration, "kube-system")
    peer = "/".join(keys[1]) if len(keys) > 1 else None
    found = explain(snapshot.store, "/".join(keys[0]), peer=peer, surroundings=surroundings, remedies=remedies)
    assert found is not None
    return found


def named(found: Explanation, name: str) -> Check:
    [check] = [check for check in found.checks if check.name == name]
    return check


def in_shop(server: DemoServer, prefix: str) -> list[tuple[str, str]]:
    return [stored.key for stored in server.world.store[PODS].within("shop") if stored.name.startswith(prefix)]


async def test_a_limit_that_is_in_force() -> None:
    async with served() as (_, api):
        found = await explained(api, SERVER, CLIENT)
    assert found.finding is OK, found.checks
    assert found.conclusion == "the limit of default/netperf-server towards default/netperf-client is in force: 10M"


async def test_only_the_agents_of_the_two_nodes_are_read() -> None:
    async with served("incident") as (server, api):
        [ingest] = in_shop(server, "ingest")
        before = api.requests
        await explained(api, ingest)
        assert api.requests - before < 15


async def test_an_l7_policy_takes_a_limit_out_of_force() -> None:
    async with served("incident") as (server, api):
        [ingest] = in_shop(server, "ingest")
        found = await explained(api, ingest)
    assert named(found, "L7 policy").finding is FAILURE
    assert "CiliumNetworkPolicy shop/ingest-api (http)" in found.conclusion
    assert named(found, "ingress limit").finding is OK
    assert named(found, "bandwidth map").finding is OK


async def test_pods_of_one_node() -> None:
    async with served("incident") as (server, api):
        media = in_shop(server, "media")
        found = await explained(api, *media)
    assert named(found, "same node").finding is FAILURE
    assert named(found, "egress program").finding is FAILURE


async def test_the_manager_is_off_on_the_pods_node() -> None:
    async with served("incident") as (server, api):
        off = next(key for key in in_shop(server, "search") if "1-13" in server.world.store[PODS].get(*key).node)
        found = await explained(api, off)
    assert named(found, "bandwidth manager").finding is FAILURE
    assert found.conclusion.split(": ")[1] == "bandwidth manager"


async def test_an_agent_that_is_down() -> None:
    async with served() as (server, api):
        server.faults.agent(NODE, AgentFault.DOWN)
        found = await explained(api, SERVER)
    assert found.finding is UNKNOWN
    assert named(found, "L7 policy").finding is OK


@pytest.mark.parametrize(
    ("resource", "name", "finding"),
    [
        ("ciliumnetworkpolicies", "L7 policy", UNKNOWN),
        ("ciliumclusterwidenetworkpolicies", "L7 policy", UNKNOWN),
        ("pods/exec", "agent", UNKNOWN),
        ("nodes", "congestion control", UNKNOWN),
        ("ciliumendpoints", "endpoint", OK),
        ("configmaps", "bandwidth manager", OK),
    ],
)
async def test_what_may_not_be_read_is_said(resource: str, name: str, finding: Finding) -> None:
    async with served() as (server, api):
        server.access.deny(resources=[resource])
        assert named(await explained(api, SERVER), name).finding is finding


async def test_a_cluster_that_knows_no_policies() -> None:
    async with served() as (server, api):
        server.faults.fail("/apis/cilium.io/v2/*policies", status=404, times=-1)
        assert named(await explained(api, SERVER), "L7 policy").finding is OK


async def test_a_policy_that_is_made_meanwhile() -> None:
    async with served() as (server, api):
        rule: dict[str, Any] = {"endpointSelector": {}, "egress": [{"toPorts": [{"rules": {"http": [{}]}}]}]}
        metadata = {"name": "all", "namespace": "default", "uid": "u", "creationTimestamp": "2026-01-05T10:00:00Z"}
        server.world.store.create(CILIUM_NETWORK_POLICIES, {"metadata": metadata, "spec": rule})
        assert named(await explained(api, SERVER), "L7 policy").finding is FAILURE


async def test_a_node_of_kind() -> None:
    async with served() as (server, api):
        body = server.world.store[NODES].get("", NODE).body()
        body["spec"]["providerID"] = "kind://docker/kind/kind-worker"
        server.world.store.update(NODES, body)
        assert named(await explained(api, SERVER), "kind").finding is WARNING


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("quay.io/cilium/cilium:v1.16.6", "1.16.6"),
        ("registry.example.com:5000/cilium:v1.18.0-rc.1@sha256:0123", "1.18.0-rc.1"),
        ("registry.example.com:5000/cilium@sha256:0123", "VERSION"),
        ("registry.example.com/cilium:ours", "VERSION"),
    ],
)
async def test_helm_keeps_the_version_that_is_installed_whatever_an_agent_runs_still(image: str, version: str) -> None:
    """The pod's agent runs 1.18.4, others run older ones: that of the DaemonSet is the chart's."""
    async with served("incident") as (server, api):
        key = "kube-system/cilium"
        body = server.world.store[DAEMON_SETS].get(*key.split("/")).body()
        body["spec"]["template"]["spec"]["containers"][0]["image"] = image
        server.world.store.update(DAEMON_SETS, body)
        advice = named(await explained(api, ("shop", "newcomer")), "egress program").advice
        assert any(f" --version {version} --reuse-values" in line for line in advice)


async def test_helm_is_told_no_version_where_the_daemonset_may_not_be_read() -> None:
    async with served("incident") as (server, api):
        server.faults.fail("*/daemonsets*", status=403, times=-1)
        advice = named(await explained(api, ("shop", "newcomer")), "egress program").advice
        assert any(" --version VERSION --reuse-values" in line for line in advice)


async def test_a_pod_that_is_not_there() -> None:
    async with served() as (_, api):
        with pytest.raises(ApiError, match="not found"):
            await explained(api, ("default", "gone"))


async def test_nothing_is_explained_that_the_store_does_not_have() -> None:
    async with served() as (_, api):
        snapshot = Snapshot(api)
        await look_at(snapshot, api, SERVER)
        remedies = remedies_of(api.connection, NOT_READ_YET.configuration, "kube-system")

        def found(key: str, peer: str | None = None) -> Explanation | None:
            return explain(snapshot.store, key, peer=peer, surroundings=NOT_READ_YET, remedies=remedies)

        assert found("default/gone") is None
        assert found("/".join(SERVER), "/".join(CLIENT)) is None
        known = found("/".join(SERVER))
        assert known is not None
        assert named(known, "L7 policy").finding is UNKNOWN

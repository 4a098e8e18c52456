"""Agents that are odd, slow, upgraded, replaced or gone: each is read as far as it can be, and hurts no other."""

import asyncio
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from gzip import compress
from typing import Any

import pytest

from bwtop.demo import exec as exec_server
from bwtop.demo.kinds import PODS
from bwtop.demo.process import NotFoundError, Process
from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import load_world
from bwtop.kube.api import Api
from bwtop.kube.exec import ExecResult, run_exec
from bwtop.live import direct_exec
from bwtop.live.sampler import Sampler
from bwtop.live.snapshot import Snapshot, Want
from bwtop.model.states import State
from demo.clocks import FastClock
from live.clusters import CLIENT, NODE, OTHER, SERVER, api_of, be_quick, in_sync, running, state, until

EVERYTHING = Want.PODS | Want.ENDPOINTS | Want.NODES | Want.AGENTS | Want.RATES


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    be_quick(monkeypatch)


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with DemoServer(load_world("eks-chaining", clock=FastClock(5)), tls=False) as running:
        yield running


# -- frames -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("broken", "cause"),
    [
        ("#bwtop packed ####\n", "a packed frame does not unpack: "),
        (f"#bwtop packed {b64encode(compress(b'#bwtop begin 1', mtime=0)).decode()}\n", "a packed frame of "),
    ],
    ids=["no-base64", "no-end"],
)
async def test_a_frame_that_came_broken_is_told_at_once_with_its_cause(
    server: DemoServer, monkeypatch: pytest.MonkeyPatch, broken: str, cause: str
) -> None:
    monkeypatch.setattr("bwtop.demo.sampling.write_frame", lambda *_words: broken)
    async with running(server) as cluster:
        await until(cluster, lambda: NODE in cluster.store.nodes)
        await until(cluster, lambda: f": {cause}" in cluster.store.nodes[NODE].reason)


# -- images -------------------------------------------------------------------------------------------------------
async def test_an_image_without_a_shell_is_read_command_by_command(server: DemoServer) -> None:
    server.faults.agent(NODE, AgentFault.NO_SHELL)
    async with running(server) as cluster:
        await in_sync(cluster)
        await until(cluster, lambda: cluster.store.nodes[NODE].agent_version == "1.13.4")
        await until(cluster, lambda: cluster.store.nodes[NODE].reason)
        node, row = cluster.store.nodes[NODE], cluster.store.pods[SERVER]
        assert "image has no cat" in node.reason, "it is told why there are no rates"
        assert (row.rate, row.programmed and row.programmed.bits_per_second) == (None, 10_000_000)


async def test_an_image_without_a_shell_is_read_by_commands_that_print_and_end_too(server: DemoServer) -> None:
    server.faults.agent(NODE, AgentFault.NO_SHELL)
    async with api_of(server) as api:
        snapshot = Snapshot(api)
        await snapshot.take(EVERYTHING, essential=Want.PODS)
    assert snapshot.store.pods[SERVER].state is State.IN_SYNC
    assert snapshot.store.nodes[NODE].agent_version == "1.13.4"


async def test_an_image_without_a_shell_under_docker_is_known_by_its_exit_status(server: DemoServer) -> None:
    server.world.nodes[NODE].spec.runtime = "docker://20.10.25"
    server.faults.agent(NODE, AgentFault.NO_SHELL)
    async with running(server) as cluster:
        await in_sync(cluster)


async def test_a_command_that_hangs_in_an_image_without_a_shell_costs_its_own_section(
    server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = Counter[str](), Counter[str]()
    run = exec_server.run

    async def hanging(process: Process, command: Sequence[str]) -> int:
        words = " ".join(command[1:])
        if words != "status -o json":
            return await run(process, command)
        begun[words] += 1
        try:
            await asyncio.Event().wait()
        finally:
            ended[words] += 1
        return 0

    def bounded(api: Api, *, command: Sequence[str], timeout: float, **where: Any) -> Awaitable[ExecResult]:
        return run_exec(api, command=command, timeout=0.1 if "status" in command else 60.0, **where)

    monkeypatch.setattr(exec_server, "run", hanging)
    monkeypatch.setattr(direct_exec, "run_exec", bounded)
    server.faults.agent(NODE, AgentFault.NO_SHELL)
    server.faults.agent(OTHER, AgentFault.NO_SHELL)
    async with running(server) as cluster:
        await in_sync(cluster)
        await until(cluster, lambda: "no end within 0.1 s" in cluster.store.readings[NODE].inspect_error)
        assert "status: " in cluster.store.readings[NODE].inspect_error
        assert cluster.store.readings[NODE].endpoints, "what came after it was read all the same"
        await until(cluster, lambda: begun == ended)


async def test_a_map_that_hangs_in_an_image_without_a_shell_is_told(
    server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hanging(process: Process, command: Sequence[str]) -> int:
        if command[0] == "sh":
            raise NotFoundError("sh")
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(exec_server, "run", hanging)
    monkeypatch.setattr(direct_exec, "COMMAND_SECONDS", 0.1)
    async with running(server) as cluster:
        readings = cluster.store.readings
        await until(cluster, lambda: NODE in readings and "no end within 0.1 s" in readings[NODE].error)
        await until(cluster, lambda: state(cluster, SERVER) is State.UNKNOWN)


@pytest.mark.parametrize("said", [
    'failed to exec in container: OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": '
    "executable file not found in $PATH: unknown",
    'OCI runtime exec failed: exec: "/bin/sh": stat /bin/sh: no such file or directory',
    "executable file `sh` not found in $PATH: No such file or directory",
])  # fmt: skip
def test_every_runtime_is_understood_that_says_it_lacks_a_program(said: str) -> None:
    assert direct_exec.lacks_program(said)


@pytest.mark.parametrize(
    "said", ['container not found ("cilium-agent")', "the connection ended before the command did"]
)
def test_other_failures_are_not_taken_for_a_lacking_program(said: str) -> None:
    assert not direct_exec.lacks_program(said)


async def test_five_megabytes_before_the_json_are_read_past(server: DemoServer) -> None:
    server.faults.agent(NODE, AgentFault.LOUD)
    async with running(server) as cluster:
        await in_sync(cluster)
        await until(cluster, lambda: cluster.store.nodes[NODE].agent_version == "1.13.4")


async def test_an_agent_that_does_not_answer_its_socket_still_has_its_map_read(server: DemoServer) -> None:
    server.faults.agent(NODE, AgentFault.UNREACHABLE)
    async with running(server) as cluster:
        await in_sync(cluster)
        await until(cluster, lambda: "Is the agent running?" in cluster.store.nodes[NODE].reason)
        assert cluster.store.nodes[NODE].agent_version is None


# -- upgrades, nodes that come and go -----------------------------------------------------------------------------
async def test_agents_of_every_version_are_read_side_by_side() -> None:
    world = load_world("incident", clock=FastClock(5))
    async with DemoServer(world, tls=False) as server, running(server, watched=list(world.nodes)) as cluster:
        server.faults.clear()
        server.faults.restart_agent("ip-10-20-1-16.ec2.internal")
        versions = {name: node.cilium.version for name, node in world.nodes.items()}
        assert len(set(versions.values())) == 7
        await until(cluster, lambda: len(cluster.store.nodes) == 9)
        await until(cluster, lambda: {n.node: n.agent_version for n in cluster.store.nodes.values()} == versions)
        assert all(node.limited_pods is not None for node in cluster.store.nodes.values())


async def test_an_agent_that_is_upgraded_is_read_in_its_new_version(server: DemoServer) -> None:
    async with running(server) as cluster:
        await in_sync(cluster)
        server.faults.restart_agent(NODE, version="1.18.4")
        await until(cluster, lambda: cluster.store.nodes[NODE].agent_version == "1.18.4")
        await in_sync(cluster)
        assert cluster.store.nodes[OTHER].agent_version == "1.13.4"


async def test_a_node_that_leaves_takes_its_rows_and_one_that_comes_is_read(server: DemoServer) -> None:
    async with running(server) as cluster:
        await in_sync(cluster)
        server.faults.remove_node(NODE)
        await until(cluster, lambda: NODE not in cluster.store.nodes)
        await until(cluster, lambda: not [row for row in cluster.store.limits.values() if row.node == NODE])
        assert not [row for row in cluster.store.pods.values() if row.node == NODE]
        assert NODE not in cluster.store.readings
        server.faults.add_node(NODE)
        await until(cluster, lambda: NODE in cluster.store.nodes and cluster.store.nodes[NODE].agent_version)
        assert cluster.store.nodes[NODE].reason == ""


# -- back-off -----------------------------------------------------------------------------------------------------
async def test_a_broken_agent_is_tried_less_and_less_often_and_no_other_waits_for_it(
    server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwtop.live.sampler.FIRST_DELAY", 0.1)
    monkeypatch.setattr("bwtop.live.sampler.LONGEST_DELAY", 60.0)
    tried: Counter[str] = Counter()
    start = Sampler._start

    def counted(sampler: Sampler, node: str) -> None:
        tried[node] += 1
        start(sampler, node)

    monkeypatch.setattr(Sampler, "_start", counted)
    server.faults.agent(NODE, AgentFault.DOWN)
    async with running(server) as cluster:
        await until(cluster, lambda: state(cluster, CLIENT) is State.UNLIMITED)
        await until(cluster, lambda: tried[NODE] == 4)
        at = cluster.store.clock()
        await until(cluster, lambda: tried[NODE] == 5)
        assert cluster.store.clock() - at > 0.1 * 2**3 * 0.7, "the fourth pause is eight times the first"
        assert state(cluster, CLIENT) is State.UNLIMITED
        server.faults.agent(NODE, None)
        server.world.store.update(PODS, server.world.store[PODS].get("default", "netperf-server").body())
        await in_sync(cluster)

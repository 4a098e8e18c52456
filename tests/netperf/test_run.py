"""Samples on the demo cluster: progress, figures, and everything that can go wrong on the way."""

import asyncio
import contextlib

import msgspec
import pytest

from bwtop.demo.kinds import PODS
from bwtop.demo.process import Process
from bwtop.kube.errors import KubeError
from bwtop.model.netperf import NetperfTest
from bwtop.netperf.ends import Candidate, find_end, propose_client
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.plan import Settings
from bwtop.netperf.run import Running, Sampled, run_samples
from netperf.laboratory import CLIENT_NODE, SERVER_NODE, Laboratory


async def test_progress_comes_before_each_sample_ends(laboratory: Laboratory) -> None:
    progress = await laboratory.run(await laboratory.plan(Settings(seconds=10, samples=2)))
    samples = [each for each in progress if isinstance(each, Sampled)]
    assert [each.sample for each in samples] == [1, 2]
    assert all(9.8e6 < (each.measurement.received or 0) < 10e6 for each in samples)
    running = [each.share for each in progress if isinstance(each, Running)]
    assert running == sorted(running)
    assert running[0] < running[-1] <= 1


@pytest.mark.parametrize("test", list(NetperfTest))
async def test_every_test_gives_a_figure(test: NetperfTest, laboratory: Laboratory) -> None:
    if test.sender and test is not NetperfTest.TCP_MAERTS:
        laboratory.world.netservers.add(("default", "netperf-client"))
    progress = await laboratory.run(await laboratory.plan(Settings(test=test, seconds=2)))
    measured = next(each.measurement for each in progress if isinstance(each, Sampled))
    assert measured.transactions if test is NetperfTest.TCP_RR else measured.received


async def hang(process: Process, command: object) -> int:
    await asyncio.Event().wait()
    return 0


async def failure(laboratory: Laboratory, settings: Settings | None = None, **ends: str) -> NetperfError:
    with pytest.raises(NetperfError) as raised:
        await laboratory.run(await laboratory.plan(settings or Settings(seconds=2), **ends))
    return raised.value


async def test_no_netserver(laboratory: Laboratory) -> None:
    error = await failure(laboratory, server="netperf-client", client="netperf-server")
    assert error.failure is Failure.NO_NETSERVER
    assert "12865" in error.cause
    assert error.hint


async def test_no_netperf_in_the_client(laboratory: Laboratory) -> None:
    plan = await laboratory.plan(Settings(seconds=2))
    away = await find_end(laboratory.api, "shop", "postgres-0")
    with pytest.raises(NetperfError) as raised:
        await laboratory.run(msgspec.structs.replace(plan, client=away))
    assert raised.value.failure is Failure.NO_NETPERF


async def test_no_pod_of_that_name(laboratory: Laboratory) -> None:
    with pytest.raises(NetperfError, match="no pod nosuch in namespace default: list them: kubectl"):
        await find_end(laboratory.api, "default", "nosuch")


async def test_no_address_of_the_wanted_family(laboratory: Laboratory) -> None:
    assert "no IPv6 address" in (await failure(laboratory, Settings(seconds=2, family=6))).cause


@pytest.mark.parametrize("settings", [Settings(seconds=0), Settings(samples=0), Settings(streams=1000)])
async def test_settings_that_make_no_sense(settings: Settings, laboratory: Laboratory) -> None:
    assert "must be between 1 and" in (await failure(laboratory, settings)).cause


async def test_a_pod_that_is_deleted_meanwhile_is_told(laboratory: Laboratory) -> None:
    plan = await laboratory.plan(Settings(seconds=10, samples=2))

    async def run() -> None:
        async with contextlib.aclosing(run_samples(laboratory.api, plan)) as progress:
            async for each in progress:
                if isinstance(each, Sampled):
                    await laboratory.api.send("DELETE", "/api/v1/namespaces/default/pods/netperf-client")

    with pytest.raises(NetperfError) as raised:
        await run()
    assert raised.value.failure is Failure.ENDS
    assert "netperf-client" in raised.value.cause


async def test_a_pod_that_was_replaced_is_another_pod(laboratory: Laboratory) -> None:
    plan = await laboratory.plan(Settings(seconds=2))
    plan = msgspec.structs.replace(plan, server=msgspec.structs.replace(plan.server, uid="before"))
    with pytest.raises(NetperfError, match="replaced by another of the same name"):
        await laboratory.run(plan)


@pytest.mark.parametrize("pod", ["netperf-server", "netperf-client"])
async def test_a_pod_that_is_deleted_in_the_middle_of_a_sample_ends_it_at_once(
    pod: str, laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwtop.demo.exec.run", hang)  # as a netperf does whose peer is gone
    plan = await laboratory.plan(Settings(seconds=600))

    async def run() -> None:
        async with contextlib.aclosing(run_samples(laboratory.api, plan)) as progress:
            async for each in progress:
                if isinstance(each, Running) and laboratory.world.store[PODS].find("default", pod) is not None:
                    laboratory.world.store.delete(PODS, "default", pod)

    with pytest.raises(NetperfError, match=f"pod default/{pod} was deleted during the test") as raised:
        await run()
    assert raised.value.hint


async def test_a_pod_that_is_being_deleted_ends_the_test_before_it_is_gone(laboratory: Laboratory) -> None:
    plan = await laboratory.plan(Settings(seconds=600))
    body = laboratory.world.store[PODS].get("default", "netperf-server").body()
    body["metadata"]["deletionTimestamp"] = "2026-01-18T10:00:00Z"

    async def run() -> None:
        async with contextlib.aclosing(run_samples(laboratory.api, plan)) as progress:
            async for each in progress:
                if isinstance(each, Running):
                    laboratory.world.store.update(PODS, body)

    with pytest.raises(NetperfError, match="netperf-server was lost during the test: it is being deleted"):
        await run()


async def test_a_pod_that_comes_back_on_the_node_of_the_other_is_told(laboratory: Laboratory) -> None:
    plan = await laboratory.plan(Settings(seconds=2))
    path = "/api/v1/namespaces/default/pods"
    old = msgspec.json.decode(await laboratory.api.get(f"{path}/netperf-client"))
    laboratory.world.store.delete(PODS, "default", "netperf-client")
    spec = {"nodeName": SERVER_NODE, "containers": old["spec"]["containers"]}
    new = {"metadata": {"name": "netperf-client"}, "spec": spec}
    await laboratory.api.send("POST", path, msgspec.json.encode(new))
    with pytest.raises(NetperfError, match=f"was replaced .* both pods are on {SERVER_NODE} by now") as raised:
        await laboratory.run(plan)
    assert "choose a client on another node" in raised.value.hint


async def test_a_lost_connection_is_told(laboratory: Laboratory) -> None:
    plan = await laboratory.plan(Settings(seconds=600))

    async def run() -> None:
        async with contextlib.aclosing(run_samples(laboratory.api, plan)) as progress:
            async for each in progress:
                if isinstance(each, Running):
                    await laboratory.server.stop()

    with pytest.raises((NetperfError, KubeError)):
        await run()


@pytest.mark.parametrize("words", ["THROUGHPUT=9.5", ""])
async def test_output_that_breaks_off(words: str, laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cut(process: Process, command: object) -> int:
        await process.out(words)
        return 0

    monkeypatch.setattr("bwtop.demo.exec.run", cut)
    assert (await failure(laboratory)).failure is Failure.TRUNCATED


async def test_a_netperf_that_never_ends(laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bwtop.demo.exec.run", hang)
    monkeypatch.setattr("bwtop.netperf.run.GRACE_SECONDS", -1)
    monkeypatch.setattr("bwtop.netperf.run._LATE_SECONDS", 0.0)
    monkeypatch.setattr("bwtop.netperf.run._FAREWELL_SECONDS", 0.1)
    assert (await failure(laboratory, Settings(seconds=1))).failure is Failure.TIMED_OUT


def candidates() -> list[Candidate]:
    return [
        Candidate(namespace="default", pod="netperf-server", node=SERVER_NODE, labels=()),
        Candidate(namespace="default", pod="web-0", node=CLIENT_NODE, labels=("app=web",)),
        Candidate(namespace="other", pod="netperf-client", node=CLIENT_NODE, labels=()),
        Candidate(namespace="default", pod="perf", node=CLIENT_NODE, labels=("app=netperf-client",)),
        Candidate(namespace="default", pod="netperf-near", node=SERVER_NODE, labels=()),
        Candidate(namespace="default", pod="netperf-host", node=CLIENT_NODE, labels=(), host_network=True),
    ]


async def test_a_client_is_proposed_on_another_node_and_in_the_same_namespace(laboratory: Laboratory) -> None:
    server, _ = await laboratory.ends()
    proposal = propose_client(server, candidates())
    assert proposal.candidate is not None
    assert proposal.candidate.pod == "perf"
    assert CLIENT_NODE in proposal.reason


async def test_without_a_netperf_pod_elsewhere_one_is_to_be_made(laboratory: Laboratory) -> None:
    server, _ = await laboratory.ends()
    proposal = propose_client(server, [each for each in candidates() if each.pod in ("netperf-near", "web-0")])
    assert proposal.candidate is None
    assert "none of 1 netperf pods is on another node" in proposal.reason

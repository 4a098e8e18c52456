"""Pods for a test: made, waited for, removed on every way out; what is refused or does not come up is told."""

import asyncio
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bwtop.demo.kinds import PODS
from bwtop.kube.errors import KubeError
from bwtop.model.netperf import Sender
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.ledger import Ledger
from bwtop.netperf.makers import add_netserver, made_pods
from bwtop.netperf.manifests import DEFAULT_IMAGE, Manifest, pod_for_test
from bwtop.netperf.plan import Settings
from bwtop.netperf.run import Sampled
from bwtop.netperf.sweep import clean_up, sweep_ledger
from netperf.laboratory import CLIENT_NODE, SERVER_NODE, Laboratory


def client(**more: Any) -> Manifest:
    chosen: dict[str, Any] = {"image": DEFAULT_IMAGE, "deadline": 120, "not_node": SERVER_NODE, **more}
    return pod_for_test(Sender.CLIENT, run="abcde", namespace="default", **chosen)


def pair(limit: str = "10M") -> list[Manifest]:
    chosen: dict[str, Any] = {"run": "abcde", "namespace": "default", "image": DEFAULT_IMAGE, "deadline": 120}
    return [
        pod_for_test(Sender.SERVER, limit=limit, **chosen),
        pod_for_test(Sender.CLIENT, **chosen),
    ]


async def made(laboratory: Laboratory, *manifests: Manifest) -> NetperfError:
    with pytest.raises(NetperfError) as raised:
        async with made_pods(laboratory.api, manifests, ledger=laboratory.ledger, tell=lambda words: None):
            pass
    assert not laboratory.pods(), "nothing is left"
    return raised.value


async def test_a_client_runs_on_another_node_and_is_gone_afterwards(laboratory: Laboratory) -> None:
    said: list[str] = []
    async with made_pods(laboratory.api, [client()], ledger=laboratory.ledger, tell=said.append) as (end,):
        assert end.node == CLIENT_NODE
        assert end.made
        assert laboratory.pods() == {"bwtop-netperf-client-abcde"}
    assert not laboratory.pods()
    *waits, last = said
    assert waits, "what is waited for is told"
    assert last == "removing bwtop-netperf-client-abcde"


async def test_a_pod_that_cannot_be_removed_is_told_and_stays_in_the_ledger(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object) -> bool:
        raise KubeError("the API server does not answer")

    monkeypatch.setattr("bwtop.netperf.makers.remove_pod", refused)
    monkeypatch.setattr("bwtop.netperf.makers._REMOVALS", 1)
    said: list[str] = []
    async with made_pods(laboratory.api, [client()], ledger=laboratory.ledger, tell=said.append):
        pass
    assert said[-1].startswith("bwtop-netperf-client-abcde is NOT removed")
    assert [entry.pod for entry in laboratory.ledger.entries(laboratory.api.connection.server)] == [
        "bwtop-netperf-client-abcde"
    ]


async def test_a_client_can_be_put_on_a_node(laboratory: Laboratory) -> None:
    manifest = client(not_node=None, node=SERVER_NODE)
    async with made_pods(laboratory.api, [manifest], ledger=laboratory.ledger, tell=lambda words: None) as (end,):
        assert end.node == SERVER_NODE


async def test_a_pair_lands_on_two_nodes_and_measures_its_limit(laboratory: Laboratory) -> None:
    async with made_pods(laboratory.api, pair(), ledger=laboratory.ledger, tell=lambda words: None) as (one, other):
        assert one.node != other.node
        laboratory.clock.forward(3)  # until the agent has applied the annotation
        plan = await laboratory.plan(Settings(seconds=10), server=one.pod, client=other.pod)
        progress = await laboratory.run(plan)
    samples = [each.measurement.received or 0 for each in progress if isinstance(each, Sampled)]
    assert 9e6 < samples[0] < 11e6
    assert not laboratory.pods()


async def test_pods_are_removed_when_the_test_fails(laboratory: Laboratory) -> None:
    with pytest.raises(ZeroDivisionError):
        async with made_pods(laboratory.api, pair(), ledger=laboratory.ledger, tell=lambda words: None):
            raise ZeroDivisionError
    assert not laboratory.pods()


async def test_pods_are_removed_when_the_test_is_stopped(laboratory: Laboratory) -> None:
    ready = asyncio.Event()

    async def test() -> None:
        async with made_pods(laboratory.api, pair(), ledger=laboratory.ledger, tell=lambda words: None):
            ready.set()
            await asyncio.Event().wait()

    running = asyncio.create_task(test())
    await ready.wait()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert not laboratory.pods()


async def test_pods_are_removed_when_it_is_stopped_while_they_come_up(laboratory: Laboratory) -> None:
    told = asyncio.Event()

    async def test() -> None:
        async with made_pods(laboratory.api, pair(), ledger=laboratory.ledger, tell=lambda words: told.set()):
            await asyncio.Event().wait()

    running = asyncio.create_task(test())
    await told.wait()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert not laboratory.pods()


async def test_an_image_that_cannot_be_pulled_is_told(laboratory: Laboratory) -> None:
    error = await made(laboratory, client(image="registry.invalid/netperf"))
    assert error.failure is Failure.PODS
    assert 'ImagePullBackOff: Back-off pulling image "registry.invalid/netperf"' in error.cause
    assert "describe pod" in error.hint


async def test_a_pod_without_a_place_shows_the_schedulers_message(laboratory: Laboratory) -> None:
    error = await made(laboratory, client(not_node=None, node="no-such-node"))
    assert "not scheduled: 0/2 nodes are available" in error.cause


async def test_what_the_api_server_refuses_is_told(laboratory: Laboratory) -> None:
    laboratory.server.access.deny(verbs=["create"], resources=["pods"])
    error = await made(laboratory, client())
    assert "refused" in error.cause
    assert "--from" in error.hint


async def test_a_namespace_that_is_not_there(laboratory: Laboratory) -> None:
    manifest = client()
    manifest["metadata"]["namespace"] = "nosuch"
    assert 'namespaces "nosuch" not found' in (await made(laboratory, manifest)).cause


async def test_a_netserver_is_added_to_a_running_pod_and_serves(laboratory: Laboratory) -> None:
    server, _ = await laboratory.ends("netperf-client")
    await add_netserver(laboratory.api, server, image=DEFAULT_IMAGE, deadline=60, tell=lambda words: None)
    plan = await laboratory.plan(Settings(seconds=2), server="netperf-client", client="netperf-server")
    assert any(isinstance(each, Sampled) for each in await laboratory.run(plan))


async def test_what_was_not_removed_is_swept_at_the_next_start(laboratory: Laboratory) -> None:
    """A bwtop that is killed leaves its pods, and a line for each in the ledger."""
    await laboratory.api.send("POST", "/api/v1/namespaces/default/pods", msgspec.json.encode(client()))
    dead = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await dead.wait()
    laboratory.ledger.add(
        server=laboratory.api.connection.server, namespace="default", pod="bwtop-netperf-client-abcde"
    )
    (path,) = laboratory.ledger.folder.glob("*.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"process": dead.pid}))
    swept = await sweep_ledger(laboratory.api, laboratory.ledger)
    assert swept.removed == ["default/bwtop-netperf-client-abcde"]
    assert not laboratory.pods()
    assert not laboratory.ledger.entries(laboratory.api.connection.server)


async def test_a_test_under_way_is_never_swept(laboratory: Laboratory) -> None:
    async with made_pods(laboratory.api, [client()], ledger=laboratory.ledger, tell=lambda words: None):
        assert not (await sweep_ledger(laboratory.api, laboratory.ledger)).removed
        swept = await clean_up(laboratory.api, laboratory.ledger, namespace=None)
        assert not swept.removed
        assert swept.kept == ["default/bwtop-netperf-client-abcde: a test on this machine uses it"]


async def test_a_process_id_that_is_used_again_is_another_process(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(server="https://one", namespace="default", pod="mine")
    (entry,) = ledger.entries("https://one")
    assert not entry.abandoned
    assert msgspec.structs.replace(entry, started=entry.started + 1).abandoned
    assert not ledger.entries("https://two")


def _phase(laboratory: Laboratory, pod: str) -> str:
    phase: str = laboratory.world.store[PODS].get("default", pod).body()["status"]["phase"]
    return phase


async def test_cleaning_up_leaves_the_tests_of_others_until_their_deadline(laboratory: Laboratory) -> None:
    """Pods that no ledger here knows: another machine's."""
    for name, deadline in (("running", 3600), ("forgotten", 1)):
        manifest = client(deadline=deadline)
        manifest["metadata"]["name"] = f"bwtop-netperf-client-{name}"
        await laboratory.api.send("POST", "/api/v1/namespaces/default/pods", msgspec.json.encode(manifest))
    async with asyncio.timeout(20):
        while _phase(laboratory, "bwtop-netperf-client-forgotten") != "Failed":
            await laboratory.api.get("/version")
            await asyncio.sleep(0.02)
    swept = await clean_up(laboratory.api, laboratory.ledger, namespace=None)
    assert swept.removed == ["default/bwtop-netperf-client-forgotten"]
    assert len(swept.kept) == 1
    assert "a test from elsewhere may use it" in swept.kept[0]


async def test_without_a_place_for_the_ledger_nothing_is_made(laboratory: Laboratory, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        async with made_pods(laboratory.api, [client()], ledger=Ledger(tmp_path / "file"), tell=lambda words: None):
            pass
    assert not laboratory.pods()

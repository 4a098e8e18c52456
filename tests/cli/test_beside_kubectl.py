"""The commands of the article, run by hand with kubectl, and bwtop agree on one cluster."""

import asyncio
import json
import shutil
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from cli.conftest import Bwtop, Demo

needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
SERVER_NODE = "ip-192-168-29-49.ec2.internal"


async def run(*words: str, environment: dict[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(*words, stdout=PIPE, stderr=PIPE, env=environment)
    async with asyncio.timeout(20):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


def items(text: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(text)["items"]
    return found


def only_mine(path: Path) -> bool:
    return path.stat().st_mode & 0o777 == 0o600


def gone(path: Path) -> bool:
    return not path.exists()


@needs_kubectl
def test_kubectl_get_ciliumnode_and_bwtop_agree(get: Bwtop, environment: dict[str, str]) -> None:
    out = asyncio.run(run("kubectl", "get", "ciliumnode", environment=environment))
    by_hand = {tuple(line.split()[:3]) for line in out.splitlines()[1:]}
    ours = {(i["node"], i["ciliumInternalIp"], i["internalIp"]) for i in items(get("nodes", "-o", "json").out)}
    assert ours == by_hand


@needs_kubectl
def test_kubectl_get_ciliumendpoint_and_bwtop_agree(get: Bwtop, environment: dict[str, str]) -> None:
    out = asyncio.run(run("kubectl", "get", "ciliumendpoint", "-A", environment=environment))
    by_hand = {
        (words[0], words[1], int(words[2]), int(words[3]), words[-1]) for words in map(str.split, out.splitlines()[1:])
    }
    ours = {
        (i["namespace"], i["name"], i["endpointId"], i["identityId"], i["ipv4"])
        for i in items(get("endpoints", "-A", "-o", "json").out)
    }
    assert ours == by_hand


@needs_kubectl
def test_cilium_bpf_bandwidth_list_and_bwtop_agree(get: Bwtop, environment: dict[str, str]) -> None:
    async def by_hand() -> str:
        selector = ("-l", "k8s-app=cilium", f"--field-selector=spec.nodeName={SERVER_NODE}")
        agent = await run("kubectl", "-n", "kube-system", "get", "pods", *selector, "-oname", environment=environment)
        command = (
            "exec",
            agent.strip(),
            "-c",
            "cilium-agent",
            "--",
            "cilium",
            "bpf",
            "bandwidth",
            "list",
            "-o",
            "json",
        )
        return await run("kubectl", "-n", "kube-system", *command, environment=environment)

    listed = json.loads(asyncio.run(by_hand()))
    bits = {int(number): int(str(value[0]).split()[0]) * 8 for number, value in listed.items()}
    found = items(get("limits", "-o", "json").out)
    assert {i["endpointId"]: i["bitsPerSecond"] for i in found if i["node"] == SERVER_NODE} == bits
    assert bits[124] == 10_000_000


async def test_a_served_demo_cluster_is_usable_from_outside_and_ends_cleanly(environment: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bwtop", "demo", "serve", stdout=PIPE, stderr=PIPE, env=environment
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            path = Path((await process.stdout.readline()).decode().strip())
        assert only_mine(path)
        if shutil.which("kubectl"):
            out = await run("kubectl", "--kubeconfig", str(path), "get", "cep", "-A", environment=environment)
            assert "netperf-server" in out
        out = await run(
            sys.executable, "-m", "bwtop", "--kubeconfig", str(path), "get", "limits", "-o", "csv",
            environment=environment,
        )  # fmt: skip
        assert f"{SERVER_NODE},124,egress,10000000" in out
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            _, err = await process.communicate()
        assert process.returncode == 0
        assert b"Traceback" not in err
        assert gone(path)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_watch_prints_the_row_whose_annotation_changed(demo: Demo, environment: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bwtop", "get", "pods", "netperf-client", "--watch", "-o", "json",
        stdout=PIPE, stderr=PIPE, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            first = json.loads(await process.stdout.readline())
            assert first["asked"] is None
            demo.call(demo.server.world.annotate, "default", "netperf-client", "30M")
            async for line in process.stdout:
                row = json.loads(line)
                if row["state"] == "InSync":
                    break
        assert row["asked"] == {"annotation": "30M", "bitsPerSecond": 30_000_000}
        assert row["programmed"]["bitsPerSecond"] == 30_000_000
    finally:
        process.kill()
        await process.communicate()
        demo.call(demo.server.world.annotate, "default", "netperf-client", None)


def test_the_demo_clusters_are_listed(bwtop: Bwtop) -> None:
    assert set(bwtop("demo", "list").lines) == {"eks-chaining", "incident", "large"}


def test_info_tells_the_versions(bwtop: Bwtop) -> None:
    found = bwtop("info")
    assert found.status == 0
    assert {"bwtop", "python", "textual", "aiohttp"} <= {line.split()[0] for line in found.lines}

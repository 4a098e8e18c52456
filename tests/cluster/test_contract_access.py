"""Errors, rights and exec: the demo cluster and a real kube-apiserver answer bwtop's client alike."""

import asyncio
import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from bwtop.kube.errors import ApiError, ExecError
from bwtop.kube.exec import ExecResult, open_exec, run_exec
from cluster.contract import PODS, ContractServer

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
TIMEOUT = 15.0


# -- errors -------------------------------------------------------------------------------------------------------
async def test_what_is_not_there_is_404_with_its_name(server: ContractServer) -> None:
    with pytest.raises(ApiError) as refused:
        await server.api().get(f"{PODS}/nope")
    assert (refused.value.code, refused.value.reason) == (404, "NotFound")
    assert refused.value.message == 'pods "nope" not found'


async def test_a_kind_that_is_not_there_is_404(server: ContractServer) -> None:
    with pytest.raises(ApiError) as refused:
        await server.api().get("/apis/example.com/v1/things")
    assert refused.value.code == 404


async def test_who_may_not_is_told_403_and_what_is_missing(server: ContractServer) -> None:
    with pytest.raises(ApiError) as refused:
        await server.api(as_user="nobody").get(PODS)
    assert (refused.value.code, refused.value.reason) == (403, "Forbidden")
    assert refused.value.message.startswith('pods is forbidden: User "nobody" cannot list resource "pods"')


async def test_a_wrong_token_is_401(server: ContractServer) -> None:
    with pytest.raises(ApiError) as refused:
        await server.api(stranger=True).get(PODS)
    assert (refused.value.code, refused.value.reason) == (401, "Unauthorized")


@pytest.mark.parametrize(("user", "allowed"), [("", True), ("nobody", False)])
@pytest.mark.parametrize("verb", ["create", "get"])
async def test_an_access_review_says_what_the_user_may(
    server: ContractServer, user: str, allowed: bool, verb: str
) -> None:
    attributes = {"verb": verb, "resource": "pods", "subresource": "exec", "namespace": "kube-system"}
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes}}  # fmt: skip
    answer = json.loads(await server.api(as_user=user).send("POST", REVIEWS, json.dumps(body).encode()))
    assert answer["status"].get("allowed", False) is allowed


# -- exec ---------------------------------------------------------------------------------------------------------
async def agent_of(server: ContractServer) -> str:
    """Name of the agent's pod beside netperf-server."""
    api = server.api()
    node = json.loads(await api.get(f"{PODS}/netperf-server"))["spec"]["nodeName"]
    selection = [("labelSelector", "k8s-app=cilium"), ("fieldSelector", f"spec.nodeName={node}")]
    found: dict[str, Any] = json.loads(await api.get("/api/v1/namespaces/kube-system/pods", selection))
    name: str = found["items"][0]["metadata"]["name"]
    return name


async def execute(server: ContractServer, *command: str, container: str = "cilium-agent") -> ExecResult:
    return await run_exec(
        server.api(), namespace="kube-system", pod=await agent_of(server), container=container, command=command,
        timeout=TIMEOUT,
    )  # fmt: skip


@pytest.mark.parametrize("status", [0, 1, 7, 124])
async def test_the_exit_status_of_a_command_arrives(server: ContractServer, status: int) -> None:
    assert (await execute(server, "sh", "-c", f"exit {status}")).exit_status == status


async def test_standard_error_is_kept_apart_from_standard_output(server: ContractServer) -> None:
    result = await execute(server, "sh", "-c", "echo out; cat /none")
    assert result.stdout == "out\n"
    assert result.stderr == "cat: /none: No such file or directory\n"
    assert result.exit_status == 1


async def test_the_agent_tells_its_bandwidth_map(server: ContractServer) -> None:
    result = await execute(server, "cilium", "bpf", "bandwidth", "list", "-o", "json")
    assert result.exit_status == 0
    assert any(key.split(",")[0] == "124" for key in json.loads(result.stdout))


async def test_output_comes_while_the_command_runs(server: ContractServer) -> None:
    command = ("sh", "-c", "echo first; sleep 0.5; echo last")
    stream = open_exec(
        server.api(), namespace="kube-system", pod=await agent_of(server), container="cilium-agent", command=command
    )
    async with stream:
        pieces = [data async for _, data in stream]
    assert pieces == [b"first\n", b"last\n"]
    assert stream.exit_status == 0


async def test_a_command_that_the_container_lacks_is_an_error_that_names_it(server: ContractServer) -> None:
    with pytest.raises(ExecError, match="no-such-program"):
        await execute(server, "no-such-program")


async def test_a_container_that_the_pod_lacks_is_400(server: ContractServer) -> None:
    with pytest.raises(ApiError) as refused:
        await execute(server, "true", container="nope")
    assert (refused.value.code, refused.value.reason) == (400, "BadRequest")
    assert "container nope is not valid for pod" in refused.value.message


async def test_a_pod_that_is_not_there_is_404_for_exec_too(server: ContractServer) -> None:
    with pytest.raises(ApiError) as refused:
        await run_exec(
            server.api(), namespace="default", pod="nope", container="app", command=["true"], timeout=TIMEOUT
        )
    assert refused.value.code == 404


async def test_who_may_not_exec_is_told_403(server: ContractServer) -> None:
    with pytest.raises(ApiError) as refused:
        await run_exec(
            server.api(as_user="nobody"), namespace="kube-system", pod=await agent_of(server),
            container="cilium-agent", command=["true"], timeout=TIMEOUT,
        )  # fmt: skip
    assert (refused.value.code, refused.value.reason) == (403, "Forbidden")


# -- kubectl ------------------------------------------------------------------------------------------------------
@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not on the PATH")
class TestKubectl:
    async def test_prints_pods_as_a_table(self, server: ContractServer) -> None:
        head, row = await kubectl(server, "get", "pods", "-n", "default", "netperf-server")
        assert head == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
        assert row[:4] == ["netperf-server", "1/1", "Running", "0"]

    async def test_prints_endpoints_with_the_columns_of_their_definition(self, server: ContractServer) -> None:
        head, row = await kubectl(server, "get", "ciliumendpoints", "-n", "default", "netperf-server")
        assert head[0] == "NAME"
        assert "IPV4" in head
        assert "ready" in row

    async def test_executes_with_the_exit_status_of_the_command(self, server: ContractServer) -> None:
        pod = await agent_of(server)
        command = ["exec", "-n", "kube-system", pod, "-c", "cilium-agent", "--", "sh", "-c", "exit 7"]
        done = await kubectl_process(server, *command)
        assert done.returncode == 7, done.stderr

    async def test_changes_the_annotation(self, server: ContractServer) -> None:
        words = ["annotate", "--overwrite", "-n", "default", "pod/netperf-server", "kubernetes.io/egress-bandwidth=10M"]
        done = await kubectl_process(server, *words)
        assert done.returncode == 0, done.stderr


async def kubectl(server: ContractServer, *words: str) -> tuple[list[str], list[str]]:
    """Head and first row of what it prints."""
    done = await kubectl_process(server, *words)
    assert done.returncode == 0, done.stderr
    head, row = done.stdout.splitlines()[:2]
    return _cells(head), row.split()


def _cells(head: str) -> list[str]:
    """Columns are two spaces apart, at least; their names have single ones."""
    return re.split(r" {2,}", head.strip())


async def kubectl_process(server: ContractServer, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["kubectl", "--kubeconfig", str(server.kubeconfig), *words]
    return await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )

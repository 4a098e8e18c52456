"""Real kubectl against the demo server."""

import asyncio
import json
import os
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import yaml

from bwtop.demo.kinds import PODS
from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import World, load_world
from demo.clocks import FastClock

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
NODE = "ip-192-168-29-49.ec2.internal"
Kubectl = Callable[..., Awaitable[tuple[int, str, str]]]


def environment(server: DemoServer, folder: Path) -> dict[str, str]:
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(server.kubeconfig())
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "KUBECONFIG": str(path)}


def kubectl_of(server: DemoServer, folder: Path) -> Kubectl:
    settings = environment(server, folder)

    async def kubectl(*words: str, stdin: str = "") -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            "kubectl", *words, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=settings
        )
        async with asyncio.timeout(20):
            out, err = await process.communicate(stdin.encode())
        return process.returncode or 0, out.decode(), err.decode()

    return kubectl


@pytest.fixture
def kubectl(server: DemoServer, tmp_path: Path) -> Kubectl:
    return kubectl_of(server, tmp_path)


@pytest.fixture
async def agent(kubectl: Kubectl) -> str:
    """The agent of netperf-server's node."""
    _, name, _ = await kubectl(
        "-n", "kube-system", "get", "pods", "-l", "k8s-app=cilium", f"--field-selector=spec.nodeName={NODE}", "-oname"
    )
    return name.strip()


async def test_get_prints_nodes_pods_and_ciliums_objects_as_a_real_cluster(kubectl: Kubectl) -> None:
    status, out, err = await kubectl("get", "nodes,pods,cn,cep", "-A")
    assert (status, err) == (0, "")
    nodes, pods, cilium_nodes, endpoints = [block.splitlines() for block in out.strip().split("\n\n")]
    assert nodes[0].split() == ["NAME", "STATUS", "ROLES", "AGE", "VERSION"]
    assert nodes[1].split() == [f"node/{NODE}", "Ready", "<none>", "13d", "v1.26.15-eks-1f8d2a3"]
    assert pods[0].split() == ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert ["default", "pod/netperf-server", "1/1", "Running", "0", "6h12m"] in [line.split() for line in pods]
    assert cilium_nodes[0].split() == ["NAMESPACE", "NAME", "CILIUMINTERNALIP", "INTERNALIP", "AGE"]
    assert cilium_nodes[1].split() == [f"ciliumnode.cilium.io/{NODE}", "10.0.1.134", "192.168.29.49", "13d"]
    assert " ".join(endpoints[0].split()) == (
        "NAMESPACE NAME ENDPOINT ID IDENTITY ID INGRESS ENFORCEMENT EGRESS ENFORCEMENT VISIBILITY POLICY "
        "ENDPOINT STATE IPV4 IPV6"
    )
    server = next(line for line in endpoints if "/netperf-server" in line)
    assert " ".join(server.split()) == (
        "default ciliumendpoint.cilium.io/netperf-server 124 11371 <status disabled> <status disabled> "
        "<status disabled> ready 192.168.62.98"
    )


async def test_get_yaml_has_what_cilium_writes(kubectl: Kubectl) -> None:
    _, out, _ = await kubectl("get", "cep", "-o", "yaml")
    found = {item["metadata"]["name"]: item for item in yaml.safe_load(out)["items"]}
    endpoint = found["netperf-server"]
    assert (endpoint["apiVersion"], endpoint["kind"]) == ("cilium.io/v2", "CiliumEndpoint")
    assert endpoint["status"]["id"] == 124
    assert "k8s:app.kubernetes.io/name=netperf-server" in endpoint["status"]["identity"]["labels"]


async def test_owners_and_config_can_be_listed(kubectl: Kubectl) -> None:
    status, out, _ = await kubectl("get", "deploy,ds,sts,rs,cm,ns,ciliumid", "-A", "-o", "name")
    assert status == 0
    assert {"daemonset.apps/cilium", "configmap/cilium-config", "ciliumidentity.cilium.io/11371"} <= set(out.split())


async def test_discovery_and_version_are_understood(kubectl: Kubectl) -> None:
    _, out, _ = await kubectl("api-resources", "--no-headers")
    short = {line.split()[0]: line.split()[1] for line in out.splitlines() if len(line.split()) == 5}
    assert short["ciliumendpoints"] == "cep,ciliumep"
    _, out, _ = await kubectl("version", "-o", "json")
    assert json.loads(out)["serverVersion"]["gitVersion"] == "v1.26.15-eks-1f8d2a3"


@pytest.fixture
async def watching(server: DemoServer, tmp_path: Path) -> AsyncIterator[asyncio.StreamReader]:
    """Lines of `kubectl get pods -w`."""
    process = await asyncio.create_subprocess_exec(
        "kubectl", "get", "pods", "-w", "--output-watch-events", stdout=PIPE, env=environment(server, tmp_path)
    )
    assert process.stdout
    yield process.stdout
    process.terminate()
    await process.communicate()


async def test_a_watch_shows_changes_as_they_come(watching: asyncio.StreamReader, world: World) -> None:
    async def line() -> list[str]:
        async with asyncio.timeout(20):
            return (await watching.readline()).decode().split()

    assert [(await line())[:2] for _ in range(3)] == [
        ["EVENT", "NAME"],
        ["ADDED", "netperf-client"],
        ["ADDED", "netperf-server"],
    ]
    world.annotate("default", "netperf-server", "20M")
    assert (await line())[:4] == ["MODIFIED", "netperf-server", "1/1", "Running"]
    world.store.delete(PODS, "default", "netperf-server")
    assert (await line())[:2] == ["DELETED", "netperf-server"]


async def test_annotate_is_in_the_map_within_three_seconds(kubectl: Kubectl, agent: str, clock: FastClock) -> None:
    words = ("annotate", "pod", "netperf-server", "kubernetes.io/egress-bandwidth=50M", "--overwrite")
    status, out, err = await kubectl(*words)
    assert (status, out, err) == (0, "pod/netperf-server annotated\n", "")
    clock.forward(3)
    _, out, _ = await kubectl("-n", "kube-system", "exec", agent, "-c", "cilium-agent", "--", "cilium", "bpf",
                              "bandwidth", "list")  # fmt: skip
    assert ["124", "50M"] in [line.split() for line in out.splitlines()]


async def test_annotate_with_dry_run_changes_nothing(kubectl: Kubectl) -> None:
    status, out, _ = await kubectl(
        "annotate", "pod", "netperf-server", "kubernetes.io/egress-bandwidth=50M", "--overwrite", "--dry-run=server"
    )
    assert (status, out) == (0, "pod/netperf-server annotated (server dry run)\n")
    _, out, _ = await kubectl("get", "pod", "netperf-server", "-o", "jsonpath={.metadata.annotations}")
    assert json.loads(out) == {"kubernetes.io/egress-bandwidth": "10M"}


async def test_patch_says_what_the_real_server_says_to_a_failed_test(kubectl: Kubectl) -> None:
    pointer = "/metadata/annotations/kubernetes.io~1egress-bandwidth"
    patch = [{"op": "test", "path": pointer, "value": "1M"}, {"op": "replace", "path": pointer, "value": "20M"}]
    status, _, err = await kubectl("patch", "pod", "netperf-server", "--type=json", "-p", json.dumps(patch))
    assert status == 1
    assert "the server rejected our request due to an error in our request" in err


@pytest.mark.parametrize(
    ("controller", "said"),
    [("deployment/checkout", "successfully rolled out"), ("statefulset/postgres", "roll out complete")],
)
async def test_rollout_status_follows_a_new_template_to_its_end(kubectl: Kubectl, controller: str, said: str) -> None:
    annotations = {"kubernetes.io/egress-bandwidth": "33M"}
    patch = json.dumps({"spec": {"template": {"metadata": {"annotations": annotations}}}})
    assert (await kubectl("patch", "-n", "shop", controller, "-p", patch))[0] == 0
    code, out, err = await kubectl("rollout", "status", "-n", "shop", controller, "--timeout=60s")
    assert (code, err) == (0, "")
    assert said in out


async def test_exec_prints_the_bandwidth_list_as_text_and_as_json(kubectl: Kubectl, agent: str) -> None:
    command = ("-n", "kube-system", "exec", agent, "-c", "cilium-agent", "--", "cilium", "bpf", "bandwidth", "list")
    _, text, _ = await kubectl(*command)
    assert text.splitlines()[:2] == ["IDENTITY   EGRESS BANDWIDTH (BitsPerSec)", "124        10M"]
    _, out, _ = await kubectl(*command, "-o", "json")
    assert out.startswith('{\n  "124": [\n    "1250000"\n  ],\n')
    assert out.endswith("}\n\n")
    assert {int(key): int(value) * 8 for key, (value,) in json.loads(out).items()}[124] == 10_000_000


async def test_exec_passes_exit_codes_errors_and_input(kubectl: Kubectl, agent: str) -> None:
    status, _, err = await kubectl("exec", "netperf-client", "--", "sh", "-c", "exit 7")
    assert (status, err) == (7, "command terminated with exit code 7\n")
    status, out, _ = await kubectl("exec", "-i", "netperf-client", "--", "cat", stdin="hello")
    assert (status, out) == (0, "hello")
    status, _, err = await kubectl("-n", "kube-system", "exec", agent, "--", "cilium-dbg", "status")
    assert status == 1
    assert 'exec: "cilium-dbg": executable file not found in $PATH: unknown' in err


async def test_exec_into_an_agent_that_is_down_is_an_error(kubectl: Kubectl, agent: str, server: DemoServer) -> None:
    server.faults.agent(NODE, AgentFault.DOWN)
    status, _, err = await kubectl("-n", "kube-system", "exec", agent, "--", "cilium", "status")
    assert status == 1
    assert 'unable to upgrade connection: container not found ("cilium-agent")' in err


async def test_auth_can_i_answers(kubectl: Kubectl) -> None:
    assert (await kubectl("auth", "can-i", "create", "pods/exec", "-n", "kube-system"))[:2] == (0, "yes\n")
    status, out, _ = await kubectl("auth", "can-i", "patch", "pods", "--as", "demo-viewer")
    assert (status, out.startswith("no")) == (1, True)
    status, out, _ = await kubectl("auth", "can-i", "--list", "--as", "demo-viewer")
    assert status == 0
    assert "ciliumendpoints.*" in out


async def test_auth_whoami_answers(kubectl: Kubectl) -> None:
    assert (await kubectl("auth", "whoami", "-o=jsonpath={.status.userInfo.username}"))[:2] == (0, "demo-admin")
    status, out, _ = await kubectl("auth", "whoami", "--as", "demo-viewer")
    assert status == 0
    assert ["Username", "demo-viewer"] in [line.split() for line in out.splitlines()]


async def test_what_the_doctor_looks_at_is_there_for_kubectl_too(kubectl: Kubectl) -> None:
    words = ("-n", "kube-system", "get", "-oname")
    found = await kubectl(*words, "cm/cilium-config", "ds/cilium", "ds/aws-node", "deploy/cilium-operator")
    assert found == (
        0,
        "configmap/cilium-config\ndaemonset.apps/cilium\ndaemonset.apps/aws-node\ndeployment.apps/cilium-operator\n",
        "",
    )
    status, out, err = await kubectl("version", "-o", "json")
    assert (status, json.loads(out)["serverVersion"]["gitVersion"]) == (0, "v1.26.15-eks-1f8d2a3"), err


async def test_policies_and_node_configurations_are_listed(tmp_path: Path) -> None:
    async with DemoServer(load_world("incident", clock=FastClock())) as server:
        status, out, err = await kubectl_of(server, tmp_path)("get", "cnp,ccnp,ciliumnodeconfigs", "-A", "-oname")
    assert (status, err) == (0, "")
    assert out.split() == [
        "ciliumnetworkpolicy.cilium.io/ingest-api",
        "ciliumclusterwidenetworkpolicy.cilium.io/names-by-kube-dns",
        "ciliumnodeconfig.cilium.io/pilot",
    ]


async def test_errors_read_as_from_a_real_server(kubectl: Kubectl) -> None:
    status, _, err = await kubectl("get", "pod", "nope")
    assert (status, err) == (1, 'Error from server (NotFound): pods "nope" not found\n')
    _, _, err = await kubectl("delete", "pod", "netperf-client", "--as", "demo-viewer")
    assert err.startswith('Error from server (Forbidden): pods "netperf-client" is forbidden: User "demo-viewer"')


async def test_a_pod_can_be_run_and_deleted(kubectl: Kubectl) -> None:
    status, out, _ = await kubectl("run", "probe", "--image=cilium/netperf")
    assert (status, out) == (0, "pod/probe created\n")
    status, out, err = await kubectl("wait", "pod/probe", "--for=condition=Ready", "--timeout=60s")
    assert (status, out) == (0, "pod/probe condition met\n"), err
    status, out, _ = await kubectl("delete", "pod", "probe")
    assert (status, out) == (0, 'pod "probe" deleted\n')


async def test_a_page_size_does_not_show(kubectl: Kubectl) -> None:
    _, whole, _ = await kubectl("get", "pods", "-A", "-o", "name")
    _, paged, _ = await kubectl("get", "pods", "-A", "-o", "name", "--chunk-size=3")
    assert paged == whole


async def test_the_incident_shows_newer_columns(clock: FastClock, tmp_path: Path) -> None:
    async with DemoServer(load_world("incident", clock=clock)) as server:
        kubectl = kubectl_of(server, tmp_path)
        _, out, _ = await kubectl("get", "cep", "-n", "shop")
        assert " ".join(out.splitlines()[0].split()) == "NAME SECURITY IDENTITY ENDPOINT STATE IPV4 IPV6"
        _, out, _ = await kubectl("get", "pods", "-n", "kube-system", "-l", "k8s-app=cilium")
        assert "CrashLoopBackOff" in out

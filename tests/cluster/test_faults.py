"""Faults that a real API server and the kubelet's own library make: missing rights, an image without a shell."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.errors import ApiError
from bwtop.live.agent_exec import AgentExec
from bwtop.live.cluster import Cluster
from bwtop.live.found_pod import list_pods
from bwtop.live.readings import NodeReading
from bwtop.live.scope import agent_namespace, pod_namespace
from bwtop.model.limits import Direction
from bwtop.panels.status import alerts
from cluster.contract import NODE
from cluster.rest import Rest
from cluster.rig import Rig
from live.clusters import filling, until

pytestmark = pytest.mark.cluster

RBAC = "rbac.authorization.k8s.io"
Rule = dict[str, list[str]]
READ = ["get", "list", "watch"]
EVERYTHING: list[Rule] = [
    {"apiGroups": [""], "resources": ["pods", "nodes"], "verbs": READ},
    {"apiGroups": ["cilium.io"], "resources": ["ciliumendpoints", "ciliumnodes"], "verbs": READ},
]


@pytest.fixture
def rest(furnished: Rig) -> Iterator[Rest]:
    with furnished.rest() as opened:
        yield opened


def grant(rest: Rest, user: str, rules: list[Rule]) -> None:
    """A cluster role of the user's own; authorizers see it within a second."""
    head = {"apiVersion": f"{RBAC}/v1", "metadata": {"name": user}}
    rest.apply(f"/apis/{RBAC}/v1/clusterroles/{user}", {"kind": "ClusterRole", "rules": rules, **head})
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": user}
    subject = {"apiGroup": RBAC, "kind": "User", "name": user}
    rest.apply(
        f"/apis/{RBAC}/v1/clusterrolebindings/{user}",
        {"kind": "ClusterRoleBinding", "roleRef": reference, "subjects": [subject], **head},
    )


async def granted(rig: Rig, user: str) -> None:
    """Until the API server's authorizer has seen the last of the rules."""
    api = Api(await connect(ConfigRequest(kubeconfig=str(rig.kubeconfig), as_user=user)))
    try:
        async with asyncio.timeout(30):
            for path in ("/api/v1/pods", "/apis/cilium.io/v2/ciliumendpoints"):
                while True:
                    try:
                        await api.get(path, [("limit", "1")])
                        break
                    except ApiError:
                        await asyncio.sleep(0.1)
    finally:
        await api.close()


@asynccontextmanager
async def seen_by(rig: Rig, user: str) -> AsyncIterator[Cluster]:
    api = Api(await connect(ConfigRequest(kubeconfig=str(rig.kubeconfig), as_user=user)))
    namespace = await pod_namespace(api)
    cluster = Cluster(api, namespace=namespace, cilium_namespace=await agent_namespace(api) if namespace else None)
    try:
        async with filling(cluster):
            yield cluster
    finally:
        await api.close()


def told(cluster: Cluster) -> list[str]:
    return list(alerts(cluster.overview(), now=cluster.store.clock()))


async def test_real_rbac_without_exec_hides_the_limits_and_says_so(furnished: Rig, rest: Rest) -> None:
    grant(rest, "reads-only", EVERYTHING)
    await granted(furnished, "reads-only")
    async with seen_by(furnished, "reads-only") as cluster:
        await until(cluster, lambda: "limits hidden: no get on pods/exec in kube-system" in told(cluster), seconds=60)
        assert "default/netperf-server" in cluster.store.pods


async def test_real_rbac_without_any_right_tells_each(furnished: Rig) -> None:
    async with seen_by(furnished, "nobody-at-all") as cluster:
        await until(cluster, lambda: len(told(cluster)) == 5, seconds=20)
        assert told(cluster) == [
            "pods hidden: no list on pods in default",
            "limits and rates hidden: no list on pods in kube-system",
            "endpoints hidden: no list on ciliumendpoints in default",
            "kernels and node addresses hidden: no list on nodes",
            "Cilium's node addresses hidden: no list on ciliumnodes",
        ]


@pytest.mark.parametrize("shell", ["#!/bin/sh\nexit 127\n", "#!/no/such/interpreter\n"], ids=["docker", "runc"])
async def test_an_agent_without_a_shell_is_read_through_a_real_kubelet(furnished: Rig, shell: str) -> None:
    program = furnished.directory / "containers" / "kube-system" / NODE.agent_pod / "sh"
    program.write_text(shell)
    program.chmod(0o755)
    reading = NodeReading(period=1.0)
    api = Api(await connect(ConfigRequest(kubeconfig=str(furnished.kubeconfig))))
    try:
        agents = await list_pods(api, namespace="kube-system", label_selector="k8s-app=cilium")
        agent = next(one for one in agents if one.name == NODE.agent_pod)
        async with asyncio.timeout(60), AgentExec(api, agent) as script:
            reading.sample(await script.sample(), now=0.0, unix=0.0)
            reading.inspect(await script.inspect(), now=0.0)
    finally:
        program.unlink()
        await api.close()
    assert reading.entries is not None
    assert reading.entries[124, Direction.EGRESS].bits_per_second == 10_000_000
    assert (reading.error, reading.inspect_error) == ("", "")
    assert reading.status is not None

"""A user who may not list everything sees what he may."""

from bwtop.demo.server import DemoServer
from bwtop.demo.world import load_world
from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.errors import ExecError
from bwtop.live.scope import CILIUM_NAMESPACE, agent_namespace, pod_namespace
from bwtop.live.snapshot import Snapshot, Want


async def connected(server: DemoServer, folder) -> Api:
    path = folder / "kubeconfig"
    path.write_text(server.kubeconfig())
    return Api(await connect(ConfigRequest(kubeconfig=str(path))))


async def test_who_may_list_all_sees_all(tmp_path):
    async with DemoServer(load_world("eks-chaining")) as server:
        api = await connected(server, tmp_path)
        assert await pod_namespace(api) is None
        assert await agent_namespace(api) is None
        await api.close()


async def test_who_may_not_list_all_namespaces_sees_his_own_and_its_limits(tmp_path):
    async with DemoServer(load_world("eks-chaining")) as server:
        api = await connected(server, tmp_path)
        server.faults.fail("/api/v1/pods", status=403, times=1000)
        server.faults.fail("/api/v1/nodes", status=403, times=1000)
        assert await pod_namespace(api) == "default"
        assert await agent_namespace(api) == CILIUM_NAMESPACE
        snapshot = Snapshot(api)
        want = Want.PODS | Want.ENDPOINTS | Want.NODES | Want.AGENTS
        await snapshot.take(want, essential=Want.PODS, namespace="default")
        await api.close()
    row = snapshot.store.pods["default/netperf-server"]
    assert row.programmed is not None
    assert row.programmed.bits_per_second == 10_000_000
    assert any("nodes" in warning for warning in snapshot.warnings)


async def test_an_agent_that_does_not_tell_its_status_still_tells_its_map(tmp_path, monkeypatch):
    async def refuse(_script):
        raise ExecError("no status today")

    monkeypatch.setattr("bwtop.live.agent_exec.AgentExec.inspect", refuse)
    async with DemoServer(load_world("eks-chaining")) as server:
        api = await connected(server, tmp_path)
        snapshot = Snapshot(api)
        await snapshot.take(Want.PODS | Want.ENDPOINTS | Want.NODES | Want.AGENTS, essential=Want.PODS)
        await api.close()
    programmed = snapshot.store.pods["default/netperf-server"].programmed
    assert programmed is not None
    assert programmed.bits_per_second == 10_000_000
    assert all("no status today" in row.reason for row in snapshot.store.nodes.values())

"""The real cluster of these tests: one for all of them, in a temporary folder."""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bwtop.demo.server import DemoServer
from bwtop.demo.world import load_world
from cluster import rig as rigs
from cluster.contract import ContractServer, Pods, contract_server, furnish
from cluster.needs import need
from cluster.plan import PlannedNode, nodes
from cluster.rig import Rig
from cluster.seed import seed


@pytest.fixture(autouse=True)
def left_open() -> Iterator[None]:
    """What a test leaves open fails that test, not the one in which the collector happens to find it."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def rig() -> Iterator[Rig]:
    """A running kube-apiserver; skips where it was not built, fails instead with BWTOP_RIG=required."""
    need(rigs.missing())
    with rigs.running() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def planned(rig: Rig) -> list[PlannedNode]:
    """The planned nodes and pods, written into the cluster."""
    plan = nodes()
    seed(rig, plan)
    return plan


@pytest.fixture(scope="session")
def furnished(rig: Rig) -> Rig:
    """The real cluster with the pods that the demo cluster has, too."""
    furnish(rig)
    return rig


@pytest.fixture(params=["demo", pytest.param("rig", marks=pytest.mark.cluster)])
async def server(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ContractServer]:
    """The demo cluster, then the real one."""
    if request.param == "rig":
        rig: Rig = request.getfixturevalue("furnished")
        real = await contract_server("rig", rig.kubeconfig, folder=tmp_path, compact=rig.compact)
        yield real
        await real.close()
        return
    async with DemoServer(load_world("eks-chaining")) as demo:
        kubeconfig = tmp_path / "demo.conf"
        kubeconfig.touch(mode=0o600)
        kubeconfig.write_text(demo.kubeconfig())
        simulated = await contract_server("demo", kubeconfig, folder=tmp_path, compact=demo.faults.compact)
        yield simulated
        await simulated.close()


@pytest.fixture
async def pods(server: ContractServer) -> AsyncIterator[Pods]:
    """Makes pods in the namespace default and removes them at the end."""
    own = Pods(server.api())
    yield own
    for name in list(own.made):
        await own.delete(name)

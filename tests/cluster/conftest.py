"""The real cluster of these tests: one for all of them, in a temporary folder."""

import os
from collections.abc import Iterator

import pytest

from cluster import rig as rigs
from cluster.plan import PlannedNode, nodes
from cluster.rig import Rig
from cluster.seed import seed


@pytest.fixture(scope="session")
def rig() -> Iterator[Rig]:
    """A running kube-apiserver; skips where it was not built, fails instead with BWTOP_RIG=required."""
    if reason := rigs.missing():
        if os.environ.get("BWTOP_RIG") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    with rigs.running() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def planned(rig: Rig) -> list[PlannedNode]:
    """The planned nodes and pods, written into the cluster."""
    plan = nodes()
    seed(rig, plan)
    return plan

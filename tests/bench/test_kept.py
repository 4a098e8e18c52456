"""The budgets as tests, on a real API server with 1,000 pods: pytest -m bench tests/bench."""

import os
import sys
from collections.abc import Iterator

import pytest

from bench.budgets import BUDGETS, Budget, Figures
from bench.loaded import loaded
from bench.measure import measure
from cluster.rig import missing

pytestmark = [pytest.mark.bench, pytest.mark.skipif(bool(missing()), reason=missing() or "never")]
SIZE = 1_000
AGENTS = "100 agents read"
"""Measured by a program of its own."""


@pytest.fixture(scope="module")
def figures() -> Iterator[Figures]:
    priority = -20 if os.geteuid() == 0 else 0
    with loaded(SIZE, priority=priority) as cluster:
        command = [sys.executable, "-m", "bwtop", "--kubeconfig", str(cluster.rig.kubeconfig)]
        yield measure(cluster, command, priority=priority)


@pytest.mark.parametrize("budget", [each for each in BUDGETS if each.name != AGENTS], ids=lambda budget: budget.name)
def test_bwtop_keeps_to_its_budget(figures: Figures, budget: Budget) -> None:
    assert budget.name in figures
    assert "MISSED" not in budget.cell(SIZE, figures[budget.name])

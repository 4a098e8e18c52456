"""docs/faults.md promises a test for every fault, docs/watch.md for every point of the reflector's contract.

Each row is whole, and every test that it names exists.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FAULTS, CONTRACT = ROOT / "docs" / "faults.md", ROOT / "docs" / "watch.md"
HEADS = (
    "| fault | what you see | how it recovers | test |",
    "| point | the contract | what bwtop does | test |",
)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows(page: Path) -> list[list[str]]:
    """The cells of every row of every table."""
    lines = [line for line in page.read_text().splitlines() if line.startswith("|")]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line not in HEADS and not line.startswith("|---")
    ]


@cache
def functions_of(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text()))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("row", [*rows(FAULTS), *rows(CONTRACT)], ids=lambda row: row[0])
def test_every_fault_and_every_point_has_a_test_that_exists(row: list[str]) -> None:
    assert len(row) == 4, "a row has four cells, none with a bar in it"
    assert all(row), "no cell is empty; `–` where nothing is to be said"
    named = NAMED.findall(row[3])
    assert NAMED.sub("", row[3]).strip() == "", "the last cell names tests as `tests/FILE.py::test_NAME`"
    assert named
    assert [f"{file}::{test}" for file, test in named if test not in functions_of(ROOT / file)] == []


def test_no_fault_is_told_twice() -> None:
    faults = [row[0] for row in rows(FAULTS)]
    assert len(faults) == len(set(faults))


def test_every_point_of_the_contract_is_there() -> None:
    assert [row[0] for row in rows(CONTRACT)] == [str(point) for point in range(1, 16)]

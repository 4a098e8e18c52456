"""The demo's `bpf bandwidth list` against the recordings of seven versions, byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from bwtop.demo.agent import MapRow
from bwtop.demo.cilium_dbg import cilium_dbg
from bwtop.demo.node import Node
from bwtop.demo.process import Output
from bwtop.demo.world import World, load_world
from bwtop.model.limits import Direction
from demo.clocks import StillClock

RECORDINGS = Path(__file__).parent / "recordings"
FORMS = {"": (), "-json": ("-o", "json"), "-yaml": ("-o", "yaml"), "-jsonpath": ("-o", "jsonpath={}")}
RECORDED = [
    (version.name, path.name.removesuffix(".stdout"))
    for version in sorted(RECORDINGS.glob("1.*"))
    for path in sorted(version.glob("bandwidth-*.stdout"))
]


def node_of(world: World, version: str, scenario: str) -> Node:
    """A node that claims the version, with what the recording's map held."""
    node = next(iter(world.nodes.values()))
    node.cilium.version = version
    node.agent.rows.clear()
    node.cilium.manager = scenario != "bandwidth-nomap"
    if node.cilium.manager:
        for row in json.loads((RECORDINGS / version / f"{scenario}.expected.json").read_text()):
            node.agent.rows[row["endpoint_id"], Direction(row["direction"])] = _row(row)
    return node


def _row(row: dict[str, Any]) -> MapRow:
    return MapRow(row["bits_per_second"] // 8, row["priority"] or 0)


@pytest.mark.parametrize(("version", "name"), RECORDED)
def test_prints_what_the_real_binary_printed(version: str, name: str, still: StillClock) -> None:
    scenario, _, form = name.partition("-")[2].partition("-")
    world = load_world("eks-chaining", clock=still)
    node = node_of(world, version, f"bandwidth-{scenario}")
    command = ("cilium", "bpf", "bandwidth", "list", *FORMS[f"-{form}" if form else ""])
    recorded = {end: (RECORDINGS / version / f"{name}.{end}").read_text() for end in ("stdout", "stderr", "exit")}
    assert cilium_dbg(world, node, command) == Output(recorded["stdout"], recorded["stderr"], int(recorded["exit"]))


def test_an_unknown_output_format_fails_as_the_real_one(still: StillClock) -> None:
    world = load_world("eks-chaining", clock=still)
    node = next(iter(world.nodes.values()))
    output = cilium_dbg(world, node, ("cilium", "bpf", "bandwidth", "list", "-o", "xml"))
    assert output == Output("", "error getting output of map in unknown: couldn't find output printer\n", 1)


def test_negative_limits_stay_negative(still: StillClock) -> None:
    world = load_world("eks-chaining", clock=still)
    node = node_of(world, "1.18.4", "bandwidth-empty")
    node.agent.apply(7, {"kubernetes.io/egress-bandwidth": "-5M"}, pod="a/b")
    assert '"-625000, 0"' in cilium_dbg(world, node, ("cilium", "bpf", "bandwidth", "list", "-o", "json")).stdout

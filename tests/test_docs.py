"""The pages that are made from the program are those of the program as it is."""

import re

import pytest
from screenshots.keys import PAGE, own_bindings, page

from bwtop.demo.world import load_world
from bwtop.screens.main import MainScreen
from bwtop_widgets.live_table import LiveTable


def test_the_page_of_keys_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "run python -m screenshots.keys"


def test_the_page_of_keys_has_every_key_of_the_tables() -> None:
    found = page()
    bindings = [*own_bindings(MainScreen), *own_bindings(LiveTable)]
    assert len(bindings) > 30
    assert [one.id for one in bindings if f"`{one.id}`" not in found or one.tooltip not in found] == []


def test_the_table_of_what_is_asked_for_has_twenty_five_rows_and_links_that_exist() -> None:
    text = (PAGE.parent / "asked-for.md").read_text()
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)] == list(range(1, 26))
    for name in re.findall(r"\]\((\w[\w-]*\.md)\)", text):
        assert (PAGE.parent / name).exists(), name


@pytest.mark.parametrize("name", ["README.md", "docs/editing.md", "docs/article.md", "docs/explain.md", "docs/tour.md"])
def test_pods_of_the_commands_are_in_the_demo_cluster(name: str) -> None:
    worlds = {cluster: load_world(cluster) for cluster in ("eks-chaining", "incident")}
    lines = re.findall(r"^(?:\$ )?(bwtop .*pod/[a-z0-9].*)$", (PAGE.parents[1] / name).read_text(), re.MULTILINE)
    assert lines
    for line in lines:
        pod, namespace = re.search(r"pod/([\w-]+)", line), re.search(r" -n ([\w-]+)", line)
        world = worlds["incident" if "--demo=incident" in line else "eks-chaining"]
        assert pod is not None
        assert world.node_of(namespace[1] if namespace else "default", pod[1]), line

"""What config.yaml says is read as it is meant, every mistake is told, and columns are written beside all the rest."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bwtop.model.config import Config, KnownKeys
from bwtop.model.config_reading import read_config
from bwtop.model.config_writing import CannotWriteError, with_columns
from bwtop.model.profile import VIEW_COLUMNS

KNOWN = KnownKeys(
    own={
        "main.sort": ["s"],
        "main.freeze": ["p"],
        "table.down": ["down", "j"],
        "detail.close": ["h"],
        "app.end": ["^C"],
    },
    together=[frozenset({"main", "table"})],
    anywhere=frozenset({"app.end"}),
)


def read(text: str) -> Config:
    return read_config(
        text, source="config.yaml", known=KNOWN, key_name=lambda written: None if len(written) > 4 else written
    )


def mistakes(text: str) -> list[str]:
    config = read(text)
    assert not config.columns
    assert not config.keys
    return [str(mistake) for mistake in config.mistakes]


def test_columns_and_keys_are_read():
    config = read("columns: {pods: [state, pod]}\nkeys:\n  main.sort: o\n  table.down: [n, 1]\n")
    assert config == Config(
        columns={"pods": ("state", "pod")}, keys={"main.sort": ("o",), "table.down": ("n", "1")}
    )  # fmt: skip
    assert read("") == read("columns: {}") == Config()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("keys:\n  main.srot: o", "config.yaml:2: keys.main.srot: is no key here; main.sort is meant?"),
        ("keys:\n  main.sort: shift-o", "config.yaml:2: keys.main.sort: 'shift-o' is no key; write o, f5 or ctrl+o"),
        ("keys:\n  main.sort: [o,\n   o]", "config.yaml:3: keys.main.sort: o stands twice"),
        ("keys:\n  main.sort: []", "config.yaml:2: keys.main.sort: this must have 1 to 100 elements"),
        ("keys:\n  main.sort: ~", "config.yaml:2: keys.main.sort: this must be a key such as o, f5 or ctrl+o"),
        ("keys:\n  main.sort: p", "config.yaml:2: keys.main.sort: p is the key of main.freeze"),
        ("keys:\n  main.sort: j", "config.yaml:2: keys.main.sort: j is the key of table.down"),
        ("keys:\n  detail.close: ^C", "config.yaml:2: keys.detail.close: ^C is the key of app.end"),
        ("keys:\n  main.sort: o\n  main.freeze: o", "config.yaml:3: keys.main.freeze: o is the key of main.sort"),
        ("columns:\n  pods: [pod,\n    nodes]", None),
        ("columns: {pods: []}", "config.yaml:1: columns.pods: this must have 1 to 100 elements"),
        ("colums: {}", "config.yaml:1: colums: is no key here; columns is meant?"),
        ("keys: [", None),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(text: str, told: str | None):
    [mistake] = mistakes(text)
    if told is None:
        assert mistake.startswith(("config.yaml:3: columns.pods: 'nodes' is no column", "config.yaml:1: no YAML"))
    else:
        assert mistake == told


@pytest.mark.parametrize(
    "text", ["keys: {main.sort: p, main.freeze: s}", "keys: {detail.close: j}", "keys: {main.sort: s}"]
)
def test_keys_may_change_places_and_be_used_where_the_other_sleeps(text: str):
    assert read(text).mistakes == ()


OWN = """\
# mine
keys:
  main.sort: o  # as in mutt
columns:
  # the nodes first
  nodes:
    - node
    - rate
# the end
"""


def test_all_else_stays_as_it_stands():
    after = with_columns(OWN, view="pods", columns=["pod", "state"])
    assert after.startswith(OWN[: OWN.index("columns:")])
    assert after.endswith("\n# the end\n")
    assert read(after).columns == {"nodes": ("node", "rate"), "pods": ("pod", "state")}
    assert with_columns(after, view="pods", columns=["rate"]) == after.replace("[pod, state]", "[rate]")
    assert read(with_columns(after, view="pods", columns=[])).columns == {"nodes": ("node", "rate")}


@pytest.mark.parametrize(
    "text",
    ["", "# nothing yet\n", "columns:\n", "columns: {}", "keys: {main.sort: o}",
     "{keys: {main.sort: o}, columns: {pods: [pod]}}",
     "columns: {pods: [pod]}\nkeys: {main.sort: o}", "columns:\n  pods:\n  - pod\n\nkeys:\n  main.sort: o\n"],
)  # fmt: skip
def test_columns_come_into_any_file(text: str):
    before, config = read(text), read(with_columns(text, view="pods", columns=["state", "rate"]))
    assert config == Config(columns={"pods": ("state", "rate")}, keys=before.keys)


@pytest.mark.parametrize("text", ["- a list", "columns: [pod]", "keys: {", "{keys: {main.sort: o}}", "word"])
def test_a_file_that_is_not_understood_is_left_alone(text: str):
    with pytest.raises(CannotWriteError):
        with_columns(text, view="pods", columns=["pod"])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab:#-'\n ", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=6,
)


@given(
    rest=st.dictionaries(st.text("xyz", min_size=1, max_size=3), VALUES, max_size=3),
    columns=st.lists(st.sampled_from(VIEW_COLUMNS["pods"]), min_size=1, unique=True),
    flow=st.booleans(),
    at=st.integers(0, 3),
)
def test_whatever_else_is_in_the_file_is_there_afterwards(rest: dict, columns: list[str], flow: bool, at: int):
    pairs = list(rest.items())
    pairs.insert(at, ("columns", {"nodes": ["node"]}))
    text = yaml.safe_dump(dict(pairs), sort_keys=False, default_flow_style=flow)
    after = yaml.safe_load(with_columns(text, view="pods", columns=columns))
    assert after == {**rest, "columns": {"nodes": ["node"], "pods": columns}}

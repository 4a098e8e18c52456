"""docs/profiles.md describes every key, and its example is a profile."""

import re
from pathlib import Path

import pytest

from bwtop.model.profile import VIEW_COLUMNS
from bwtop.model.profile_keys import KEYS, TESTS
from bwtop.model.profile_reading import read_profile

PAGE = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text()
ROWS = [line.split("|") for line in PAGE.splitlines() if line.startswith("| `")]
DESCRIBED = [key for row in ROWS for key in re.findall(r"`([a-z._]+)`", row[1])]


def test_the_example_is_a_profile_that_uses_every_key_once():
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    profile = read_profile(example, name="shop", source="docs/profiles.md")
    assert profile.presets
    assert profile.view("limits").sort == "node"
    missing = [key for key in KEYS if not key.startswith("views.") and f"{key.rpartition('.')[2]}:" not in example]
    assert missing == []


def test_every_key_is_described_and_no_other():
    assert list(KEYS) == DESCRIBED


@pytest.mark.parametrize("view", VIEW_COLUMNS)
def test_the_columns_of_every_view_are_told(view):
    [row] = [row for row in ROWS if f"`views.{view}.columns`" in row[1]]
    assert set(re.findall(r"`([a-z0-9-]+)`", row[3])) == set(VIEW_COLUMNS[view])


def test_the_tests_of_netperf_are_told():
    [row] = [row for row in ROWS if "`netperf.tests`" in row[1]]
    assert tuple(re.findall(r"`([A-Z_]+)`", row[2] + row[3])) == TESTS

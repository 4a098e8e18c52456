"""The order in which all tests run."""

import pytest

LONG = "screens/test_screenshots.py"
"""Seconds a test: at the end of a run, where it stands by its name, the other workers would wait for it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONG))

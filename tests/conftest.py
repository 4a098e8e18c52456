"""The order in which all tests run, and how often the collector looks for garbage meanwhile."""

import gc

import pytest

LONG = "screens/test_screenshots.py"
"""Seconds a test: at the end of a run, where it stands by its name, the other workers would wait for it."""

gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONG))


def pytest_collection_finish() -> None:
    """Modules and tests live as long as the process: looked through again and again, they were a quarter of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 20)
    gc.enable()

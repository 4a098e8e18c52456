"""Tests of a real API server where it was not built."""

import os

import pytest


def need(missing: str) -> None:
    """Skips the test for what is missing, or fails it with BWTOP_RIG=required; empty: nothing is."""
    if missing and os.environ.get("BWTOP_RIG") == "required":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)

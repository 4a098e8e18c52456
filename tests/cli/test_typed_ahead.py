"""Keys that come at once, as over a slow link, all do what they would one by one."""

import sys

import pytest

from cli.test_endings import bwtop

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads a pseudo-terminal as Linux has it")


def test_what_is_typed_behind_a_slash_goes_into_the_filter(environment: dict[str, str]) -> None:

    with bwtop(environment) as terminal:
        terminal.type("/cart")
        terminal.wait_for("2 of 27")
        terminal.type("/")
        terminal.wait_for("cart/")

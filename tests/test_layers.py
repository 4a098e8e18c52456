"""What must hold of the program as a whole: who imports what, and what a command loads."""

import subprocess
import sys

import pytest


def modules_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("layer", ["model", "cilium.resources", "kube.reflector", "live.cluster", "demo.server"])
def test_layers_below_the_screen_load_no_textual(layer):
    assert "textual" not in modules_after(f"import bwtop.{layer}")


def test_bwtop_get_loads_no_textual():
    loaded = modules_after("import bwtop.cli.get")
    assert not loaded & {"textual", "bwtop.demo"}


def test_widgets_load_nothing_of_bwtop():
    assert "bwtop" not in modules_after("import bwtop_widgets.live_table")

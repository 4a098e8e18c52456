"""What must hold of the program as a whole: who imports what, and what a command loads."""

import subprocess
import sys

import pytest


def modules_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("layer", ["model", "cilium.resources", "kube.reflector", "live.cluster", "demo.server"])
def test_layers_below_the_screen_load_neither_textual_nor_kubernetes(layer):
    assert not modules_after(f"import bwtop.{layer}") & {"textual", "kubernetes"}


@pytest.mark.parametrize("program", ["app", "cli.tui", "cli.session", "kube.in_cluster"])
def test_kubernetes_is_not_loaded_before_the_first_paint(program):
    assert "kubernetes" not in modules_after(f"import bwtop.{program}")


CONNECT = """
import asyncio, pathlib
from bwtop.kube.config import ConfigError, ConfigRequest, connect
try:
    asyncio.run(connect(ConfigRequest(), environ={environ}, service_account=pathlib.Path({folder!r})))
except ConfigError:
    pass
"""
POD = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}
KUBECONFIG = """
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: a, user: {token: t}}]
"""


def test_kubernetes_is_loaded_in_a_pod_only(tmp_path):
    (tmp_path / "config").write_text(KUBECONFIG)

    def loaded(**environ):
        return "kubernetes" in modules_after(CONNECT.format(environ=environ, folder=str(tmp_path)))

    assert not loaded(KUBECONFIG=str(tmp_path / "config"), **POD)
    assert not loaded(HOME=str(tmp_path)), "nor where nothing is found"
    assert loaded(HOME=str(tmp_path), **POD)


def test_bwtop_get_loads_no_textual():
    loaded = modules_after("import bwtop.cli.get")
    assert not loaded & {"textual", "kubernetes", "bwtop.demo"}


def test_widgets_load_nothing_of_bwtop():
    assert "bwtop" not in modules_after("import bwtop_widgets.live_table")


def test_what_only_a_key_needs_is_not_loaded_before_the_first_row():
    keys = {"panels.netperf_panel", "panels.checks_subjects", "screens.checks", "screens.limit", "screens.write"}
    work = {"netperf.plan", "live.doctor", "live.editor", "live.recording.recorder", "live.recording.replay"}
    assert not modules_after("import bwtop.cli.screen") & {f"bwtop.{module}" for module in keys | work}

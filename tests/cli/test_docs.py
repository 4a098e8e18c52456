"""Every line of the docs that starts with `$ bwtop` runs on the demo cluster and does what it is there for."""

import re
import shlex
from pathlib import Path

import pytest

from cli.conftest import Bwtop, Demo

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("article.md", "tour.md", "troubleshooting.md")
LINES = [(page, line) for page in PAGES for line in re.findall(r"^\$ bwtop (.*)$", (DOCS / page).read_text(), re.M)]
FINDS_DRIFT = ("doctor --demo=incident", "explain pod/media-q26v2vtstf-rdlfb -n shop --demo=incident")
"""Exit status 1: that something is wrong is what they are to tell."""
SAYS = {
    "get nodes": "EDT with BPF [CUBIC] [eth0, eth1]",
    "get endpoints netperf-server netperf-client": "11371",
    "get pods netperf-server": "in sync",
    "netperf netperf-server --from netperf-client --duration 2s": "PASS",
    "get pods -A --filter state:not-enforced --demo=incident": "media-",
    "doctor --demo=incident": "cilium#39167",
}


@pytest.mark.parametrize(("page", "line"), LINES)
def test_a_command_of_the_docs_runs(
    bwtop: Bwtop, demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: str, line: str
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(demo.kubeconfig))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    found = bwtop(*shlex.split(line))
    assert found.status == (1 if line in FINDS_DRIFT else 0), found.out + found.err
    assert SAYS.get(line, "") in found.out


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", (DOCS / page).read_text()):
            assert (DOCS / target).exists(), f"{page}: {target}"

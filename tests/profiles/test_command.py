"""`bwtop profile`, and profiles as every command takes them from the user's folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.conftest import Bwtop, Demo, bwtop, quick, served

__all__ = ["bwtop", "quick"]

Write = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with served("eks-chaining", tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def put(name: str, text: str) -> Path:
        path = tmp_path / "config" / "bwtop" / "profiles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return put


def test_list_marks_the_one_that_counts(bwtop: Bwtop, demo: Demo, write: Write) -> None:
    path = write("lab.yaml", "about: the lab\ncontexts: [demo-*]\n")
    found = bwtop("profile", "list", "--kubeconfig", str(demo.kubeconfig))
    assert found.status == 0
    assert [line.split()[:2] for line in found.lines if line.startswith("*")] == [["*", "lab"]]
    assert str(path) in next(line for line in found.lines if " lab " in line)
    assert {line[2:].split()[0] for line in found.lines} == {"default", "incident", "lab", "slow-link"}


def test_list_needs_no_cluster(bwtop: Bwtop, write: Write) -> None:
    found = bwtop("profile", "list")
    assert (found.status, found.lines[0].split()[:3]) == (0, ["*", "default", "*"])


def test_show_prints_the_chosen_one_in_full(bwtop: Bwtop, demo: Demo, write: Write) -> None:
    write("lab.yaml", "contexts: [demo-*]\nrefresh: 5s\n")
    shown = bwtop("profile", "show", "--kubeconfig", str(demo.kubeconfig)).out
    assert "refresh: 5s" in shown
    assert "presets:" in shown
    assert "low_data: true" in bwtop("profile", "show", "slow-link").out


def test_show_of_what_is_not_there(bwtop: Bwtop, write: Write) -> None:
    found = bwtop("profile", "show", "nix")
    assert (found.status, found.out) == (2, "")
    assert "no profile 'nix'" in found.err
    assert "default" in found.err


def test_check_tells_every_mistake_and_exits_1(bwtop: Bwtop, write: Write) -> None:
    path = write("lab.yaml", "refresh: soon\nnix: 1\n")
    found = bwtop("profile", "check")
    assert found.status == 1
    assert [line.removeprefix(str(path)) for line in found.lines] == [
        ":1: refresh: 'soon' is no time; write 10s or 1m",
        f":2: nix: is no key here{found.lines[1].partition('here')[2]}",
    ]
    path.write_text("refresh: 5s\n")
    assert bwtop("profile", "check").status == 0
    assert bwtop("profile", "check", str(path)).status == 0


def test_check_of_a_file_that_is_not_there(bwtop: Bwtop, tmp_path: Path, write: Write) -> None:
    found = bwtop("profile", "check", str(tmp_path / "nix.yaml"))
    assert found.status == 1
    assert "cannot be read: No such file" in found.out


def test_a_profile_with_mistakes_is_told_and_left_out(bwtop: Bwtop, demo: Demo, write: Write) -> None:
    write("lab.yaml", "contexts: [demo-*]\ncilium: {selector: k8s-app=cilium, colour: red}\n")
    found = bwtop("get", "pods", "netperf-server", "--kubeconfig", str(demo.kubeconfig))
    assert found.status == 0
    assert "profile left out:" in found.err
    assert "lab.yaml:2: cilium.colour" in found.err


def test_the_agents_are_looked_for_as_the_profile_says(bwtop: Bwtop, demo: Demo, write: Write) -> None:
    write("lab.yaml", "contexts: [demo-*]\ncilium: {selector: app=nothing}\n")
    words = ("get", "pods", "netperf-server", "--kubeconfig", str(demo.kubeconfig))
    assert "unknown" in bwtop(*words).out.lower()
    assert "in sync" in bwtop(*words, "--profile", "default").out.lower()


def test_a_profile_that_is_not_there_stops_the_command(bwtop: Bwtop, demo: Demo, write: Write) -> None:
    found = bwtop("get", "pods", "--profile", "nix", "--kubeconfig", str(demo.kubeconfig))
    assert (found.status, found.out) == (2, "")
    assert "no profile 'nix'; there are: default, incident, slow-link" in found.err


def test_a_users_default_is_what_the_others_build_on(bwtop: Bwtop, write: Write) -> None:
    write("default.yml", "presets: [7M]\n")
    assert "7M" in bwtop("profile", "show", "slow-link").out or "- 7M" in bwtop("profile", "show").out

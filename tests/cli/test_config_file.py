"""config.yaml from the folder of the user, and back: what is chosen on the screen is there at the next start."""

import re
import sys
from pathlib import Path

import pytest

from bwtop.cli.config_file import config_path, keep_columns, load_config
from bwtop.model.profile import VIEW_COLUMNS
from cli.left_terminal import Terminal

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return config_path()


def test_without_a_file_nothing_is_said_and_keeping_makes_it(path: Path) -> None:
    assert load_config().columns == {}
    assert keep_columns("pods", ["pod", "state"]) == ""
    assert load_config().columns == {"pods": ("pod", "state")}
    assert keep_columns("pods", []) == ""
    assert load_config().columns == {}
    assert [file.name for file in path.parent.iterdir()] == ["config.yaml"]


def test_a_link_stays_a_link_and_the_mode_stays(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles.yaml"
    target.write_text("keys: {main.sort: o}\n")
    target.chmod(0o640)
    path.parent.mkdir()
    path.symlink_to(target)
    assert keep_columns("nodes", ["node"]) == ""
    assert path.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert (load_config().keys, load_config().columns) == ({"main.sort": ("o",)}, {"nodes": ("node",)})


@pytest.mark.parametrize("content", [b"keys: {", b"\xff", b"keys: {main.sort: p}"])
def test_a_mistake_is_told_with_the_file(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    config = load_config()
    assert not config.keys
    assert str(config.mistakes[0]).startswith(f"{path}:1: ")


def test_a_file_that_cannot_be_written_is_told_and_stays(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("keys: {")
    assert keep_columns("pods", ["pod"]) == f"{path}: is no YAML; mend it first"
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("a file where the folder should be")
    assert str(path) in keep_columns("pods", ["pod"])


def test_the_example_of_the_page_is_a_config_and_its_mistake_is_said_so(path: Path) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    path.parent.mkdir()
    path.write_text(example)
    config = load_config()
    assert config.mistakes == ()
    assert {*config.columns} < {*VIEW_COLUMNS}
    assert config.keys["app.help"] == ("question_mark", "f2")
    path.write_text(example.replace("main.sort: o", "main.sort: p"))
    [mistake] = load_config().mistakes
    assert f"config.yaml:{mistake.line}: {mistake.key}: {mistake.problem}" in PAGE.read_text()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads a pseudo-terminal as Linux has it")
def test_columns_chosen_on_the_screen_are_there_at_the_next_start(environment: dict[str, str], tmp_path: Path) -> None:
    own = environment | {"XDG_CONFIG_HOME": str(tmp_path)}
    for keys in ("f \r", ""):
        terminal = Terminal([sys.executable, "-m", "bwtop"], env=own)
        try:
            terminal.wait_for("netperf-server .*in sync")
            if keys:
                terminal.wait_for("NAMESPACE +POD")
                terminal.type("f")
                terminal.wait_for(r"\[x\] NAMESPACE")
                terminal.type(" ")
                terminal.wait_for(r"\[ \] NAMESPACE")
                terminal.type("\r")
            terminal.wait_for(r"(?m)^ *POD +NODE")
            terminal.type("q")
            assert terminal.end() == 0
        finally:
            terminal.kill()
    assert "columns: {pods: [pod, node" in (tmp_path / "bwtop" / "config.yaml").read_text()

"""The real shells, completing as somebody presses tab in them."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from bwtop.cli.candidates import PATIENCE
from cli.conftest import Demo
from cli.terminals import Terminal, terminal

EKS = "arn:aws:eks:eu-west-1:123456789012:cluster/prod"
SPACED = "kind dev"
CASES = {
    "get po": "get pods",
    "get pods netperf-s": "get pods netperf-server",
    "get pods -n sho": "get pods -n shop",
    "get pods -n shop postg": "get pods -n shop postgres-0",
    "limit pod/netperf-s": "limit pod/netperf-server",
    "--context demo-": "--context demo-eks-chaining",
    "--context arn:aws:eks:eu": f"--context {EKS}",
    "--context=arn:aws:eks:eu": f"--context={EKS}",
    "--demo=inc": "--demo=incident",
    "--demo=incident get pods -n shop newc": "--demo=incident get pods -n shop newcomer",
    "--demo get pods netperf-s": "--demo get pods netperf-server",
}
"""What is typed behind `bwtop`, and what stands there after a tab."""


@pytest.fixture
def environ(environment: dict[str, str], demo: Demo, tmp_path: Path) -> dict[str, str]:
    """With a context as EKS names them, and one with a space."""
    config = yaml.safe_load(demo.kubeconfig.read_text())
    config["contexts"] += [{**config["contexts"][0], "name": name} for name in (EKS, SPACED)]
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    return environment | {"KUBECONFIG": str(tmp_path / "kubeconfig"), PATIENCE: "60", "ZDOTDIR": str(tmp_path)}


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@contextmanager
def _prompting(program: list[str], environ: dict[str, str]) -> Iterator[Terminal]:
    with terminal([], environ, program=program, columns=200) as shell:
        shell.until("ready> ")
        yield shell


def _completes(shell: Terminal, typed: str, expected: str) -> None:
    shell.written = b""
    shell.type(f"bwtop {typed}\t")
    shell.until(f"bwtop {expected}")
    shell.written = b""
    shell.type("\x15\r")
    shell.until("ready> ")


@needs("bash")
def test_bash(environ: dict[str, str], tmp_path: Path) -> None:
    rc = tmp_path / "bashrc"
    rc.write_text("source <(bwtop completion bash)\nbind 'set enable-bracketed-paste off'\nPS1='ready> '\n")
    with _prompting(["bash", "--rcfile", str(rc), "-i"], environ) as shell:
        for typed, expected in CASES.items():
            _completes(shell, typed, expected)
        _completes(shell, "--context kind", r"--context kind\ dev")
        _completes(shell, f"--kubeconfig {tmp_path}/bash", f"--kubeconfig {rc}")
        _completes(shell, f"--kubeconfig={tmp_path}/bash", f"--kubeconfig={rc}")


@needs("zsh")
def test_zsh(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".zshrc").write_text(
        f"autoload -U compinit; compinit -u -d {tmp_path}/dump\nsource <(bwtop completion zsh)\n"
        "unsetopt prompt_sp zle_bracketed_paste\nunset zle_bracketed_paste\nPS1='ready> '\n"
    )
    with _prompting(["zsh", "-i"], environ) as shell:
        for typed, expected in CASES.items():
            _completes(shell, typed, expected)
        _completes(shell, "--context kind", r"--context kind\ dev")
        _completes(shell, f"--kubeconfig {tmp_path}/kube", f"--kubeconfig {tmp_path}/kubeconfig")
        _completes(shell, f"--kubeconfig={tmp_path}/kube", f"--kubeconfig={tmp_path}/kubeconfig")
        shell.type("bwtop rep\t\t")
        shell.until("play")


@needs("fish")
def test_fish(environ: dict[str, str], tmp_path: Path) -> None:
    files = f"{tmp_path}/kube"
    wanted = [
        *((typed, [expected.split()[-1]]) for typed, expected in CASES.items()),
        ("--context kind", [SPACED]),
        (f"--kubeconfig {files}", [f"{files}config"]),
        (f"--kubeconfig={files}", [f"--kubeconfig={files}config"]),
    ]
    *answers, described = _fish([*(typed for typed, _ in wanted), "--dem"], environ)
    assert list(zip((typed for typed, _ in wanted), answers, strict=True)) == wanted
    (told,) = described
    assert told.endswith(", incident or large.")


def _fish(typed: list[str], environ: dict[str, str]) -> list[list[str]]:
    """What one fish, which reads the script once, offers behind each of these."""
    end = "---"
    lines = ["bwtop completion fish | source", *(f"complete -C 'bwtop {each}'; echo {end}" for each in typed)]
    done = subprocess.run(
        ["fish", "--no-config", "-c", "\n".join(lines)],
        env=environ, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    answers: list[list[str]] = [[]]
    for line in done.stdout.splitlines():
        if line == end:
            answers.append([])
        else:
            answers[-1].append(line)
    return answers[:-1]

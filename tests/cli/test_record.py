"""`bwtop record` and `bwtop replay` as they are run: without a screen, on one, killed, masked, refused."""

import gzip
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bwtop.live.recording.reader import Recording
from cli.conftest import Bwtop, Demo
from cli.terminals import terminal


def recording(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bwtop", "record", *words, "--headless"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for(path: Path, kind: str, *, seconds: float = 20.0) -> None:
    """Until an event of this kind is whole in the file."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        begun = path.exists() and path.stat().st_size > 200
        if begun and any(type(line.event).__name__ == kind for line in Recording(path).lines()):
            return
        time.sleep(0.1)
    pytest.fail(f"no {kind} in {path}")


def test_a_recording_is_ended_by_a_signal_and_says_how_to_play_it(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "night.bwtop"
    with recording(environment, str(path)) as process:
        wait_for(path, "Sampled")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "")
    assert err.startswith(f"bwtop: recording demo-eks-chaining to {path} until Ctrl-C\n")
    assert f"`bwtop replay {path}` plays it" in err
    read = Recording(path)
    assert {type(line.event).__name__ for line in read.lines()} >= {"PodPut", "NodePut", "Sampled", "Inspected"}
    assert read.note == ""


def test_a_recording_that_is_killed_can_be_played(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "killed.bwtop"
    with recording(environment, str(path)) as process:
        wait_for(path, "Sampled")
        process.kill()
    with terminal(["replay", str(path), "--at", "100%"], environment | {"LANG": "C.UTF-8"}) as played:
        played.until("netperf-server")
        played.until("the recording is cut")
        played.type("q")
        assert played.ended() == 0


def test_no_token_and_under_mask_no_name_is_in_the_file(
    environment: dict[str, str], tmp_path: Path, demo: Demo
) -> None:
    for mask in ([], ["--mask"]):
        path = tmp_path / f"file{len(mask)}"
        with recording(environment, str(path), "--for", "3s", *mask) as process:
            process.communicate(timeout=30)
        text = gzip.decompress(path.read_bytes()).decode()
        assert demo.server.token not in text
        assert ("netperf-server" in text) == (not mask)
        if mask:
            assert not [name for name in ("netperf", "kube-system", "192.168", "ec2.internal", "eks") if name in text]
            assert json.loads(text.splitlines()[0])["masked"] is True


def test_a_recording_on_the_screen(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "seen.bwtop"
    with terminal(["record", str(path)], environment | {"LANG": "C.UTF-8"}) as seen:
        seen.until("● REC")
        seen.until("in sync")
        seen.type("q")
        assert seen.ended() == 0
    assert f"`bwtop replay {path}` plays it" in seen.text
    with terminal(["replay", str(path), "--paused", "--at", "100%"], environment | {"LANG": "C.UTF-8"}) as played:
        played.until("REPLAY")
        played.until("netperf-server")
        played.type("q")
        assert played.ended() == 0


def test_a_file_that_is_there_is_not_overwritten_unasked(bwtop: Bwtop, demo: Demo, tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_text("mine")
    refused = bwtop("record", str(path), "--headless", "--kubeconfig", str(demo.kubeconfig))
    assert (refused.status, refused.err) == (2, f"bwtop: {path} exists: name another file, or add --overwrite\n")
    assert path.read_text() == "mine"


def test_without_a_cluster_no_file_is_left(bwtop: Bwtop, tmp_path: Path) -> None:
    path = tmp_path / "none"
    refused = bwtop("record", str(path), "--headless", "--server", "http://127.0.0.1:9", "--kubeconfig", "/dev/null")
    assert refused.status == 2
    assert not path.exists()


def test_without_a_terminal_it_says_how_to_record(bwtop: Bwtop, tmp_path: Path) -> None:
    refused = bwtop("record", str(tmp_path / "x"), "--demo")
    assert refused.status == 2
    assert "add --headless to record without one" in refused.err
    assert not (tmp_path / "x").exists()


def test_what_is_no_recording_is_refused(bwtop: Bwtop, tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("hello\n")
    refused = bwtop("replay", str(path))
    assert (refused.status, refused.err) == (
        2, f"bwtop: {path} is no recording of bwtop: `bwtop record FILE` makes one\n",
    )  # fmt: skip
    assert (
        bwtop("replay", str(tmp_path / "gone")).err
        == f"bwtop: {tmp_path / 'gone'} cannot be read: No such file or directory\n"
    )

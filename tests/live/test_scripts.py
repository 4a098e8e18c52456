"""The script, run by a real shell against stand-ins for Cilium's commands, and read as bwtop reads them."""

import asyncio
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bwtop.live.readings import NodeReading
from bwtop.live.scripts import reader_command
from bwtop.model.frames import (
    INSPECT,
    INSPECT_SECTIONS,
    SAMPLE,
    SAMPLE_SECTIONS,
    STATUS,
    STATUS_SECTIONS,
    Frame,
    FrameReader,
    Section,
)
from bwtop.model.limits import Direction

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the scripts read /proc, as in an agent")

RECORDINGS = Path(__file__).parents[1] / "cilium" / "recordings" / "1.13.18"
SHELLS = [shell for shell in ("sh", "dash", "bash", "busybox") if shutil.which(shell)]
CILIUM = f"""case "$*" in
  "bpf bandwidth list -o json") cat {RECORDINGS}/bandwidth-article-json.stdout ;;
  "status -o json") cat {RECORDINGS}/status-eks-chaining-cubic-json.stdout ;;
  "endpoint list -o json") cat {RECORDINGS}/endpoint-list-json.stdout ;;
  *) echo "unknown: $*"; exit 64 ;;
esac"""
OFF = "printf 'bandwidth manager not enabled'; exit 1"


class Agent:
    """A container: nothing on its PATH but what it is given."""

    def __init__(self, folder: Path) -> None:
        self._bin = folder
        for tool in ("cat", "sh", "timeout"):
            self.link(tool)

    def link(self, tool: str) -> None:
        (self._bin / tool).symlink_to(str(shutil.which(tool)))

    def without(self, tool: str) -> None:
        (self._bin / tool).unlink()

    def install(self, **scripts: str) -> None:
        for name, body in scripts.items():
            path = self._bin / name.replace("_", "-")
            path.write_text(f"#!/bin/sh\n{body}\n")
            path.chmod(0o755)

    @asynccontextmanager
    async def running(self, command: Sequence[str], *, shell: str = "sh", stdin: int = PIPE) -> AsyncIterator[Process]:
        words = ["busybox", *command] if shell == "busybox" else [shell, *command[1:]]
        process = await asyncio.create_subprocess_exec(
            str(shutil.which(words[0])), *words[1:], stdin=stdin, stdout=PIPE, stderr=PIPE, env={"PATH": str(self._bin)}
        )
        try:
            async with asyncio.timeout(20):
                yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def output(self, command: Sequence[str], *, asked: int, wanted: str, shell: str = "sh") -> str:
        async with self.running(command, shell=shell) as process:
            out, err = await process.communicate(f"{wanted}\n".encode() * asked)
        assert (process.returncode, err) == (0, b"")
        return out.decode()

    async def frames(
        self, command: Sequence[str], *, asked: int, wanted: str = SAMPLE, shell: str = "sh"
    ) -> list[Frame]:
        """All that the script prints when it is asked so often and its input then ends."""
        reader = FrameReader()
        found = list(reader.feed(await self.output(command, asked=asked, wanted=wanted, shell=shell)))
        assert reader.noise == ""
        return found


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path)


def limits(frame: Frame) -> Mapping[int, int]:
    """Bits/s by endpoint ID, as the pipeline reads them."""
    reading = NodeReading(period=1.0)
    reading.sample(frame, now=0.0, unix=0.0)
    assert reading.entries is not None
    return {key: value.bits_per_second for (key, way), value in reading.entries.items() if way is Direction.EGRESS}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", ["cilium_dbg", "cilium"])
async def test_each_line_of_input_brings_one_sample(agent: Agent, shell: str, name: str) -> None:
    agent.install(**{name: CILIUM})
    frames = await agent.frames(reader_command(frames=5), asked=2, shell=shell)
    assert len(frames) == 2
    for frame in frames:
        assert tuple(frame) == SAMPLE_SECTIONS
        assert [section.exit for section in frame.values()] == [0, 0]
        assert limits(frame)[124] == 10_000_000


@pytest.mark.parametrize("shell", SHELLS)
async def test_the_inspection_prints_what_readers_understand(agent: Agent, shell: str) -> None:
    agent.install(cilium=CILIUM, bpftool='echo \'[{"xdp":[],"tc":[]}]\'')
    (frame,) = await agent.frames(reader_command(frames=5), asked=1, wanted=INSPECT, shell=shell)
    assert tuple(frame) == INSPECT_SECTIONS
    reading = NodeReading(period=1.0)
    reading.inspect(frame, now=0.0)
    assert reading.inspect_error == ""
    assert reading.status is not None
    assert reading.status.cni_chaining == "aws-cni"
    assert reading.endpoints


@pytest.mark.parametrize("shell", SHELLS)
async def test_a_status_asks_for_no_endpoints_and_forgets_none(agent: Agent, shell: str, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    agent.install(cilium=f'echo "$*" >>{asked}\n{CILIUM}', bpftool='echo \'[{"xdp":[],"tc":[]}]\'')
    reading = NodeReading(period=1.0)
    (inspection,) = await agent.frames(reader_command(frames=1), asked=1, wanted=INSPECT, shell=shell)
    reading.inspect(inspection, now=0.0)
    known = dict(reading.endpoints)
    asked.unlink()
    (frame,) = await agent.frames(reader_command(frames=1), asked=1, wanted=STATUS, shell=shell)
    assert tuple(frame) == STATUS_SECTIONS
    assert asked.read_text() == "status -o json\n"
    reading.inspect(frame, now=1.0)
    assert (reading.inspect_error, reading.endpoints) == ("", known)
    assert known


@pytest.mark.parametrize("shell", SHELLS)
async def test_a_large_frame_is_packed_where_the_image_can(agent: Agent, shell: str) -> None:
    agent.install(cilium=CILIUM, bpftool='echo \'[{"xdp":[],"tc":[]}]\'')
    plain = await agent.output(reader_command(frames=1), asked=1, wanted=INSPECT, shell=shell)
    for tool in ("gzip", "base64"):
        agent.link(tool)
        assert await agent.output(reader_command(frames=1), asked=1, wanted=INSPECT, shell=shell) == plain
    agent.link("tr")
    packed = await agent.output(reader_command(frames=1), asked=1, wanted=INSPECT, shell=shell)
    assert len(packed) < len(plain) / 5
    assert list(FrameReader().feed(packed)) == list(FrameReader().feed(plain))
    agent.without("gzip")
    agent.install(gzip="exit 1")
    assert await agent.output(reader_command(frames=1), asked=1, wanted=INSPECT, shell=shell) == plain


async def test_a_small_frame_is_not_packed(agent: Agent) -> None:
    agent.install(cilium="echo '{}'")
    for tool in ("gzip", "base64", "tr"):
        agent.link(tool)
    assert "#bwtop section programs" in await agent.output(reader_command(frames=1), asked=1, wanted=STATUS)


async def test_an_inspection_that_lost_its_endpoints_says_so(agent: Agent) -> None:
    agent.install(cilium=CILIUM)
    (frame,) = await agent.frames(reader_command(frames=1), asked=1, wanted=INSPECT)
    reading = NodeReading(period=1.0)
    reading.inspect({"status": frame["status"]}, now=0.0)
    assert reading.inspect_error.startswith("endpoints: ")


async def test_cilium_dbg_is_preferred_where_both_names_exist(agent: Agent) -> None:
    agent.install(cilium_dbg=CILIUM, cilium="echo deprecated; exit 9")
    (frame,) = await agent.frames(reader_command(frames=1), asked=1)
    assert frame["map"].exit == 0


async def test_a_text_without_a_newline_and_its_exit_status_come_through(agent: Agent) -> None:
    agent.install(cilium=OFF)
    (frame,) = await agent.frames(reader_command(frames=1), asked=1)
    assert frame["map"] == Section("bandwidth manager not enabled", 1)
    reading = NodeReading(period=1.0)
    reading.sample(frame, now=0.0, unix=0.0)
    assert reading.manager_enabled is False


async def test_standard_error_is_in_the_section(agent: Agent) -> None:
    agent.install(cilium="echo 'Unable to open /sys/fs/bpf: no such file or directory' >&2; exit 1")
    (frame,) = await agent.frames(reader_command(frames=1), asked=1)
    assert "no such file" in frame["map"].text


async def test_an_image_without_timeout_works_too(agent: Agent) -> None:
    agent.without("timeout")
    agent.install(cilium=CILIUM)
    (frame,) = await agent.frames(reader_command(frames=1), asked=1)
    assert limits(frame)[124] == 10_000_000


async def test_an_image_without_cilium_says_so_and_goes_on(agent: Agent) -> None:
    frames = await agent.frames(reader_command(frames=3), asked=2)
    assert [frame["map"].exit for frame in frames] == [127, 127]
    assert "cilium" in frames[0]["map"].text
    assert frames[0]["counters"].exit == 0


async def test_the_loop_ends_after_its_count(agent: Agent) -> None:
    agent.install(cilium=CILIUM)
    assert len(await agent.frames(reader_command(frames=2), asked=5)) == 2


async def test_the_loop_ends_when_its_input_does(agent: Agent) -> None:
    agent.install(cilium=CILIUM)
    async with agent.running(reader_command(frames=1000), stdin=DEVNULL) as process:
        out, _ = await process.communicate()
        assert (process.returncode, out) == (0, b"")


async def test_a_command_cannot_eat_the_requests_for_samples(agent: Agent) -> None:
    agent.install(cilium="cat >/dev/null; echo '{}'")
    assert len(await agent.frames(reader_command(frames=5), asked=3)) == 3

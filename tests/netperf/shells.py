"""bwtop netperf beside the demo cluster that this process serves."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bwtop.cli.main import program
from bwtop.demo.kinds import PODS
from netperf.laboratory import Laboratory
from sources import SOURCES


@dataclass
class Ended:
    status: int
    out: str
    err: str


class Shell:
    """`run` is the entry point in a thread of this process, `start` a process that signals can reach."""

    def __init__(self, laboratory: Laboratory, folder: Path) -> None:
        self.laboratory, self.folder = laboratory, folder

    async def run(self, *words: str) -> Ended:
        done = await asyncio.to_thread(CliRunner().invoke, program(), self._words(words), catch_exceptions=False)
        return Ended(done.exit_code, done.stdout, done.stderr)

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        command = [sys.executable, "-m", "bwtop", *self._words(words)]
        environment = {**os.environ, "PYTHONPATH": SOURCES}
        return await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=environment
        )

    def _words(self, words: Sequence[str]) -> list[str]:
        return ["netperf", *words, "--kubeconfig", str(self.folder / "kubeconfig")]

    async def end(self, process: asyncio.subprocess.Process) -> Ended:
        async with asyncio.timeout(120):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Ended(process.returncode, out.decode(), err.decode())

    async def until_measuring(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr
        async with asyncio.timeout(120):
            async for line in process.stderr:
                if b"sends " in line:
                    return
        pytest.fail("it ended before it measured")

    def annotation(self) -> str:
        body = self.laboratory.world.store[PODS].get("default", "netperf-server").body()
        return str(body["metadata"]["annotations"]["kubernetes.io/egress-bandwidth"])


QUICK = ("netperf-server", "--from", "netperf-client", "--duration", "4s")


def result(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found

"""Agents that are silent run into their time-out at once, and no other ever does: no test races a busy machine."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bwtop.demo import exec as exec_server
from bwtop.live.agent_exec import AgentExec
from bwtop.model.frames import Frame

PATIENCE = 60.0
"""Seconds: what errors name as the time-out."""
_LOOK = 0.02


def tell_silence_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo server knows by which execs nothing will ever come; who waits for one is told that its time is up."""
    hushed = set[str]()
    converse, frame = exec_server._converse, AgentExec._frame

    async def noted(socket: Any, process: Any, command: Sequence[str], *, silent: bool) -> None:
        (hushed.add if silent else hushed.discard)(process.pod)
        await converse(socket, process, command, silent=silent)

    async def awaited(script: AgentExec) -> Frame:
        coming = asyncio.ensure_future(frame(script))
        try:
            while not (await asyncio.wait({coming}, timeout=_LOOK))[0]:
                if script._agent.name in hushed:
                    raise TimeoutError
            return coming.result()
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    monkeypatch.setattr(exec_server, "_converse", noted)
    monkeypatch.setattr(AgentExec, "_frame", awaited)
    monkeypatch.setattr("bwtop.live.sampler.SILENCE", PATIENCE)
    monkeypatch.setattr("bwtop.live.snapshot.AGENT_SECONDS", PATIENCE)

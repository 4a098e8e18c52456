"""Measures how long the event loop is blocked, for the benchmarks."""

import asyncio
import json
from pathlib import Path

TICK = 0.01
"""A block may look shorter by this; a finer tick would itself be what is measured."""
WRITE_SECONDS = 1.0


async def watch_loop(path: str) -> None:
    """Keeps `{"longest_block_ms": x}` in a file until cancelled; costs half a per cent of CPU, so it is asked for."""
    loop = asyncio.get_running_loop()
    longest, written, before = 0.0, loop.time(), loop.time()
    while True:
        await asyncio.sleep(TICK)
        now = loop.time()
        longest, before = max(longest, now - before - TICK), now
        if now - written > WRITE_SECONDS:
            written = now
            Path(path).write_text(json.dumps({"longest_block_ms": round(longest * 1000, 1)}))  # noqa: ASYNC240
            before = loop.time()

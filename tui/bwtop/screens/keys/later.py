"""What only a key needs: loaded beside the screen once the rows are there, so that neither they nor the key wait."""

import asyncio
from importlib import import_module
from typing import Final

MODULES: Final = (
    "bwtop.panels.checks_subjects",
    "bwtop.screens.checks",
    "bwtop.live.editor",
    "bwtop.screens.limit",
    "bwtop.screens.write",
    "bwtop.netperf.report",
    "bwtop.panels.netperf_panel",
)


async def load() -> None:
    """In a thread: it holds the event loop for a few milliseconds at a time, not for a tenth of a second."""
    for module in MODULES:
        await asyncio.to_thread(import_module, module)

"""Where the program is, for tests that start it as a process of its own."""

import os
from pathlib import Path

SOURCES = os.pathsep.join(str(Path(__file__).parents[1] / root) for root in ("tui", "widgets", "profiles"))
"""As PYTHONPATH has it."""

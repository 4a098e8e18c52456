"""`bwtop limit` as a process, and what it may leave changed."""

import copy
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from cluster.rig import Rig
from sources import SOURCES

Object = dict[str, Any]
POD_SPEC = {"containers": [{"name": "app", "image": "registry.example/app:1"}]}


def limit(rig: Rig, state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bwtop", "limit", *arguments, "--kubeconfig", str(rig.kubeconfig), "-o", "json"]
    environment = os.environ | {"PYTHONPATH": SOURCES, "XDG_STATE_HOME": str(state)}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=150, env=environment, stdin=subprocess.DEVNULL
    )


def word(path: str) -> str:
    return f"pod/{path.rpartition('/')[2]}"


def without_bookkeeping(body: Object) -> Object:
    """What every write changes is left out."""
    found = copy.deepcopy(body)
    del found["metadata"]["managedFields"], found["metadata"]["resourceVersion"]
    return found

"""The recordings beside this file, as an agent's script would hand them over: stdout and stderr in one text."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "recordings"
VERSIONS = ("1.13.18", "1.15.19", "1.16.6", "1.17.16", "1.18.4", "1.19.7", "1.20.2")


def scenarios(prefix: str) -> list[tuple[str, str]]:
    """(version, scenario) of every recording whose meaning is known."""
    found = [
        (version, path.name.removesuffix(".expected.json"))
        for version in VERSIONS
        for path in sorted((FOLDER / version).glob(f"{prefix}*.expected.json"))
    ]
    assert found
    return found


def output(version: str, name: str) -> str:
    return stream(version, f"{name}-json.stdout") + stream(version, f"{name}-json.stderr")


def stream(version: str, file: str) -> str:
    return (FOLDER / version / file).read_text()


def expected(version: str, scenario: str) -> Any:
    return json.loads((FOLDER / version / f"{scenario}.expected.json").read_text())


def live(name: str) -> str:
    return (FOLDER / "live" / name).read_text()

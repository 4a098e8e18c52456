"""What netperf 2.7.0 printed in runs between two network namespaces; commands.txt tells how it was called."""

from pathlib import Path

from bwtop.netperf.parse import Printed

FOLDER = Path(__file__).parents[1] / "demo" / "recordings" / "netperf"
NAMES = sorted(path.stem for path in FOLDER.glob("*.exit"))


def recorded(name: str) -> Printed:
    def text(stream: str) -> str:
        return (FOLDER / f"{name}.{stream}").read_text()

    return Printed(stdout=text("stdout"), stderr=text("stderr"), exit_status=int(text("exit")))

"""What a terminal would get from an application under test, and what it would show."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver

SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass
class Output:
    """All that was written to the terminal."""

    written: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len("".join(self.written).encode())

    @property
    def text(self) -> str:
        """Without the sequences that move the cursor and set styles."""
        return SEQUENCE.sub("", "".join(self.written))


class Terminal:
    """Lets the driver of tests write, as it would to a terminal with 16 million colours."""

    def __init__(self, set_attribute: Callable[[object, str, object], None]) -> None:
        self._outputs: list[Output] = []
        set_attribute(HeadlessDriver, "is_headless", False)
        set_attribute(HeadlessDriver, "write", self._write)

    @contextmanager
    def listening(self) -> Iterator[Output]:
        output = Output()
        self._outputs.append(output)
        try:
            yield output
        finally:
            self._outputs.remove(output)

    def _write(self, data: str) -> None:
        for output in self._outputs:
            output.written.append(data)


def screen_lines(app: App[None]) -> list[str]:
    """What the screen shows, line by line."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]

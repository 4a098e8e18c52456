"""The text that a shell loop in the agent prints: frames of named sections, so that one exec carries many readings.

    #bwtop begin 1
    #bwtop section map
    {"124": ["1250000"]}
    #bwtop exit 0
    #bwtop section net
    ...
    #bwtop exit 0
    #bwtop end 1

A frame counts only when its `end` has come: an agent that dies in the middle leaves the last good one standing.
Where the agent's image can, the frame comes as one line `#bwtop packed TEXT`, gzip in base64: a tenth of the bytes.
"""

import base64
import re
import zlib
from collections.abc import Iterator

import msgspec

MARK = "#bwtop "

READER = "bwtop-reader"
"""`$0` of the script: it prints a frame for each line that it reads, and ends with its input.

Its argument is the largest number of frames."""
SAMPLE, INSPECT, STATUS = "sample", "inspect", "status"
"""The lines that it understands."""
SAMPLE_SECTIONS = ("map", "counters")
"""`bpf bandwidth list -o json`, /proc/uptime and /proc/net/dev: the time stands at the counters, for exact rates."""
INSPECT_SECTIONS = ("status", "endpoints", "programs")
"""What seldom changes: `status -o json`, `endpoint list -o json`, `bpftool -j net show`."""
STATUS_SECTIONS = ("status", "programs")
"""An inspection without the list of endpoints, by far its largest part. A frame of just these was not asked for it:
an inspection that broke off at its endpoints has no programs."""


_EXIT_STATUS = re.compile(r"-?[0-9]{1,9}")


class Section(msgspec.Struct, frozen=True, gc=False):
    """What one command printed, stdout and stderr as they came."""

    text: str
    exit: int


Frame = dict[str, Section]


class FrameReader:
    """Cuts a stream of text into complete frames; text outside of frames is kept, bounded, as `noise`."""

    NOISE_LIMIT = 2_000
    SECTION_LIMIT = 8_000_000
    """Characters; a longer section is cut and its exit status becomes -1."""
    PACKED_LIMIT = 4 * SECTION_LIMIT
    """Bytes of a frame that came packed; one that is larger lacks its end, so it does not count."""

    def __init__(self) -> None:
        self.noise = ""
        self.broken = ""
        """What is wrong with a packed frame that came last; empty: nothing."""
        self._rest = ""
        self._frame: Frame | None = None
        self._name = ""
        self._blocks: list[str] = []
        self._size = 0

    def feed(self, text: str) -> Iterator[Frame]:
        """Takes the next piece of output, yields the frames that it completes."""
        whole, newline, self._rest = (self._rest + text).rpartition("\n")
        for block in _blocks(whole + newline):
            if not block.startswith(MARK):
                self._text(block)
            elif (frame := self._mark(block)) is not None:
                yield frame
        if len(self._rest) > self.SECTION_LIMIT:
            self._size += len(self._rest)
            self._rest = "…"  # the start of a line that is no mark; its section is cut

    def _mark(self, line: str) -> Frame | None:
        word, _, argument = line[len(MARK) :].strip().partition(" ")
        match word:
            case "packed":
                return self._unpacked(argument)
            case "begin":
                self._frame, self._name = {}, ""
            case "section":
                self._name, self._blocks, self._size = argument, [], 0
            case "exit" if self._frame is not None and self._name:
                self._close(argument)
            case "end":
                frame, self._frame = self._frame, None
                return frame
        return None

    def _unpacked(self, text: str) -> Frame | None:
        """The frame that is in there; None: it is broken, and what comes after it is not."""
        self._frame, self._name, self.broken = None, "", ""
        try:
            lines = _inflated(base64.b64decode(text, validate=True), most=self.PACKED_LIMIT)
        except (ValueError, zlib.error) as error:
            self.broken = f"a packed frame does not unpack: {error}"
            return None
        frame = next(FrameReader().feed(lines), None)
        if frame is None:
            self.broken = f"a packed frame of {len(text):,} characters lacks its end"
        return frame

    def _text(self, block: str) -> None:
        if self._frame is None or not self._name:
            self.noise = (self.noise + block)[-self.NOISE_LIMIT :]
            return
        room = self.SECTION_LIMIT - self._size
        self._size += len(block)
        if room > 0:
            self._blocks.append(block[:room])

    def _close(self, argument: str) -> None:
        assert self._frame is not None
        cut = self._size > self.SECTION_LIMIT
        status = int(argument) if _EXIT_STATUS.fullmatch(argument) and not cut else -1
        self._frame[self._name] = Section("".join(self._blocks).removesuffix("\n"), status)
        self._name, self._blocks = "", []


def _inflated(packed: bytes, *, most: int) -> str:
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    return inflate.decompress(packed, most).decode(errors="replace")


def _blocks(lines: str) -> Iterator[str]:
    """Each mark's line, and all the lines between two marks at once: a section has thousands."""
    start = 0
    while start < len(lines):
        if lines.startswith(MARK, start):
            end = lines.index("\n", start) + 1
        else:
            end = lines.find("\n" + MARK, start) + 1 or len(lines)
        yield lines[start:end]
        start = end


def write_frame(number: int, sections: dict[str, Section]) -> str:
    """One frame as the script in an agent prints it."""
    parts = [f"{MARK}begin {number}"]
    for name, section in sections.items():
        parts += [f"{MARK}section {name}", section.text.rstrip("\n"), f"{MARK}exit {section.exit}"]
    return "\n".join([*parts, f"{MARK}end {number}", ""])

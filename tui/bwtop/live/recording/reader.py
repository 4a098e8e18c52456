"""Reads a recording, from its start and as often as needed; a file that was cut is read up to there."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from bwtop.live.recording.events import Line
from bwtop.live.recording.header import Header, RecordingError, read_header

_CHUNK: Final = 64 * 1024
_INFLATED: Final = 1 << 20
"""Bytes of text that a chunk may become at a time: a small file may not fill the memory."""
_LONGEST_LINE: Final = 64 << 20


class Recording:
    """A file whose header was read. Raises RecordingError when that does not work, OSError when it cannot be opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.note = ""
        """How the file ends, if not as it should; known once it was read to its end."""
        self.header: Header = read_header(next(self._texts(), b""), str(path))

    def lines(self) -> Iterator[Line]:
        """All events in order. Whatever is damaged ends them; `note` then says so."""
        texts = self._texts()
        next(texts, None)
        decoder = msgspec.json.Decoder(Line)
        for text in texts:
            try:
                yield decoder.decode(text)
            except msgspec.MsgspecError as error:
                self.note = f"damaged: an event does not read ({error})"
                return

    def duration(self) -> float:
        """Seconds from the start to the last event; reads the whole file, some 100 MB of text a second."""
        last = b""
        for text in self._texts():
            last = text
        try:
            at, _ = msgspec.json.decode(last, type=tuple[int, msgspec.Raw])
        except msgspec.MsgspecError:
            return 0.0
        return at / 1000

    # -- inside ---------------------------------------------------------------------------------------------------
    def _texts(self) -> Iterator[bytes]:
        """Whole lines; what comes after the last line end was cut."""
        rest = b""
        for block in self._blocks():
            *whole, rest = (rest + block).split(b"\n")
            yield from whole
            if len(rest) > _LONGEST_LINE:
                self.note = "damaged: a line has no end"
                return

    def _blocks(self) -> Iterator[bytes]:
        inflate = zlib.decompressobj(31)
        with self.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                while chunk and not inflate.eof:
                    before = inflate.copy()
                    try:
                        yield inflate.decompress(chunk, _INFLATED)
                    except zlib.error:
                        yield from _unpacked_before_it_broke(before, chunk)
                        self.note = "damaged: the rest of the file does not unpack"
                        return
                    chunk = inflate.unconsumed_tail
        self.note = self.note if inflate.eof else "cut: the program that recorded it was killed, or records still"


def _unpacked_before_it_broke(inflate: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    """zlib keeps to itself what it unpacked in a call that fails, so each byte is a call of its own."""
    for at in range(len(chunk)):
        try:
            yield inflate.decompress(chunk[at : at + 1])
        except zlib.error:
            return


def open_recording(path: Path) -> Recording:
    """Raises RecordingError, also when the file cannot be opened."""
    try:
        return Recording(path)
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}") from None

"""The first line of a recording: of what it is, and who can read it."""

import msgspec

from bwtop import __version__
from bwtop.kube.errors import KubeError

FORMAT = 1
"""Raised when an older bwtop could not, or would wrongly, read what a newer one writes."""


class RecordingError(KubeError):
    """A file is no recording, or none that this bwtop reads or may write."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    bwtop_recording: int = FORMAT
    by: str = __version__
    """Version of the bwtop that wrote it."""
    started: float
    """Unix time."""
    context: str = ""
    namespace: str | None = None
    """None: all of them."""
    masked: bool = False


class _AnyFormat(msgspec.Struct):
    bwtop_recording: int
    by: str = "?"


def read_header(line: bytes, path: str) -> Header:
    """Raises RecordingError."""
    try:
        known = msgspec.json.decode(line, type=_AnyFormat)
    except msgspec.MsgspecError:
        raise RecordingError(f"{path} is no recording of bwtop", hint="`bwtop record FILE` makes one") from None
    if known.bwtop_recording > FORMAT:
        raise RecordingError(
            f"{path} was recorded by bwtop {known.by} in format {known.bwtop_recording}; bwtop {__version__} reads "
            f"formats up to {FORMAT}",
            hint="replay it with that bwtop, or a newer one",
        )
    try:
        return msgspec.json.decode(line, type=Header)
    except msgspec.MsgspecError as error:
        raise RecordingError(f"the header of {path} is damaged: {error}") from None

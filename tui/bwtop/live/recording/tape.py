"""What a screen says of the recording that is made of what it shows."""

from typing import Protocol


class Tape(Protocol):
    @property
    def written(self) -> int:
        """Bytes in the file."""

    @property
    def failure(self) -> str:
        """Why nothing is recorded any more; empty: it goes on."""

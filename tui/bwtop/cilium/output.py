"""What a command in an agent printed: JSON among log lines and error messages, or no JSON at all.

Agents from 1.18 on write log lines (`time=...`) to stdout before the JSON; bwtop's script adds stderr to it.
"""

import json
import re
from itertools import islice
from typing import TypeVar

import msgspec

from bwtop.model.printable import printable

T = TypeVar("T")

STARTS = 20
"""How many lines may look like the start of JSON before the search is given up."""

_START = re.compile(r"^[{\[]", re.MULTILINE)


class OutputError(Exception):
    """Output that cannot be read: what was expected, and what was printed instead, in one printable line."""

    def __init__(self, expected: str, printed: str, *, problem: str = "") -> None:
        told = f" ({printable(problem)})" if problem else ""
        super().__init__(f"expected {expected}, got {_essence(printed) or 'nothing'}{told}")


def decode(text: str, type_: type[T], *, expected: str) -> T:
    """The JSON in the text as a value of the type; raises OutputError that says what was expected."""
    try:
        return msgspec.json.decode(json_payload(text), type=type_)
    except OutputError as error:
        raise OutputError(expected, text) from error
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise OutputError(expected, text, problem=str(error)) from error


def json_payload(text: str) -> str:
    """The JSON object or array in the text, without what stands before and after it; raises OutputError."""
    for start in islice(_START.finditer(text), STARTS):
        if (payload := _payload_at(text, start.start())) is not None:
            return payload
    raise OutputError("JSON", text)


def _payload_at(text: str, start: int) -> str | None:
    """The JSON that starts there; first as if it ran to the last bracket, which is quick, then by scanning."""
    end = max(text.rfind("}"), text.rfind("]")) + 1
    try:
        msgspec.json.decode(text[start:end].encode(), type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return _scanned(text, start)
    return text[start:end]


def _scanned(text: str, start: int) -> str | None:
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    rest_of_line = text[end:].partition("\n")[0]
    return None if rest_of_line.strip() else text[start:end]


def _essence(text: str) -> str:
    """The message: without log lines, unless there is nothing else."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()]
    return printable("\n".join([line for line in lines if not line.startswith("time=")] or lines))

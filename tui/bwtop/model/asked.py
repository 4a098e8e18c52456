"""What the annotation of a pod asks for, and in words why it may ask for nothing."""

import re

from bwtop.model.limits import Asked
from bwtop.model.printable import printable
from bwtop.model.quantity import QuantityError, quantity_value

_MILLI = re.compile(r"[+-]?[0-9.]+[num]")
_UNIT = re.compile(r"([0-9.]+)\s*([kKmMgGtT]i?)(b|B|bit|bits|bps|Bps|b/s|B/s|bit/s)")
_KILO = re.compile(r"[0-9.]+K")
_SHOWN = 30


def asked_of(annotation: str | None) -> Asked | None:
    """None: nothing is asked; an empty annotation asks for nothing, either (cilium pkg/endpoint/events.go)."""
    return asked(annotation) if annotation else None


def asked(annotation: str) -> Asked:
    """Never raises: what does not parse, or comes to no limit, is told in `problem`."""
    try:
        value = quantity_value(annotation)
    except QuantityError:
        return Asked(annotation, None, _no_quantity(annotation))
    bits = value // 8 * 8
    if bits > 0:
        return Asked(annotation, bits)
    return Asked(annotation, 0, _no_limit(annotation, value))


def _no_quantity(annotation: str) -> str:
    shown = printable(annotation, limit=_SHOWN)
    if match := _UNIT.fullmatch(annotation.strip()):
        suffix = {"K": "k", "m": "M", "g": "G", "t": "T"}.get(match[2], match[2])
        return f"{shown} is no quantity; write {match[1]}{suffix}"
    if _KILO.fullmatch(annotation):
        return f"{shown} is no quantity; kilo is a lower-case k"
    if annotation != annotation.strip():
        return f"{shown!r} is no quantity; it has spaces around it"
    return f"{shown} is no quantity"


def _no_limit(annotation: str, value: int) -> str:
    shown = printable(annotation, limit=_SHOWN)
    if _MILLI.fullmatch(annotation) and annotation.endswith("m"):
        return f"{shown} is milli, no limit; mega is M"
    if value < 0:
        return f"{shown} is negative, no limit"
    if 0 < value < 8:
        return f"{shown} is less than one byte a second, no limit"
    return f"{shown} comes to 0, no limit"

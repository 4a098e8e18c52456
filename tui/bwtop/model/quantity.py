"""What the annotation asks for, in Cilium's arithmetic, and how limits and rates are written.

Cilium programs `uint64(Value() / 8)` bytes/s: whatever comes to less than a byte a second is no limit at all.
"""

import re
from decimal import Decimal
from functools import lru_cache

from bwtop.model.limits import Asked
from bwtop.model.printable import printable
from bwtop.model.quantity_value import QuantityError, quantity_value

__all__ = ["QuantityError", "asked", "asked_of", "bytes_per_second", "format_bits", "format_rate", "quantity_value"]

_SMALL = {"m": ("milli", -3), "u": ("micro", -6), "n": ("nano", -9)}
_SLIP = re.compile(
    r"\s*(\+?[0-9]{1,18}(?:[.,][0-9]{1,9})?)\s*([kmgtp]?)(i?)\s*(?:b|bits?|bytes?)?(?:/s|ps)?\s*", re.IGNORECASE
)
"""A number with a unit as people write it: `10MB`, `10 Mbit/s`, `1,5 g`."""
_CACHED = 64
"""Characters; longer annotations are read anew each time instead of being kept."""


def asked_of(annotation: str | None) -> Asked | None:
    """What an annotation asks for; None for an absent or empty one, which Cilium treats alike."""
    return asked(annotation) if annotation else None


def asked(annotation: str) -> Asked:
    """What Cilium makes of an annotation, with the problem in words where that is no limit; never raises."""
    return _cached(annotation) if len(annotation) <= _CACHED else _asked(annotation)


def _asked(annotation: str) -> Asked:
    try:
        value = quantity_value(annotation)
    except QuantityError:
        return Asked(annotation, None, _not_a_quantity(annotation))
    if value >= 8:
        return Asked(annotation, value // 8 * 8)
    return Asked(annotation, 0, _no_limit(annotation, value))


_cached = lru_cache(maxsize=4096)(_asked)


def _no_limit(annotation: str, value: int) -> str:
    """Why a legal quantity limits nothing."""
    shown = printable(annotation, limit=30)
    if not re.search("[1-9]", annotation):
        return f"{shown} is zero, no limit"
    if annotation.startswith("-"):
        return f"{shown} is negative, no limit"
    if annotation[-1] in _SMALL and len(annotation) <= 30:
        word, exponent = _SMALL[annotation[-1]]
        amount = Decimal(annotation[:-1]).scaleb(exponent)
        return f"{shown} is {word}: {amount.normalize():f} bit/s, no limit"
    if 0 < value < 8:
        return f"{shown} is less than a byte per second, no limit"
    return f"{shown} is too large to count, no limit"


def _not_a_quantity(annotation: str) -> str:
    shown = printable(annotation, limit=30)
    if not (slip := _SLIP.fullmatch(annotation[:100])):
        return f"{shown or repr(annotation[:9])} is no Kubernetes quantity, such as 10M"
    number, prefix, binary = slip.groups()
    suffix = ("k" if prefix in "kK" and not binary else prefix.upper()) + binary.lower() if prefix else ""
    meant = f"{number.replace(',', '.')}{suffix}"
    if "".join(annotation.split()) == meant:
        return f"no white space is allowed; write {meant}"
    if annotation == f"{number}K":
        return f"{shown}: kilo is a lower-case k; write {meant}"
    return f"{shown} is no Kubernetes quantity; write {meant}"


def bytes_per_second(text: str) -> int:
    """Cilium's `uint64(Value() / 8)`: a negative limit appears as a number beyond 2**63."""
    value = quantity_value(text)
    return (-(-value // 8) if value < 0 else value // 8) % (1 << 64)


def format_bits(bits: int) -> str:
    """As Cilium's own table writes a limit: the largest suffix that leaves an integer, `10M`, `1500M`, `10485760`."""
    for suffix in ("", "k", "M", "G", "T", "P"):
        if not bits or bits % 1000:
            return f"{bits}{suffix}"
        bits //= 1000
    return f"{bits}E"


def respelled(annotation: str) -> str:
    """The same value in other words, `10000k` for `10M`; raises QuantityError."""
    value = quantity_value(annotation)
    spellings = (format_bits(value), f"{value // 1000}k" if value % 1000 == 0 else str(value), f"{value}000m")
    return next(spelling for spelling in spellings if spelling != annotation)


def format_rate(bits: float) -> str:
    """At most five characters for a screen: `0`, `950`, `9.9M`, `18.1M`, `412M`, `1.2G`."""
    value = float(round(bits))
    for suffix in ("", "k", "M", "G", "T", "P"):
        shown = f"{value:.1f}".removesuffix(".0") if value < 99.95 else f"{value:.0f}"
        if shown != "1000" and value < 1000:
            return f"{shown}{suffix}"
        value /= 1000
    return f"{value:.0f}E"

"""Kubernetes quantities as Cilium reads them: Go's `resource.ParseQuantity(text).Value()`, its overflows included.

Go keeps a short quantity as an int64 with a decimal scale and any other as a decimal of nine places. The two overflow
differently, and both are legal: `10E` comes to 0, `-24Pi` to 4611686019. The rules follow k8s.io/apimachinery 0.34.
"""

import re
from typing import Final

import msgspec

MAX_INT64: Final = (1 << 63) - 1

_SYNTAX = re.compile(r"([+-]?+)0*+([0-9]*+)(?:\.([0-9]*+))?+([eEinumkKMGTP]*+[+-]?+[0-9]*+)")
"""Never goes back, as Go's scanner does not."""
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_EXPONENT = re.compile(r"[eE]([+-]?)0*+([0-9]{1,19}|(?<=0))")

_SHORT_DIGITS: Final = 18
"""Digits that Go keeps in an int64."""
_WRAPPING_SCALES = (1, 2, 3, 6, 9)
"""Powers of ten that Go multiplies by in one step, which wraps around; for any other an overflow gives 0."""
_NANO: Final = 9
"""Decimal places that Go keeps of anything longer."""
_WINDOW: Final = 80
"""Digits looked at of a number of any length, so that 200 kB of digits cost no time."""


class QuantityError(ValueError):
    """Text that is no Kubernetes quantity."""


class _Parts(msgspec.Struct):
    negative: bool
    whole: str
    """Without leading zeros, `0` for none."""
    fraction: str
    exponent: int
    binary: bool
    has_digits: bool
    """`.` and `-` are legal zeros, but only while they are short."""


def quantity_value(text: str) -> int:
    """`Quantity.Value()`: rounded up, an int64; raises QuantityError where Go does not parse."""
    parts = _parts(text)
    magnitude = _short_binary(parts) if parts.binary else _short_decimal(parts)
    if magnitude is not None:
        return _int64(-magnitude) if parts.negative else magnitude
    if not parts.has_digits:
        raise QuantityError(f"{text[:40]!r} has no digits")
    return _long(parts)


def _parts(text: str) -> _Parts:
    found = _SYNTAX.fullmatch(text)
    if not text or found is None:
        raise QuantityError(f"{text[:40]!r} is no Kubernetes quantity")
    sign, whole, fraction, suffix = found.groups()
    exponent = _exponent(suffix)
    return _Parts(
        negative=sign == "-",
        whole=whole or "0",
        fraction=fraction or "",
        exponent=exponent,
        binary=suffix in _BINARY,
        has_digits=any(map(str.isdigit, text[: found.start(4)])),
    )


def _exponent(suffix: str) -> int:
    if suffix in _DECIMAL:
        return _DECIMAL[suffix]
    if suffix in _BINARY:
        return _BINARY[suffix]
    found = _EXPONENT.fullmatch(suffix)
    exponent = int(f"{found[1]}{found[2] or 0}") if found else None
    if exponent is None or not -MAX_INT64 - 1 <= exponent <= MAX_INT64:
        raise QuantityError(f"{suffix[:40]!r} is no suffix of a Kubernetes quantity")
    return _int32(exponent)


def _short_decimal(parts: _Parts) -> int | None:
    """Magnitude of a quantity that Go keeps as digits and a scale; None: too long for that."""
    digits = parts.whole + parts.fraction
    scale = _int32(parts.exponent - len(parts.fraction))
    if len(digits) > _SHORT_DIGITS or scale < -_NANO:
        return None
    number = int(digits)
    if scale < 0:
        return -(-number // _power(-scale))
    exact = number * _power(min(scale, _SHORT_DIGITS + 1))
    return exact if exact <= MAX_INT64 else _int64(exact) if scale in _WRAPPING_SCALES else 0


def _short_binary(parts: _Parts) -> int | None:
    """The same with a binary suffix, for which Go reckons fewer digits."""
    if parts.fraction or len(parts.whole) + parts.exponent * 3 // 10 > 14:
        return None
    return int(parts.whole) << parts.exponent


def _long(parts: _Parts) -> int:
    """A decimal of nine places, rounded up; beyond int64 binary suffixes are capped, decimal ones wrap around."""
    if not _nonzero(parts.whole + parts.fraction):
        return 0
    nanos = _binary_nanos(parts) if parts.binary else _decimal_nanos(parts)
    if parts.binary and nanos > MAX_INT64 * 10**_NANO:
        return -MAX_INT64 if parts.negative else MAX_INT64
    if parts.negative or nanos < MAX_INT64:
        return _billionth(_int64(-nanos) if parts.negative else nanos)
    return _int64(-(-nanos // 10**_NANO))


def _binary_nanos(parts: _Parts) -> int:
    """Billionths, rounded up. All that rounding can turn on stands in the first 69 places (Ei: 60, and nine)."""
    if len(parts.whole) > _WINDOW:
        return _power(_WINDOW)
    fraction = parts.fraction[:_WINDOW] + ("1" if _nonzero(parts.fraction[_WINDOW:]) else "")
    number = int(parts.whole + fraction) << parts.exponent
    return -(-number * 10**_NANO // _power(len(fraction)))


def _decimal_nanos(parts: _Parts) -> int:
    """Billionths, rounded up; of a long number the last digits alone: int64 keeps no more (10**64 comes to 0)."""
    digits = parts.whole + parts.fraction
    kept = len(digits) + _NANO + _int32(parts.exponent - len(parts.fraction))
    if kept > len(digits) + _WINDOW:
        return _power(_WINDOW)
    number = digits[: max(kept, 0)].ljust(kept, "0")
    rest = _nonzero(digits[max(kept, 0) :])
    return int(number[-_WINDOW:] or "0") + rest + (_power(_WINDOW) if _nonzero(number[:-_WINDOW]) else 0)


def _nonzero(digits: str) -> bool:
    return bool(digits.strip("0"))


def _billionth(nanos: int) -> int:
    """Go divides towards zero and adds one for a remainder, also below zero."""
    quotient, remainder = divmod(abs(nanos), 10**_NANO)
    return (-quotient if nanos < 0 else quotient) + bool(remainder)


def _power(places: int) -> int:
    return int(10**places)


def _int64(number: int) -> int:
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def _int32(number: int) -> int:
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)

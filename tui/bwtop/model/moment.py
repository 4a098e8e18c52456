"""Moments of a recording, as people write and read them."""

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final

_DURATION: Final = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7}(?:\.\d{1,3})?)s?)?")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_PERCENT: Final = re.compile(r"(\d{1,3})%")
FORMS: Final = "write 10:32 or 10:32:05, +2m30s or -30s, 4m from the start, or 50%"


def moment(text: str, *, position: float, duration: float, started: float, zone: tzinfo | None = None) -> float:
    """Seconds from the start of a recording; raises ValueError for what is none of the forms.

    `position` and `duration` are seconds, `started` is Unix time; a time of day is that of `zone` (None: here), the
    first after the start.
    """
    text = text.strip()
    if found := _PERCENT.fullmatch(text):
        return duration * (int(found[1]) / 100)  # in this order 100% is the end, to the last bit
    if found := _CLOCK.fullmatch(text):
        return _at(int(found[1]), int(found[2]), int(found[3] or 0), started, zone)
    seconds = _seconds(text[1:] if text.startswith(("+", "-")) else text)
    if text.startswith("+"):
        return position + seconds
    return position - seconds if text.startswith("-") else seconds


def span(seconds: float) -> str:
    """`4m10s`, `1h02m03s`: a place in a recording, to the second."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02}m{rest:02}s"
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


def time_of_day(unix: float, zone: tzinfo | None = None) -> str:
    """`10:32:05`, in `zone` (None: here)."""
    return f"{datetime.fromtimestamp(unix, zone):%H:%M:%S}"


def _seconds(text: str) -> float:
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        raise ValueError(f"{text!r} is no moment: {FORMS}")
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _at(hour: int, minute: int, second: int, started: float, zone: tzinfo | None) -> float:
    begin = datetime.fromtimestamp(started, zone)
    try:
        wanted = begin.replace(hour=hour, minute=minute, second=second, microsecond=0)
    except ValueError:
        raise ValueError(f"there is no time {hour}:{minute:02}:{second:02}: {FORMS}") from None
    if wanted < begin - timedelta(seconds=1):
        wanted += timedelta(days=1)
    return max(wanted.timestamp() - started, 0.0)

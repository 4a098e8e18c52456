"""Ages and times as Kubernetes writes them."""

import re
from datetime import UTC, datetime

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_LEVELS = (
    # below this many seconds: the larger unit, the smaller one or none
    (120, 1, None),
    (600, 60, 1),
    (3 * 3600, 60, None),
    (8 * 3600, 3600, 60),
    (48 * 3600, 3600, None),
    (8 * 86_400, 86_400, 3600),
    (2 * 365 * 86_400, 86_400, None),
    (8 * 365 * 86_400, 365 * 86_400, 86_400),
)
_UNIT = {1: "s", 60: "m", 3600: "h", 86_400: "d", 365 * 86_400: "y"}


def seconds(text: str) -> float:
    """`5d4h` in seconds."""
    return sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"(\d+)([dhms])", text))


def rfc3339(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339_milliseconds(unix: float) -> str:
    """As cilium-agent writes times."""
    return datetime.fromtimestamp(unix, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unix(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def short_age(span: float) -> str:
    """Seconds as the AGE column has them: `45s`, `3m12s`, `5d4h`, `13d`."""
    span = int(max(0, span))
    for below, large, small in _LEVELS:
        if span < below:
            rest = span % large // small if small else 0
            return f"{span // large}{_UNIT[large]}" + (f"{rest}{_UNIT[small]}" if small and rest else "")
    return f"{span // (365 * 86_400)}y"

"""Times on the command line, as far as people type Go's durations: `10`, `10s`, `500ms`, `1m`."""

import re
from typing import Final

import click

_DURATION: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|h)?")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(_context: click.Context, _parameter: click.Parameter, text: str) -> float:
    """Callback of an option: a duration in seconds, 0 among them; raises click.BadParameter."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is no time; write 10s or 1m")
    return float(found[1]) * _SECONDS[found[2] or "s"]

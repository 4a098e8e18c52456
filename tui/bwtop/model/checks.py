"""What `doctor` and `explain` print: checks, each a finding with its evidence, what to do, and whose rule it is."""

from collections.abc import Iterable, Sequence
from enum import Enum

import msgspec

from bwtop.model.sources import Source


class Finding(Enum):
    """What a check came to; the values are the JSON contract."""

    OK = "ok"
    WARNING = "warning"
    """A limit may not do what it says, or bwtop shows less than it could."""
    FAILURE = "failure"
    """Limits are not in force, or bwtop cannot do its work."""
    UNKNOWN = "unknown"
    """Could not be checked; the evidence says why."""


_WORST_FIRST = (Finding.FAILURE, Finding.UNKNOWN, Finding.WARNING, Finding.OK)
_SYMBOLS = {Finding.OK: "✓", Finding.WARNING: "!", Finding.FAILURE: "✗", Finding.UNKNOWN: "?"}


class Check(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """What was looked at, `egress program`; the same in every cluster."""
    finding: Finding
    evidence: str
    """What was seen, in one printable line."""
    advice: tuple[str, ...] = ()
    """What to do, a step each; mostly commands."""
    source: Source | None = None
    """Where the rule comes from."""
    objects: tuple[str, ...] = ()
    """Nodes, pods or rights that it is about; empty: the cluster as a whole."""


class Unread(msgspec.Struct, frozen=True):
    """Stands for a value that may not or cannot be read."""

    why: str


def unchecked(name: str, why: str, *, source: Source | None = None, objects: tuple[str, ...] = ()) -> Check:
    """What may not or cannot be read is a check, too."""
    return Check(name=name, finding=Finding.UNKNOWN, evidence=f"could not check: {why}", source=source, objects=objects)


def finding_symbol(finding: Finding) -> str:
    return _SYMBOLS[finding]


def worst(checks: Iterable[Check]) -> Finding:
    """A failure counts before what could not be checked, that before a warning; OK without any check."""
    found = {check.finding for check in checks}
    return next((finding for finding in _WORST_FIRST if finding in found), Finding.OK)


def merged(checks: Iterable[Check]) -> Sequence[Check]:
    """Checks that differ in their objects only become one, where the first of them stood."""
    found: dict[Check, list[str]] = {}
    for check in checks:
        found.setdefault(msgspec.structs.replace(check, objects=()), []).extend(check.objects)
    return [msgspec.structs.replace(check, objects=tuple(objects)) for check, objects in found.items()]


def tally(checks: Iterable[Check]) -> str:
    """`12 ok, 1 warning, 2 failures, 1 could not be checked`."""
    found = [check.finding for check in checks]
    words = {
        Finding.OK: ("ok", "ok"),
        Finding.WARNING: ("warning", "warnings"),
        Finding.FAILURE: ("failure", "failures"),
        Finding.UNKNOWN: ("could not be checked", "could not be checked"),
    }
    counts = {finding: found.count(finding) for finding in Finding}
    return ", ".join(f"{count} {words[finding][count > 1]}" for finding, count in counts.items() if count)

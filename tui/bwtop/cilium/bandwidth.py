"""`bpf bandwidth list -o json`: what is programmed in a node's map `cilium_throttle`.

The shape by version of the agent (strings throughout, bytes/s):

    up to 1.16   {"491": ["1250000"]}                        endpoint ID: bytes/s
    1.17         {"491": ["1250000, 0"]}                     ... bytes/s, priority
    from 1.18    {"491, 0": ["1250000, 0"]}                  endpoint ID, direction (0 egress, 1 ingress)
    later        {"491, 0": ["1250000, 0, unset"]}           ... bytes/s, priority, DSCP
"""

import re

import msgspec

from bwtop.cilium.output import OutputError, decode
from bwtop.cilium.resources import endpoint_id
from bwtop.model.limits import Direction, Programmed
from bwtop.model.printable import printable

EXPECTED = "the JSON of `bpf bandwidth list`"

_DIRECTIONS = {"0": Direction.EGRESS, "1": Direction.INGRESS}
_NUMBER = re.compile(r"-?[0-9]{1,20}")
_MAP_MISSING = re.compile(r"bandwidth manager not enabled|cilium_throttle: no such file or directory")


class MapMissing(OutputError):  # noqa: N818  a finding about the node more than an error
    """The map does not exist: the bandwidth manager is off on that node."""

    def __init__(self, printed: str) -> None:
        super().__init__("the bandwidth map", printed)


class MapEntry(msgspec.Struct, frozen=True, gc=False):
    endpoint_id: int | None
    """None: a number that no endpoint can have, as an older agent shows another era's ingress rows."""
    direction: Direction
    programmed: Programmed


def read_bandwidth_map(text: str) -> dict[tuple[int, Direction], Programmed]:
    """Every row of the map by endpoint ID and direction; one bad row is an OutputError, since half a map misleads."""
    try:
        rows = decode(text, dict[str, object], expected=EXPECTED)
    except OutputError as error:
        if _MAP_MISSING.search(text):
            raise MapMissing(text) from error
        raise
    entries = [_entry(key, values) for key, values in rows.items()]
    return {(e.endpoint_id, e.direction): e.programmed for e in entries if e.endpoint_id is not None}


def _entry(key: str, values: object) -> MapEntry:
    try:
        [value] = msgspec.convert(values, list[str])
        identity, _, direction = key.partition(",")
        return MapEntry(
            endpoint_id(_number(identity)), _DIRECTIONS[direction.strip() or "0"], _programmed(*value.split(","))
        )
    except (msgspec.ValidationError, KeyError, ValueError, TypeError) as error:
        raise OutputError("rows like `124, 0: 1250000, 0` in the bandwidth map", f"{key}: {values!r}") from error


def _programmed(rate: str, priority: str | None = None, dscp: str | None = None, *_later: str) -> Programmed:
    """A negative rate, also one that was printed as unsigned, limits nothing."""
    bytes_per_second = _number(rate)
    return Programmed(
        bits_per_second=8 * bytes_per_second if 0 < bytes_per_second < 1 << 63 else 0,
        priority=None if priority is None else _number(priority),
        dscp=None if dscp is None else printable(dscp, limit=20),
    )


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(number := text.strip()):
        raise ValueError(f"{printable(text)!r} is no number")
    return int(number)

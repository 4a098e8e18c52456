"""`bpf bandwidth list` in the four shapes that Cilium's releases have."""

from collections.abc import Sequence

import msgspec

from bwtop.demo.agent import Agent
from bwtop.demo.eras import Era
from bwtop.model.limits import Direction
from bwtop.model.quantity import format_bits


class Row(msgspec.Struct, frozen=True):
    endpoint_id: int
    direction: Direction
    bytes_per_second: int
    priority: int

    def key(self, era: Era) -> str:
        if not era.has_ingress:
            return str(self.endpoint_id)
        return f"{self.endpoint_id}, {int(self.direction is Direction.INGRESS)}"

    def value(self, era: Era) -> str:
        return f"{self.bytes_per_second}, {self.priority}" if era.row_for_every_pod else str(self.bytes_per_second)

    def cells(self, era: Era) -> tuple[str, ...]:
        bandwidth = format_bits(self.bytes_per_second * 8)
        if era.has_ingress:
            return str(self.endpoint_id), self.direction.value.capitalize(), str(self.priority), bandwidth
        if era.row_for_every_pod:
            return str(self.endpoint_id), str(self.priority), bandwidth
        return str(self.endpoint_id), bandwidth


def rows(agent: Agent) -> list[Row]:
    """The map's rows in the order of the list: endpoint IDs sorted as text."""
    found = [
        Row(endpoint_id, direction, row.bytes_per_second, row.priority)
        for (endpoint_id, direction), row in agent.rows.items()
    ]
    return sorted(found, key=lambda row: (str(row.endpoint_id), row.direction.value))


def mapping(rows: Sequence[Row], era: Era) -> dict[str, list[str]]:
    return {row.key(era): [row.value(era)] for row in rows}


def text(rows: Sequence[Row], era: Era) -> str:
    """Bits/s, in columns three spaces apart."""
    if era.has_ingress:
        head: tuple[str, ...] = ("IDENTITY", "DIRECTION", "PRIO", "BANDWIDTH (BitsPerSec)")
    elif era.row_for_every_pod:
        head = ("IDENTITY", "PRIO", "EGRESS BANDWIDTH (BitsPerSec)")
    else:
        head = ("IDENTITY", "EGRESS BANDWIDTH (BitsPerSec)")
    return aligned([head, *(row.cells(era) for row in rows)])


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """As Go's tabwriter sets it: every column but the last is as wide as its widest cell and three more."""
    widths = [max(5, *(len(cell) + 3 for cell in column)) for column in zip(*lines, strict=True)]
    return "".join(
        "".join(cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=False)) + line[-1] + "\n"
        for line in lines
    )


def yaml(rows: Sequence[Row], era: Era) -> str:
    """Keys in the order of numbers; indented from 1.15 on, unquoted where a key or value is more than a number."""
    if not rows:
        return "{}\n\n"
    inner = "    - " if era.has_cilium_dbg else "- "
    lines = [
        (f'"{row.key(era)}"' if not era.has_ingress else row.key(era)) + f":\n{inner}{_scalar(row.value(era))}\n"
        for row in sorted(rows, key=lambda row: (row.endpoint_id, row.direction.value))
    ]
    return "".join(lines) + "\n"


def _scalar(value: str) -> str:
    return value if "," in value else f'"{value}"'


def no_map(era: Era) -> str:
    """Standard error where the bandwidth manager is off."""
    path = "/sys/fs/bpf/tc/globals/cilium_throttle: no such file or directory\n"
    if era.version >= (1, 20):
        return "bandwidth manager not enabled"
    if era.has_cilium_dbg:
        return f"error dumping contents of map: loading pinned map {path}"
    return f"error dumping contents of map: Unable to get object {path}"

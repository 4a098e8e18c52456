"""A row as text, to be pasted somewhere else."""

from collections.abc import Sequence
from typing import Any

from bwtop.model.rows import LimitRow, NodeRow, PodRow
from bwtop.panels.row import Row
from bwtop_widgets.cell_text import visible
from bwtop_widgets.columns import Column


def name_of(row: Row) -> str:
    """As kubectl takes it after the kind; of a limit that of its pod, or its key where there is none."""
    match row:
        case PodRow():
            return row.pod
        case NodeRow():
            return row.node
        case LimitRow():
            return row.pod or row.key
    return row.name


def rows_as_text(rows: Sequence[Row], columns: Sequence[Column[Any]]) -> str:
    """A table with titles, in columns; all of each value, whatever the screen has room for."""
    lines = [[column.title for column in columns]]
    lines += [[visible(column.content(row).text) or "–" for column in columns] for row in rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )

"""Rows as text: table and wide for people, json, yaml, csv and name for programs."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import yaml

from bwtop.model.document import PARTS, Item, Kind, document
from bwtop.model.printable import printable

RowT = TypeVar("RowT")
FORMATS = ("table", "wide", "json", "yaml", "csv", "name")
NOT_KNOWN = "-"
CELL = 120
LAST_CELL = 2000
"""Characters; reasons stand in the last column, and what is cut from them is the next step."""


@dataclass(frozen=True, kw_only=True)
class Column(Generic[RowT]):
    title: str
    text: Callable[[RowT], object]
    """None is shown as `-`."""
    wide: bool = False
    """Only with -o wide."""
    namespaced: bool = False
    """Only when several namespaces are shown."""


@dataclass(frozen=True, kw_only=True)
class Table(Generic[RowT]):
    """How rows of one kind are written."""

    kind: Kind
    resource: str
    """As in `-o name`: `pod`."""
    columns: Sequence[Column[RowT]]
    item: Callable[[RowT], Item]
    name: Callable[[RowT], str]
    sort: Callable[[RowT], Any]


def render(table: Table[RowT], rows: Sequence[RowT], output: str, *, all_namespaces: bool) -> str:
    """The whole answer, with a newline at its end; empty for an empty table."""
    rows = sorted(rows, key=table.sort)
    match output:
        case "json":
            return json.dumps(document(table.kind, map(table.item, rows)), indent=2) + "\n"
        case "yaml":
            return yaml.safe_dump(document(table.kind, map(table.item, rows)), sort_keys=False)
        case "csv":
            return render_csv([table.item(row) for row in rows])
        case "name":
            return "".join(f"{table.resource}/{table.name(row)}\n" for row in rows)
    return _render_table(_columns(table, output, all_namespaces), rows, heading=True)


def render_changes(
    table: Table[RowT], rows: Sequence[RowT], output: str, *, all_namespaces: bool, heading: bool, widths: list[int]
) -> str:
    """What --watch prints for rows that are new or different: a line or a document each.

    `widths` are those of the lines printed so far, empty at first; wider cells widen them, so that lines stand below
    each other.
    """
    rows = sorted(rows, key=table.sort)
    match output:
        case "json":
            return "".join(json.dumps(table.item(row)) + "\n" for row in rows)
        case "yaml":
            return "".join("---\n" + yaml.safe_dump(table.item(row), sort_keys=False) for row in rows)
        case "csv":
            return render_csv([table.item(row) for row in rows], heading=heading)
        case "name":
            return render(table, rows, output, all_namespaces=all_namespaces)
    return _render_table(_columns(table, output, all_namespaces), rows, heading=heading, widths=widths)


def render_csv(items: Sequence[Item], *, heading: bool = True) -> str:
    """Nested objects become columns with a dot, lists are joined by a space."""
    flat = [_flat(item) for item in items]
    names = list(dict.fromkeys(name for item in flat for name in item))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    if heading:
        writer.writeheader()
    writer.writerows(flat)
    return buffer.getvalue()


def _flat(item: Item, prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in item.items():
        if value is None and name in PARTS:
            value = dict.fromkeys(PARTS[name])
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = " ".join(map(str, value)) if isinstance(value, list) else value
    return flat


def _columns(table: Table[RowT], output: str, all_namespaces: bool) -> Sequence[Column[RowT]]:
    return [
        column
        for column in table.columns
        if (output == "wide" or not column.wide) and (all_namespaces or not column.namespaced)
    ]


def _render_table(
    columns: Sequence[Column[RowT]], rows: Sequence[RowT], *, heading: bool, widths: list[int] | None = None
) -> str:
    limits = [CELL] * (len(columns) - 1) + [LAST_CELL]
    lines = [[_cell(column.text(row), limit) for column, limit in zip(columns, limits, strict=True)] for row in rows]
    if heading:
        lines.insert(0, [column.title for column in columns])
    before = widths or [0] * len(columns)
    needed = [max([least, *(len(line[at]) for line in lines)]) for at, least in enumerate(before)]
    if widths is not None:
        widths[:] = needed
    return "".join("   ".join(map(str.ljust, line, needed)).rstrip() + "\n" for line in lines)


def _cell(value: object, limit: int) -> str:
    if value is None or value == "":
        return NOT_KNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(str(value), limit=limit)

"""Rows as text for people: what stands below what, and what is cut."""

from bwtop.cli.output import Column, Table, render, render_changes
from bwtop.model.document import Kind

RIVERS: Table[tuple[str, str]] = Table(
    kind=Kind.PODS,
    resource="river",
    columns=[Column(title="RIVER", text=lambda row: row[0]), Column(title="STATE", text=lambda row: row[1])],
    item=lambda row: {"river": row[0]},
    name=lambda row: row[0],
    sort=lambda row: row[0],
)


def test_lines_of_a_watch_stand_below_those_printed_before() -> None:
    widths: list[int] = []
    first = render_changes(
        RIVERS, [("Mississippi", "calm")], "table", all_namespaces=False, heading=True, widths=widths
    )
    later = render_changes(RIVERS, [("Po", "wild")], "table", all_namespaces=False, heading=False, widths=widths)
    lines = (first + later).splitlines()
    assert [line.index(state) for line, state in zip(lines, ("STATE", "calm", "wild"), strict=True)] == [14, 14, 14]


def test_a_reason_at_the_end_of_a_line_is_printed_whole() -> None:
    reason = "the dam is closed; " * 20 + "open it"
    assert render(RIVERS, [("Po", reason)], "table", all_namespaces=False).rstrip().endswith("open it")

"""Results of netperf on stdout: a card for people, json, yaml and csv for programs, Markdown for a channel."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

import yaml

from bwtop.cli.output import Column, Table, render, render_csv
from bwtop.model.document import Kind, document
from bwtop.model.printable import printable
from bwtop.netperf.report import markdown
from bwtop.netperf.result import Result, result_document, result_item
from bwtop.netperf.words import (
    compared,
    confidence_words,
    cpu_words,
    figure,
    headline,
    latency_words,
    path_words,
    rate_words,
)

FORMATS: Final = ("table", "json", "yaml", "csv", "markdown")


def render_result(results: Sequence[Result], output: str) -> str:
    """One result, or the two before and after an edit; with a newline at the end."""
    match output:
        case "json":
            return json.dumps(_document(results), indent=2) + "\n"
        case "yaml":
            return yaml.safe_dump(_document(results), sort_keys=False)
        case "csv":
            return render_csv([result_item(result) for result in results])
        case "markdown":
            return markdown(results)
    return render_comparison(results[0], results[-1]) if len(results) > 1 else _card(results[0])


def render_comparison(before: Result, after: Result) -> str:
    """Three columns: name, before, after; what did not change is told once."""
    rows = [(name, first, "=" if first == then else then) for name, first, then in compared(before, after)]
    lines = [("", "BEFORE", "AFTER"), *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(3)]
    return "".join("   ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in lines)


def render_history(results: Sequence[Result], output: str) -> str:
    """One line or item a result, the oldest first."""
    return render(HISTORY, results, output, all_namespaces=True)


def _document(results: Sequence[Result]) -> dict[str, object]:
    if len(results) == 1:
        return result_document(results[0])
    return document(Kind.NETPERF_HISTORY, map(result_item, results))


def _card(result: Result) -> str:
    facts = [(name, value) for name, value in _facts(result) if value]
    width = max(len(name) for name, _ in facts)
    return "".join(f"{name.ljust(width)}   {printable(value, limit=300)}\n" for name, value in facts)


def _facts(result: Result) -> Iterator[tuple[str, str]]:
    measured, limit = result.measured, result.limit
    yield "RESULT", headline(result)
    yield "TEST", f"{result.test} ({result.direction}), {result.samples} x {result.duration_seconds} s"
    yield "SERVER", f"{result.server.namespace}/{result.server.pod} on {result.server.node}"
    yield "CLIENT", f"{result.client.namespace}/{result.client.pod} on {result.client.node}"
    yield "PATH", path_words(result)
    asked = f"asked {limit.annotation}" if limit.annotation is not None else "none asked"
    yield "LIMIT", f"{asked}, programmed {rate_words(limit.bits_per_second)}"
    yield "SHARE", "" if result.share is None else f"{result.share:.0%}"
    yield "SAMPLES", ", ".join(map(rate_words, measured.samples_bits_per_second)) if result.samples > 1 else ""
    yield "MEAN", confidence_words(measured)
    yield "LATENCY", latency_words(measured.latency_microseconds)
    yield "RETRANSMITS", "" if measured.retransmits is None else str(measured.retransmits)
    yield "CPU", cpu_words(measured)


HISTORY: Final = Table[Result](
    kind=Kind.NETPERF_HISTORY,
    resource="netperf",
    item=result_item,
    name=lambda result: result.at,
    sort=lambda result: 0,
    columns=(
        Column(title="AT", text=lambda result: result.at),
        Column(title="CONTEXT", text=lambda result: result.context),
        Column(title="SERVER", text=lambda result: f"{result.server.namespace}/{result.server.pod}"),
        Column(title="CLIENT", text=lambda result: f"{result.client.namespace}/{result.client.pod}"),
        Column(title="TEST", text=lambda result: result.test),
        Column(title="MEASURED", text=figure),
        Column(title="VERDICT", text=lambda result: result.verdict.value if result.verdict else None),
    ),
)

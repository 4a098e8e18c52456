"""A result as Markdown, with all that somebody needs who was not there: for the incident channel."""

from collections.abc import Iterator, Sequence

from bwtop.model.printable import printable
from bwtop.netperf.result import Result, ResultEnd
from bwtop.netperf.words import (
    compared,
    confidence_words,
    cpu_words,
    difference_words,
    headline,
    latency_words,
    path_words,
    rate_words,
)


def markdown(results: Sequence[Result]) -> str:
    """One result; of several, the comparison of the first and the last comes before the last one's report."""
    last = results[-1]
    lines = [*_comparison(results[0], last)] if len(results) > 1 else []
    return "\n".join([*lines, *_report(last)]) + "\n"


def _report(result: Result) -> Iterator[str]:
    yield f"### netperf: {headline(result)}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in _facts(result):
        if value:
            yield f"| {name} | {_cell(value)} |"
    for title, lines in (("Said before", result.warnings), ("What could explain it", result.explanations)):
        if lines:
            yield from ("", f"**{title}**", "", *(f"- {_cell(line)}" for line in lines))


def _facts(result: Result) -> Iterator[tuple[str, str]]:
    measured, limit = result.measured, result.limit
    yield "when", result.at
    yield "context", result.context
    yield "test", f"{result.test} ({result.direction}), {result.samples} × {result.duration_seconds} s"
    yield "streams", str(result.streams) if result.streams > 1 else ""
    yield "server", _end(result.server)
    yield "client", _end(result.client)
    yield (
        "limit",
        f"asked {limit.annotation or '–'}, programmed {rate_words(limit.bits_per_second)}, {limit.state or '–'}",
    )
    yield "samples", ", ".join(map(rate_words, measured.samples_bits_per_second))
    yield "mean", confidence_words(measured)
    yield "latency", latency_words(measured.latency_microseconds)
    yield "retransmits", "" if measured.retransmits is None else str(measured.retransmits)
    yield "CPU of the nodes", cpu_words(measured)
    yield "path", path_words(result)
    yield "egress program", result.path.egress_program or ""
    yield "bandwidth manager", result.path.bandwidth_manager or ""
    yield "encryption", result.path.encryption or ""
    yield "CNI chaining", result.path.cni_chaining or ""
    yield "L7 policies", ", ".join(result.path.l7_policies or ())
    yield "bwtop", result.bwtop


def _end(end: ResultEnd) -> str:
    facts = [f"on {end.node}", end.ip or "", f"Cilium {end.cilium}" if end.cilium else "", end.kernel or ""]
    made = " (made for the test)" if end.made else ""
    return f"{end.namespace}/{end.pod}{made}, " + ", ".join(filter(None, facts))


def _comparison(before: Result, after: Result) -> Iterator[str]:
    yield f"### netperf: {difference_words(before, after)}"
    yield from ("", "| | before | after |", "|---|---|---|")
    for name, first, then in compared(before, after):
        yield f"| {name} | {_cell(first)} | {_cell(then)} |"
    yield ""


def _cell(text: str) -> str:
    """Cluster text cannot break the table or carry markup out of it."""
    return printable(text, limit=400).replace("|", "\\|").replace("`", "'").replace("<", "&lt;")

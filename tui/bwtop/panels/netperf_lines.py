"""What the netperf panel says: lines of texts in tones, before, during and after a test. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from bwtop.model.netperf import NetperfTest
from bwtop.model.printable import printable
from bwtop.model.quantity import format_rate
from bwtop.model.rows import PodRow
from bwtop.model.words import state_symbol, state_words
from bwtop.netperf.judge import Verdict
from bwtop.netperf.plan import Plan
from bwtop.netperf.result import Result
from bwtop.netperf.run import Running
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
from bwtop_widgets.meter import meter
from bwtop_widgets.sparkline import chart

Line = tuple[str, str]
"""A text and its tone."""
CHART_LINES: Final = 4
_HEADROOM: Final = 1.25
"""Of the limit, that the curve has above it."""
_VERDICTS: Final = {Verdict.PASS: "good", Verdict.OVER: "bad", Verdict.UNDER: "warn"}


def pod_lines(row: PodRow) -> Iterator[Line]:
    """The pod under test, where it is, and its limit."""
    yield row.key, "bold"
    yield f"on {row.node or 'no node yet'}", "dim"
    if row.asked is None:
        yield "no limit is asked", "dim"
        return
    programmed = row.programmed.bits_per_second if row.programmed else None
    words = f"{state_symbol(row.state)} {state_words(row.state)}"
    asked = printable(row.asked.annotation, limit=20)
    yield f"limit {asked}, programmed {rate_words(programmed)}  {words}", ""


def running_lines(
    plan: Plan | None, progress: Running | None, curve: Sequence[float | None], step: str, *, width: int
) -> Iterator[Line]:
    """How far it is, and the sender's rate as its agent counts it."""
    if progress is None:
        yield f"{step} …", ""
        if plan is not None:
            yield from ((f"! {warning}", "warn") for warning in plan.warnings())
        return
    number = f"  sample {progress.sample} of {progress.samples}" if progress.samples > 1 else ""
    yield f"{min(progress.elapsed, progress.seconds):.0f} s of {progress.seconds} s{number}", "bold"
    yield meter(progress.share, width), "accent"
    yield from _curve_lines(plan, curve, width=width)
    yield step, "dim"


def _curve_lines(plan: Plan | None, curve: Sequence[float | None], *, width: int) -> Iterator[Line]:
    limit = plan.limit if plan else None
    known = [rate for rate in curve if rate is not None]
    now = f"rate {format_rate(known[-1])}" if known else "rate – (the agent's next sample is awaited)"
    yield f"{now}{f' · limit {format_rate(limit)}' if limit else ''}", ""
    if known:
        top = max([*known, (limit or 0) * _HEADROOM])
        yield from ((line, "good") for line in chart(curve, width, CHART_LINES, top=top))


def changed_lines(result: Result, row: PodRow) -> Iterator[Line]:
    """When the limit that was tested is no longer that of the server."""
    if result.test == NetperfTest.TCP_MAERTS.value and result.server.pod == row.pod and row.limit is not None:
        now = row.limit or None
        if now != result.limit.bits_per_second:
            yield f"the limit is {rate_words(now) if now else 'gone'} by now: Again tests it", "accent"


def result_lines(result: Result, former: Result | None) -> Iterator[Line]:
    """The card: what was measured, how it stands to the limit, and what could explain a miss."""
    measured = result.measured
    yield headline(result), _tone(result)
    share = "" if result.share is None else f"{result.share:.0%} of the limit"
    spread = confidence_words(measured)
    if share or spread:
        yield " ".join(filter(None, (share, spread))), ""
    facts = (
        ("samples", ", ".join(map(rate_words, measured.samples_bits_per_second)) if result.samples > 1 else ""),
        ("test", f"{result.test}, {result.samples} × {result.duration_seconds} s{_streams(result)}"),
        ("latency", latency_words(measured.latency_microseconds)),
        ("retransmits", "" if measured.retransmits is None else str(measured.retransmits)),
        ("CPU", cpu_words(measured)),
        ("path", path_words(result)),
    )
    yield from ((f"{name} {printable(value, limit=200)}", "dim") for name, value in facts if value)
    yield from ((f"! {warning}", "warn") for warning in result.warnings)
    yield from ((f"? {explanation}", "warn") for explanation in result.explanations)
    if former is not None:
        yield f"before: {difference_words(former, result)}", ""


def compared_lines(former: Result, result: Result) -> Iterator[Line]:
    """Two tests: what differs, and then what is the same in both."""
    yield difference_words(former, result), "bold"
    rows = [row for row in compared(former, result) if row[0] != "measured"]
    for name, before, after in rows:
        if before != after:
            yield f"{name}  {before} → {after}", ""
    yield "the same in both:", "dim"
    for name, before, after in rows:
        if before == after:
            yield f"  {name}  {before}", "dim"


def past_lines(result: Result) -> Iterator[Line]:
    """A former test in two lines, as one of several to choose from."""
    yield headline(result), _tone(result)
    yield f"{result.at[5:16].replace('T', ' ')}Z  {result.test}  {result.client.pod}", ""


def _tone(result: Result) -> str:
    if result.verdict is not None:
        return _VERDICTS[result.verdict]
    return "bad" if result.limit_is_missing else "bold"


def _streams(result: Result) -> str:
    return f", {result.streams} streams" if result.streams > 1 else ""

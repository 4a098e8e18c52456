"""Results in words and figures, for cards, tables and reports."""

from collections.abc import Callable, Sequence
from typing import Final

from bwtop.model.printable import printable
from bwtop.model.quantity import format_rate
from bwtop.netperf.measurement import Latency
from bwtop.netperf.result import Measured, Result


def figure(result: Result) -> str:
    """`9.9 of 10 Mbit/s`, `941 Mbit/s`, `16538 transactions/s`."""
    measured = result.measured
    if measured.bits_per_second is None:
        rate = measured.transactions_per_second
        return "–" if rate is None else f"{rate:,.0f} transactions/s"
    limit = result.limit.bits_per_second
    unit, scale = _unit(limit or measured.bits_per_second)
    shown = _digits(measured.bits_per_second / scale)
    return f"{shown} of {_digits(limit / scale)} {unit}" if limit else f"{shown} {unit}"


def headline(result: Result) -> str:
    """`9.9 of 10 Mbit/s · PASS`."""
    verdict = result.verdict.value if result.verdict else "no limit, no verdict"
    if result.limit_is_missing:
        verdict = f"asked {printable(result.limit.annotation or '', limit=30)}, not programmed"
    if result.measured.bits_per_second is None:
        return figure(result)
    return f"{figure(result)} · {verdict}"


def rate_words(bits: int | None) -> str:
    """`9.91M`; `–` when it is not known."""
    return "–" if bits is None else format_rate(bits)


def latency_words(latency: Latency) -> str:
    """`p50 1.2 ms · p90 1.3 ms · p99 2.5 ms`; empty when nothing is known."""
    pairs = (("p50", latency.p50), ("p90", latency.p90), ("p99", latency.p99))
    return " · ".join(f"{name} {_time(value)}" for name, value in pairs if value is not None)


def cpu_words(measured: Measured) -> str:
    """`client 4 % · server 5 %`; empty when netperf did not say."""
    pairs = (("client", measured.cpu.client_percent), ("server", measured.cpu.server_percent))
    return " · ".join(f"{name} {value:.0f} %" for name, value in pairs if value is not None)


def path_words(result: Result) -> str:
    """`node-a → node-b`, in the direction of the data."""
    first, then = result.client.node, result.server.node
    if result.test == "TCP_MAERTS":
        first, then = then, first
    if result.path.same_node:
        return f"within {first}: no limit applies"
    return f"{first} → {then}"


def confidence_words(measured: Measured) -> str:
    """`± 0.12M (95 %)`; empty for one sample."""
    width = measured.confidence95_bits_per_second
    return "" if width is None else f"± {format_rate(width)} (95 %)"


def difference_words(before: Result, after: Result) -> str:
    """`9.9 of 10 Mbit/s → 49.5 of 50 Mbit/s (+400 %)`."""
    first, then = before.measured.bits_per_second, after.measured.bits_per_second
    if first is None or then is None:
        first_rate, then_rate = before.measured.transactions_per_second, after.measured.transactions_per_second
        change = _change(first_rate, then_rate)
    else:
        change = _change(first, then)
    return f"{figure(before)} → {figure(after)}{f' ({change})' if change else ''}"


def compared(before: Result, after: Result) -> Sequence[tuple[str, str, str]]:
    """What differs, or is worth seeing side by side: name, before, after."""
    return [(name, show(before), show(after)) for name, show in _COMPARED]


def _known(value: object) -> str:
    return "–" if value is None else str(value)


def _change(before: float | None, after: float | None) -> str:
    return f"{after / before - 1:+.0%}" if before and after is not None else ""


def _unit(bits: int) -> tuple[str, float]:
    for unit, scale in (("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)):
        if bits >= scale:
            return unit, scale
    return "bit/s", 1.0


def _digits(value: float) -> str:
    """At most three that count, without a useless zero: `9.9`, `10`, `941`."""
    text = f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _time(microseconds: float) -> str:
    if microseconds < 1000:
        return f"{microseconds:.0f} µs"
    return f"{microseconds / 1000:.1f} ms" if microseconds < 1e6 else f"{microseconds / 1e6:.1f} s"


_COMPARED: Final[Sequence[tuple[str, Callable[[Result], str]]]] = (
    ("when", lambda result: result.at),
    ("measured", figure),
    ("verdict", lambda result: result.verdict.value if result.verdict else "–"),
    ("limit", lambda result: rate_words(result.limit.bits_per_second)),
    ("test", lambda result: f"{result.test} {result.samples}×{result.duration_seconds} s"),
    ("streams", lambda result: str(result.streams)),
    ("latency", lambda result: latency_words(result.measured.latency_microseconds) or "–"),
    ("retransmits", lambda result: _known(result.measured.retransmits)),
    ("path", path_words),
    ("cilium", lambda result: _known(result.server.cilium)),
)

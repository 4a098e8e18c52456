"""The status line, the tab line and the alert line, as segments made from what is known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bwtop.model.health import Freshness, SourceHealth
from bwtop.model.overview import Overview, no_agents
from bwtop.panels.views import VIEWS
from bwtop_widgets.age_badge import format_age
from bwtop_widgets.status_bar import LineSegment

SHORT_FILTER = 14
"""Characters of the filter that a narrow screen shows."""
SOURCES = {"pods": ("pods",), "nodes": ("nodes",), "endpoints": ("ciliumendpoints",), "limits": ("agents",)}
"""What each view is made of."""
HIDDEN = {
    "pods": "pods",
    "agents": "limits and rates",
    "ciliumendpoints": "endpoints",
    "nodes": "kernels and node addresses",
    "ciliumnodes": "Cilium's node addresses",
}
"""What is not shown when a source may not be read, the gravest first."""
LONGEST_CONTEXT = 34
"""It has to stand beside READ-ONLY in 80 columns."""


def status_segments(
    overview: Overview,
    *,
    context: str,
    scope: str,
    frozen: bool,
    received_rate: float | None,
    writable: bool,
    tape: Iterable[LineSegment] = (),
    recorded: bool = False,
) -> Iterator[LineSegment]:
    """`received_rate` in bytes/s: what watching costs the API server; None: not measured yet.

    `tape` is what is said of a recording; `recorded`: what is shown is one, so nothing is live, or could be changed.
    """
    yield LineSegment("bwtop", "bold")
    yield LineSegment(f"{_short(context)} / {scope}", priority=1)
    if overview.cilium:
        versions = overview.cilium[0] + (f" +{len(overview.cilium) - 1}" if len(overview.cilium) > 1 else "")
        yield LineSegment(f"Cilium {versions}", priority=4)
    if chaining := [mode for mode in overview.cni_chaining if mode != "none"]:
        yield LineSegment(chaining[0], priority=6)
    managed = sum(nodes for name, nodes in overview.managers if name != "off")
    if overview.managers:
        name = next((name for name, _ in overview.managers if name != "off"), "manager off")
        tone = "" if managed == overview.nodes else "warn"
        yield LineSegment(f"{name} {managed}/{overview.nodes} nodes", tone, priority=2)
    yield from tape
    if not recorded:
        yield from _live_segments(overview, frozen=frozen, received_rate=received_rate, writable=writable)


def _live_segments(
    overview: Overview, *, frozen: bool, received_rate: float | None, writable: bool
) -> Iterator[LineSegment]:
    yield LineSegment("● WRITE" if writable else "● READ-ONLY", "bad" if writable else "good", right=True)
    if frozen:
        yield LineSegment("FROZEN", "warn", right=True)
    freshness, tone = freshness_words(overview.sources)
    yield LineSegment(freshness, tone, right=True)
    yield LineSegment("" if received_rate is None else format_bytes(received_rate), "dim", priority=7, right=True)


def _short(context: str) -> str:
    """The end of a long name tells clusters apart: `arn:aws:eks:eu-west-1:111122223333:cluster/prod`."""
    return context if len(context) <= LONGEST_CONTEXT else f"…{context[1 - LONGEST_CONTEXT :]}"


def freshness_words(sources: dict[str, SourceHealth]) -> tuple[str, str]:
    """The worst of the sources that the tables are made of, and its tone."""
    states = {health.freshness for health in sources.values()}
    if not states:
        return "connecting", "warn"
    for freshness, tone in ((Freshness.LOST, "bad"), (Freshness.STALE, "warn"), (Freshness.LOADING, "warn")):
        if freshness in states:
            return freshness.value, tone
    if Freshness.DENIED in states or Freshness.ABSENT in states:
        return "live, in part", "warn"
    return "live", "good"


def tab_segments(
    *,
    counts: Sequence[int],
    loading: Sequence[bool],
    active: int,
    filter_text: str,
    shown: int,
    marked: int = 0,
    marked_hidden: int = 0,
) -> Iterator[LineSegment]:
    """Counts of rows; marked rows that the filter hides are told, since they are acted on as well."""
    for number, (view, count) in enumerate(zip(VIEWS, counts, strict=True)):
        name = f"{number + 1} {view.title}"
        text = f"{name} {count:,}{'…' if loading[number] else ''}"
        if number == active:
            yield LineSegment(f"[{text}]", "bold")
        else:
            yield LineSegment(f" {text} ", "dim", short=f" {name} ", action=f"view({number})")
    if marked:
        hidden = f", {marked_hidden:,} hidden" if marked_hidden else ""
        yield LineSegment(f"● {marked:,} marked{hidden}", "accent", priority=1, right=True)
    if filter_text:
        short = filter_text if len(filter_text) <= SHORT_FILTER else f"{filter_text[: SHORT_FILTER - 1]}…"
        yield LineSegment(f"/ {filter_text}", "accent", priority=2, right=True, short=f"/ {short}")
        yield LineSegment(f"{shown:,} of {counts[active]:,}", right=True)


def is_stale(view: str, overview: Overview) -> bool:
    """Whether a view shows the last that was known of a source which is lost, or may not be read any more."""
    healths = [overview.sources[name] for name in SOURCES[view] if name in overview.sources]
    return any(
        one.objects and one.freshness in (Freshness.LOST, Freshness.DENIED) and not _listed(one) for one in healths
    )


def _listed(health: SourceHealth) -> bool:
    return health.lacking.startswith("no watch ")


def alerts(overview: Overview, *, now: float) -> Iterator[str]:
    """What is wrong with the sources, worst first; the last good data stay on the screen meanwhile."""
    yield from _broken(overview.sources, Freshness.LOST, now=now)
    for name in _names(overview.sources, Freshness.ABSENT):
        yield f"no {name} here: Cilium is not installed in this cluster, or its CRDs are not"
    if overview.misses_agents:
        yield no_agents(overview.agents_sought)
    if overview.denied:
        yield f"limits hidden: {overview.denied}"
    for name in sorted(_names(overview.sources, Freshness.DENIED), key=list(HIDDEN).index):
        health = overview.sources[name]
        if _listed(health):
            yield f"{name} are listed once a minute: {health.lacking}"
        else:
            yield f"{HIDDEN[name]} hidden: {health.lacking or health.error}"
    yield from _broken(overview.sources, Freshness.STALE, now=now)


def _names(sources: Mapping[str, SourceHealth], freshness: Freshness) -> list[str]:
    return [name for name, health in sources.items() if health.freshness is freshness and health.error]


def _broken(sources: Mapping[str, SourceHealth], freshness: Freshness, *, now: float) -> Iterator[str]:
    """Sources with one trouble are told in one line: an API server that is away takes all of them along."""
    by_error: dict[str, list[str]] = {}
    for name in _names(sources, freshness):
        by_error.setdefault(sources[name].error, []).append(name)
    for error, names in by_error.items():
        healths = [sources[name] for name in names]
        tries = [health.retry_at for health in healths if health.retry_at is not None]
        retry = f", next try in {max(min(tries) - now, 0):.0f} s" if tries else ""
        known = [health.since for health in healths if health.objects]
        age = f", last answer {format_age(now - max(known))} ago" if known else ""
        yield f"{', '.join(names)} {freshness.value}{retry}: {error}{age}"


def format_bytes(rate: float) -> str:
    """`3.1 KiB/s`, in steps coarse enough to stand still."""
    for unit in ("B/s", "KiB/s", "MiB/s"):
        if rate < 1000:
            return f"{rate:.0f} {unit}" if unit == "B/s" or rate >= 10 else f"{rate:.1f} {unit}"
        rate /= 1024
    return f"{rate:.1f} GiB/s"

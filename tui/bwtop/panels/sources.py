"""Every source of what is shown, with its state and its age: five watches, and the agent of each node."""

from collections.abc import Callable, Iterator

from bwtop.live.store import Store
from bwtop.model.health import Freshness, SourceHealth
from bwtop.model.overview import Overview, no_agents
from bwtop.model.printable import printable
from bwtop_widgets.age_badge import format_age

MOST_AGENTS = 50
"""Agents in trouble that are told one by one."""
LONGEST_REASON = 600


def source_lines(
    overview: Overview, store: Store, *, next_try: Callable[[str], float | None], recorded: bool = False
) -> Iterator[str]:
    """`next_try`: seconds until the agent of a node is tried again; None: it is read as planned.

    `recorded`: a recording keeps when a source changed, and not each answer of one that was live.
    """
    now = store.clock()
    yield f" {'WATCH':<16} {'STATE':<8} {'LAST ANSWER':>11} {'OBJECTS':>8}"
    for name, health in overview.sources.items():
        yield from _watch(name, health, now, recorded=recorded)
    troubled = [node for node, reading in sorted(store.readings.items()) if reading.unreadable(now)]
    yield ""
    yield f" AGENTS           {overview.agents_read} of {len(store.objects.agents)} read"
    if overview.misses_agents:
        yield f"   {no_agents(overview.agents_sought)}"
    for node in troubled[:MOST_AGENTS]:
        age = store.sample_age(node)
        yield f" {node}: {_ago(age)}{_countdown(next_try(node))}"
        yield f"   {printable(store.readings[node].unreadable(now), limit=LONGEST_REASON)}"
    if len(troubled) > MOST_AGENTS:
        yield f" and {len(troubled) - MOST_AGENTS:,} more"


def _watch(name: str, health: SourceHealth, now: float, *, recorded: bool) -> Iterator[str]:
    live = health.freshness is Freshness.LIVE
    never = health.freshness is Freshness.LOADING or not health.objects
    unknown = recorded if live else never
    age = "–" if unknown else f"{format_age(now - health.since)} ago"
    wait = None if health.retry_at is None else max(health.retry_at - now, 0.0)
    yield f" {name:<16} {health.freshness.value:<8} {age:>11} {health.objects:>8,}{_countdown(wait)}"
    if health.error:
        yield f"   {printable(health.error, limit=LONGEST_REASON)}"


def _ago(age: float | None) -> str:
    return "never read" if age is None else f"read {format_age(age)} ago"


def _countdown(wait: float | None) -> str:
    return "" if wait is None else f"  next try in {max(wait, 0):.0f} s"

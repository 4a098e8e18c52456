"""What the netperf panel says in each stage; before a test: between whom, how much traffic, why it may mislead."""

from collections.abc import Iterator

import msgspec

from bwtop.model.limits import Programmed
from bwtop.model.quantity import asked
from bwtop.model.rows import PodRow
from bwtop.model.states import State
from bwtop.netperf.plan import Facts, Plan
from bwtop.netperf.result import Result
from bwtop.panels.netperf_bench import Bench, Stage
from bwtop.panels.netperf_choice import NEW, PAIR, intended
from bwtop.panels.netperf_form import NetperfForm
from bwtop.panels.netperf_lines import Line, changed_lines, compared_lines, result_lines, running_lines


def stage_lines(bench: Bench, server: PodRow, form: NetperfForm, *, read_only: str, width: int) -> Iterator[Line]:
    match bench.stage:
        case Stage.SETTING_UP:
            yield from _intention_lines(bench, server, form)
            if problem := form.problem(read_only=read_only):
                yield f"✗ {problem}", "bad"
        case Stage.RUNNING:
            yield from running_lines(bench.plan, bench.progress, bench.curve, bench.step, width=width)
        case Stage.FAILED:
            yield f"✗ {bench.error}", "bad"
            if bench.lacks_netserver:
                yield f"bwtop can add a netserver to {server.key}: its entry stays in the pod", "warn"
        case Stage.DONE if bench.result is not None:
            yield from changed_lines(bench.result, server)
            yield from result_lines(bench.result, bench.former)
            if bench.error:
                yield f"✗ {bench.error}", "bad"


def former_lines(result: Result, after: Result | None = None) -> Iterator[Line]:
    """A former test, or two that are compared."""
    if after is not None:
        yield from compared_lines(result, after)
        return
    yield f"tested at {result.at}", "dim"
    yield from result_lines(result, None)


def _intention_lines(bench: Bench, server: PodRow, form: NetperfForm) -> Iterator[Line]:
    """Nothing of a client that is not known: the form tells that problem."""
    other = bench.cluster.store.pods.get(form.client)
    if form.client in (NEW, PAIR):
        yield _making(server, form), "dim"
    elif form.proposed and other is not None and other.node != server.node:
        yield form.reason, "dim"
    if form.client != server.key and (plan := _plan(bench, server, form, other)):
        yield plan.load(), ""
        yield from ((f"! {warning}", "warn") for warning in plan.warnings())


def _making(server: PodRow, form: NetperfForm) -> str:
    if form.client == PAIR:
        return f"makes both pods in {server.namespace}, on two nodes, and removes them afterwards"
    if form.node:
        return f"makes a client in {server.namespace} on {form.node}, and removes it afterwards"
    return form.reason if form.proposed else "makes a client on another node, and removes it afterwards"


def _plan(bench: Bench, server: PodRow, form: NetperfForm, other: PodRow | None) -> Plan | None:
    settings = form.settings
    if form.client == PAIR:
        fresh = _fresh(server, form.wish.limit)
        return intended(fresh, "another", settings=settings, facts=Facts(server=fresh))
    if other is None and form.client != NEW:
        return None
    facts = bench.facts(server, other, settings.test.sender)
    return intended(server, other or form.node or "another node", settings=settings, facts=facts)


def _fresh(server: PodRow, limit: str | None) -> PodRow:
    """The server that would be made, its limit programmed."""
    bits = asked(limit).bits_per_second if limit else None
    programmed = Programmed(bits) if bits else None
    return msgspec.structs.replace(
        server, pod="the new server", node="one node", programmed=programmed, state=State.IN_SYNC
    )

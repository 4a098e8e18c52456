"""Former tests: the list of them, and two of them side by side."""

from collections.abc import Sequence

import click

from bwtop.cli.errors import UsageError
from bwtop.cli.netperf_output import render_history, render_result
from bwtop.netperf.history import Runs, history_path
from bwtop.netperf.report import markdown
from bwtop.netperf.result import Result

LISTED = "bwtop netperf --history lists all"


def print_history(*, pod: str | None, output: str) -> None:
    """`pod`: `namespace/name` of the server. Raises OSError."""
    runs = Runs(history_path())
    results = runs.results(pod=pod)
    if not results and output == "table":
        click.echo(f"bwtop: no tests yet; they are recorded in {runs.path}", err=True)
        return
    click.echo(markdown(results[-1:]) if output == "markdown" else render_history(results, output), nl=False)


def print_comparison(*, pod: str | None, named: Sequence[str], output: str) -> None:
    """Of the tests of `pod`, or of all: the two that are `named`; the one named and the last of its pair; the last two.

    Raises UsageError when there are not two, or a name is not that of one test, OSError.
    """
    results = Runs(history_path()).results(pod=pod)
    chosen = [_named(name, results) for name in named]
    pair = chosen if len(chosen) == 2 else _with_last(chosen[0] if chosen else None, results)
    if named and pair[0] is pair[1]:
        raise UsageError(f"{pair[0].at} is the last test of its pods: name another one with --run; {LISTED}")
    if len(pair) != 2:
        raise UsageError(f"there are no two tests of the same pods yet; {LISTED}")
    if pair[0].pair != pair[1].pair:
        click.echo(f"bwtop: not the same pods: {' and '.join(_pods(result) for result in pair)}", err=True)
    click.echo(render_result(pair, output), nl=False)


def _with_last(first: Result | None, results: Sequence[Result]) -> Sequence[Result]:
    """Two of the same pods: that one and the last, or the last two that there are."""
    if first:
        return [first, [result for result in results if result.pair == first.pair][-1]]
    for last in reversed(results):
        same = [result for result in results if result.pair == last.pair]
        if len(same) > 1:
            return same[-2:]
    return ()


def _named(name: str, results: Sequence[Result]) -> Result:
    """By when it began, as the list shows it, or the beginning of that."""
    found = [result for result in results if result.at.startswith(name)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"no test began at {name}; {LISTED}")
    raise UsageError(f"{len(found)} tests began at {name}: {', '.join(result.at for result in found[-3:])}; {LISTED}")


def _pods(result: Result) -> str:
    ends = (result.server, result.client)
    return " from ".join(f"{end.namespace}/{end.pod}" for end in ends) + f" on {result.context}"

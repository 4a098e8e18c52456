"""Former tests: the list of them, and two of the same pods side by side."""

import click

from bwtop.cli.errors import UsageError
from bwtop.cli.netperf_output import render_history, render_result
from bwtop.netperf.history import Runs, history_path
from bwtop.netperf.report import markdown


def print_history(*, pod: str | None, output: str) -> None:
    """`pod`: `namespace/name` of the server. Raises OSError."""
    runs = Runs(history_path())
    results = runs.results(pod=pod)
    if not results and output == "table":
        click.echo(f"bwtop: no tests yet; they are recorded in {runs.path}", err=True)
        return
    click.echo(markdown(results[-1:]) if output == "markdown" else render_history(results, output), nl=False)


def print_comparison(*, pod: str | None, output: str) -> None:
    """The last test, and the one of the same pair before it. Raises UsageError when there are not two, OSError."""
    results = Runs(history_path()).results(pod=pod)
    if results:
        pair = [result for result in results if result.pair == results[-1].pair][-2:]
        if len(pair) == 2:
            click.echo(render_result(pair, output), nl=False)
            return
    raise UsageError("there are no two tests of the same pods yet; bwtop netperf --history lists all")

"""`bwtop get`: the tables of the screen as text, once or as they change."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import click

from bwtop.cli import candidates
from bwtop.cli.errors import UsageError, guarded
from bwtop.cli.flags import Target, read_target, target_flags
from bwtop.cli.output import FORMATS, render
from bwtop.cli.session import configured, opened
from bwtop.cli.views import ALIASES, VIEWS, View
from bwtop.cli.watch import follow
from bwtop.kube.config import ConfigRequest
from bwtop.live.snapshot import Snapshot, Want
from bwtop.model.filter import FilterError, read_filter

Passes = Callable[[Any], bool]


@click.command()
@click.argument("table", metavar="pods|nodes|endpoints|limits", shell_complete=candidates.tables)
@click.argument("names", nargs=-1, metavar="[NAME...]", shell_complete=candidates.names)
@click.option("-o", "--output", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format.")
@click.option(
    "--filter", "filter_text", metavar="FILTER", default="", help="Rows that fit, as in: 'state:drift rate>5M'."
)
@click.option("-w", "--watch", is_flag=True, help="Go on and print rows as they change.")
@target_flags
def get(table: str, names: tuple[str, ...], output: str, filter_text: str, watch: bool, **flags: Any) -> None:  # noqa: ANN401
    """Print pods, nodes, endpoints or limits.

    Limits are shown in bits a second; `-` is unknown, never 0. Pods and endpoints are those of the context's
    namespace, unless -n or -A is given; nodes and limits are those of the whole cluster.
    """
    view = VIEWS.get(ALIASES.get(table, table))
    if view is None:
        raise click.UsageError(f"there is no table {table!r}; choose pods, nodes, endpoints or limits")
    target = read_target(flags)
    with guarded(debug=target.debug), configured(target) as request:
        passes = _reads(filter_text, view)
        want = view.needed(output, filtered=bool(filter_text.strip()))
        asyncio.run(_get(view, names, passes, output, watch, want, target, request))


def _reads(text: str, view: View[Any]) -> Passes:
    """Raises UsageError for a filter that cannot be read."""
    try:
        return read_filter(text, view.fields) or (lambda _row: True)
    except FilterError as error:
        raise UsageError(f"--filter {text!r} cannot be read, {error}") from None


async def _get(
    view: View[Any],
    names: Sequence[str],
    passes: Passes,
    output: str,
    watch: bool,
    want: Want,
    target: Target,
    request: ConfigRequest,
) -> None:
    def wanted(row: object) -> bool:
        return view.wanted(row, names) and passes(row)

    async with opened(target, request) as session:
        namespace = session.namespace if view.namespaced else None
        if watch:
            await follow(view, session, target, namespace=namespace, wanted=wanted, output=output)
        else:
            snapshot = Snapshot(
                session.api,
                cilium_namespace=session.cilium_namespace,
                cilium_selector=session.profile.cilium_selector,
            )
            await snapshot.take(want, essential=view.essential, namespace=namespace, selector=target.selector)
            _print(view, snapshot, names, passes, output, namespace)


def _print(
    view: View[Any], snapshot: Snapshot, names: Sequence[str], passes: Passes, output: str, namespace: str | None
) -> None:
    for warning in dict.fromkeys(snapshot.warnings):
        click.echo(f"bwtop: {warning}", err=True)
    named = [row for row in view.rows(snapshot.store).values() if view.wanted(row, names)]
    rows = list(filter(passes, named))
    if not rows and not names and output in ("table", "wide"):
        fit = f" that fit the filter, of {len(named)}" if named else ""
        click.echo(f"No {view.plural} found{fit}{f' in namespace {namespace}' if namespace else ''}.", err=True)
        return
    click.echo(render(view.table, rows, output, all_namespaces=namespace is None), nl=False)
    missing = [name for name in names if not any(view.wanted(row, [name]) for row in named)]
    if missing:
        raise UsageError(f"{view.plural} not found: {', '.join(missing)}")

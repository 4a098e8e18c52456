"""`bwtop history`: the edits that bwtop made on this machine, from its audit log."""

import click

from bwtop.cli.edit_tables import HISTORY
from bwtop.cli.errors import guarded
from bwtop.cli.output import render
from bwtop.live.audit import AuditLog, audit_path


@click.command(short_help="The limits that were edited from here.")
@click.option("-o", "--output", type=click.Choice(("table", "json")), default="table", show_default=True)
def history(output: str) -> None:
    """Print the limits that were edited from this machine, the oldest first."""
    with guarded(debug=False):
        log = AuditLog(audit_path())
        entries = log.entries()
        if not entries and output == "table":
            click.echo(f"bwtop: no edits yet; they are recorded in {log.path}", err=True)
            return
        click.echo(render(HISTORY, entries, output, all_namespaces=True), nl=False)

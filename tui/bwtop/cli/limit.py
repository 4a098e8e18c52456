"""`bwtop limit`: sets or removes the limit of pods, after a preview, and watches it land."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import click

from bwtop.cli import candidates
from bwtop.cli.consent import Consent
from bwtop.cli.duration import seconds
from bwtop.cli.edit_tables import EDITS, PREVIEW
from bwtop.cli.errors import UsageError, guarded
from bwtop.cli.flags import Target, read_target, target_flags
from bwtop.cli.limit_words import Words, read_words
from bwtop.cli.output import render
from bwtop.cli.session import Session, configured, opened
from bwtop.kube.config import ConfigRequest
from bwtop.live.audit import AuditLog, audit_path
from bwtop.live.batch import Batch
from bwtop.live.editor import Editor
from bwtop.live.found_pod import list_pods
from bwtop.live.guard import guard_of
from bwtop.live.plan import Edited, Outcome, Plan, Result, notes
from bwtop.live.resources import UNFINISHED
from bwtop.model.edit import Risk

EXIT_NOT_DONE: Final = 1
WAIT: Final = "10s"
ROLLOUT_WAIT: Final = "5m"


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How the edit is made."""

    dry_run: str
    wait: float
    """Seconds to watch it land; 0: not at all."""
    template: bool
    consent: Consent
    output: str


def _wait(context: click.Context, parameter: click.Parameter, text: str) -> float:
    return seconds(context, parameter, text or (ROLLOUT_WAIT if context.params.get("template") else WAIT))


@click.command(short_help="Set the egress limit of pods, or remove it.")
@click.argument("words", nargs=-1, metavar="pod/NAME... VALUE", shell_complete=candidates.pods_of_kind)
@click.option("--remove", is_flag=True, help="Take the limit away instead of setting it.")
@click.option(
    "--template", is_flag=True, is_eager=True, help="In the template of what owns the pods, instead of the pods."
)
@click.option(
    "--dry-run", type=click.Choice(("none", "client", "server")), default="none", show_default=True, help="Only try."
)
@click.option(
    "--wait",
    callback=_wait,
    metavar="TIME",
    default="",
    help="How long to watch it land; 0: not. Else 10s, and 5m for a rollout.",
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask; for scripts.")
@click.option("--allow-dangerous", is_flag=True, help="Also take a value that limits nothing, or that stops pods.")
@click.option("--confirm", metavar="NAME", default="", help="On a protected context: what would have to be typed.")
@click.option("-o", "--output", type=click.Choice(("table", "json")), default="table", show_default=True)
@target_flags
def limit(
    words: tuple[str, ...],
    remove: bool,
    template: bool,
    dry_run: str,
    wait: float,
    yes: bool,
    allow_dangerous: bool,
    confirm: str,
    output: str,
    **flags: Any,  # noqa: ANN401
) -> None:
    """Set the egress bandwidth limit of pods, or remove it.

    VALUE is a Kubernetes quantity in bits a second, 1k to 1P: 10M. The edit is tried on the API server first and made
    only if nobody has changed the limit meanwhile; then bwtop waits until the node's agent has programmed it.

    The edit of a pod dies with the pod. --template makes it where the next pods come from: mostly, that rolls the pods.
    """
    target = read_target(flags)
    with guarded(debug=target.debug):
        asked_for = read_words(words, remove=remove, target=target)
        consent = Consent(yes=yes, dangerous=allow_dangerous, confirmed=confirm)
        if dry_run == "none":
            consent.check(asked_for.proposal)
        manner = Manner(dry_run=dry_run, wait=wait, template=template, consent=consent, output=output)
        with configured(target) as request:
            good = asyncio.run(_limit(asked_for, manner, target, request))
    if not good:
        raise click.exceptions.Exit(EXIT_NOT_DONE)


async def _limit(words: Words, manner: Manner, target: Target, request: ConfigRequest) -> bool:
    async with opened(target, request) as session:
        batch = Batch(
            session.api,
            Editor(session.api, audit=AuditLog(audit_path())),
            cilium_namespace=session.cilium_namespace,
            cilium_selector=session.profile.cilium_selector,
        )
        plans = await _plans(batch, words, manner, session, target.selector)
        edits = await _edit(batch, plans, manner, session)
        return edits is not None and _print(edits, manner)


async def _edit(batch: Batch, plans: Sequence[Plan], manner: Manner, session: Session) -> Sequence[Edited] | None:
    """None: somebody said no."""
    _preview(batch, plans)
    if manner.dry_run == "client":
        return [Edited(plan, Outcome(Result.TRIED, "nothing was sent")) for plan in plans]
    tried = await batch.try_all(plans)
    if manner.dry_run == "server" or not all(edited.good for edited in tried):
        return tried
    if any(edited.outcome.result is Result.TRIED for edited in tried):
        # A connection that lies idle while somebody thinks may be dead by the time of the write.
        await session.api.close()
        needed = [plan for plan in plans if plan.needed]
        if not manner.consent.given(needed, guard_of(session.profiles, session.api.connection)):
            click.echo("bwtop: nothing was changed", err=True)
            return None
    return await _written(batch, plans, manner, session)


async def _written(batch: Batch, plans: Sequence[Plan], manner: Manner, session: Session) -> Sequence[Edited]:
    """On a terminal, who lost against somebody else is asked whether to write over the value that won."""
    progress = _Progress()
    try:
        edits = await batch.write_all(plans, wait=manner.wait, tell=progress.tell)
    except asyncio.CancelledError:
        progress.leave()
        raise
    lost = [edited for edited in edits if edited.outcome.result is Result.CONFLICT]
    if not lost or not manner.consent.asking:
        return edits
    for edited in lost:
        click.echo(f"bwtop: {edited.plan.name}: {edited.text}", err=True)
    again = await batch.plan_again([edited.plan for edited in lost])
    if len(again) < len(lost):
        return edits
    second = await _edit(batch, again, manner, session)
    won = [edited for edited in edits if edited not in lost]
    return edits if second is None else [*won, *second]


class _Progress:
    """Tells of rollouts on the way, a line whenever there is news."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}
        self._waiting: dict[str, Edited] = {}

    def leave(self) -> None:
        """Interrupted: what is written is written all the same."""
        for name, edited in self._waiting.items():
            click.echo(f"bwtop: {name}: {edited.text}; not watched to its end", err=True)

    def tell(self, edited: Edited) -> None:
        rollout, name = edited.rollout, edited.plan.name
        if edited.waits:
            self._waiting[name] = edited
        else:
            self._waiting.pop(name, None)
        if rollout and not rollout.over and self._told.get(name) != str(rollout):
            self._told[name] = str(rollout)
            click.echo(f"{name}: {rollout}", err=True)


async def _plans(batch: Batch, words: Words, manner: Manner, session: Session, selector: str) -> Sequence[Plan]:
    """Raises UsageError for what was named and cannot be limited; what was selected and cannot is left out."""
    plans = await batch.plan(await _where(words, session, selector), words.proposal)
    if manner.template:
        plans = await batch.plan_templates(plans)
    refused = [plan for plan in plans if plan.refusal]
    if words.names and refused:
        raise UsageError("; ".join([*(f"{plan.name}: {plan.refusal}" for plan in refused), "nothing was changed"]))
    for plan in refused:
        click.echo(f"bwtop: left out: {plan.name}: {plan.refusal}", err=True)
    possible = [plan for plan in plans if not plan.refusal]
    if not possible:
        raise UsageError("no pod that can be limited is selected; nothing was changed")
    return possible


async def _where(words: Words, session: Session, selector: str) -> Sequence[tuple[str, str]]:
    """Namespaces and names of the pods."""
    if words.names:
        return [(session.namespace or "default", name) for name in words.names]
    pods = await list_pods(session.api, namespace=session.namespace, label_selector=selector, field_selector=UNFINISHED)
    return sorted((pod.namespace, pod.name) for pod in pods)


def _preview(batch: Batch, plans: Sequence[Plan]) -> None:
    """On stderr, so that stdout carries the outcome alone."""
    lines = [render(PREVIEW, plans, "table", all_namespaces=True).rstrip("\n")]
    if plans[0].proposal.risk is Risk.DANGEROUS:
        lines.append(f"Dangerous: {plans[0].proposal.reason}.")
    lines += notes(plans)
    lines += [f"By hand: {line}" for line in batch.kubectl(plans)]
    click.echo("\n".join(lines), err=True)


def _print(edits: Sequence[Edited], manner: Manner) -> bool:
    """Whether all went well; what did not is told in full on stderr, since a table has no room for it."""
    click.echo(render(EDITS, edits, manner.output, all_namespaces=True), nl=False)
    failed = [edited for edited in edits if not edited.good]
    for edited in failed:
        click.echo(f"bwtop: {edited.plan.name}: {edited.text}", err=True)
    return not failed

"""`bwtop limit`: sets or removes the limit of pods, after a preview, and watches it land."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

import click

from bwtop.cli.duration import seconds
from bwtop.cli.edit_tables import EDITS, PREVIEW, Edited
from bwtop.cli.errors import UsageError, guarded
from bwtop.cli.flags import Target, read_target, target_flags
from bwtop.cli.limit_words import Consent, Words, read_words
from bwtop.cli.output import render
from bwtop.cli.session import Session, configured, opened
from bwtop.kube.config import ConfigRequest
from bwtop.live.audit import AuditLog, audit_path
from bwtop.live.edit import Editor, Outcome, Plan, Result, kubectl_line
from bwtop.live.found_pod import list_pods
from bwtop.live.landing import watch_landing
from bwtop.live.resources import UNFINISHED
from bwtop.model.edit import Risk, owner_note

EXIT_NOT_DONE: Final = 1
AT_ONCE: Final = 20
"""Pods that are read, or agents that are watched, at the same time."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How the edit is made."""

    dry_run: str
    wait: float
    consent: Consent
    output: str


@click.command()
@click.argument("words", nargs=-1, metavar="pod/NAME... VALUE")
@click.option("--remove", is_flag=True, help="Take the limit away instead of setting it.")
@click.option(
    "--dry-run", type=click.Choice(("none", "client", "server")), default="none", show_default=True, help="Only try."
)
@click.option(
    "--wait",
    callback=seconds,
    metavar="TIME",
    default="10s",
    show_default=True,
    help="How long to watch it land; 0: not.",
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask; for scripts.")
@click.option("--allow-dangerous", is_flag=True, help="Also take a value that limits nothing, or that stops pods.")
@click.option("-o", "--output", type=click.Choice(("table", "json")), default="table", show_default=True)
@target_flags
def limit(
    words: tuple[str, ...],
    remove: bool,
    dry_run: str,
    wait: float,
    yes: bool,
    allow_dangerous: bool,
    output: str,
    **flags: Any,  # noqa: ANN401
) -> None:
    """Set the egress bandwidth limit of pods, or remove it.

    VALUE is a Kubernetes quantity in bits a second, 1k to 1P: 10M. The edit is tried on the API server first and made
    only if nobody has changed the limit meanwhile; then bwtop waits until the node's agent has programmed it.
    """
    target = read_target(flags)
    with guarded(debug=target.debug):
        asked_for = read_words(words, remove=remove, target=target)
        consent = Consent(yes=yes, dangerous=allow_dangerous)
        if dry_run == "none":
            consent.check(asked_for.proposal)
        manner = Manner(dry_run=dry_run, wait=wait, consent=consent, output=output)
        with configured(target) as request:
            good = asyncio.run(_limit(asked_for, manner, target, request))
    if not good:
        raise click.exceptions.Exit(EXIT_NOT_DONE)


async def _limit(words: Words, manner: Manner, target: Target, request: ConfigRequest) -> bool:
    async with opened(target, request) as session:
        editor = Editor(session.api, audit=AuditLog(audit_path()))
        plans = await _plans(editor, words, session, target.selector)
        _preview(session, plans)
        if manner.dry_run == "client":
            return _print([Edited(plan, Outcome(Result.TRIED, "nothing was sent")) for plan in plans], manner)
        tried = await _tried(editor, plans)
        if manner.dry_run == "server" or not all(edited.good for edited in tried):
            return _print(tried, manner)
        if any(edited.outcome.result is Result.TRIED for edited in tried):
            # A connection that lies idle while somebody thinks may be dead by the time of the write.
            await session.api.close()
            if not manner.consent.given(words.proposal, pods=sum(plan.needed for plan in plans)):
                click.echo("bwtop: nothing was changed", err=True)
                return False
        return _print(await _written(editor, session, plans, manner), manner)


async def _plans(editor: Editor, words: Words, session: Session, selector: str) -> Sequence[Plan]:
    """Raises UsageError for a named pod that cannot be limited; selected ones that cannot are left out."""
    places = asyncio.Semaphore(AT_ONCE)

    async def plan(namespace: str, name: str) -> Plan:
        async with places:
            return await editor.plan(namespace, name, words.proposal)

    where = await _where(words, session, selector)
    plans = await asyncio.gather(*(plan(namespace, name) for namespace, name in where))
    refusals = [f"pod {plan.pod.key}: {plan.refusal}" for plan in plans if plan.refusal]
    if words.names and refusals:
        raise UsageError("; ".join([*refusals, "nothing was changed"]))
    for refusal in refusals:
        click.echo(f"bwtop: left out: {refusal}", err=True)
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


def _preview(session: Session, plans: Sequence[Plan]) -> None:
    """On stderr, so that stdout carries the outcome alone."""
    lines = [render(PREVIEW, plans, "table", all_namespaces=True).rstrip("\n")]
    proposal = plans[0].proposal
    if proposal.risk is Risk.DANGEROUS:
        lines.append(f"Dangerous: {proposal.reason}.")
    lines += [f"{note[0].upper()}{note[1:]}." for note in dict.fromkeys(owner_note(plan.owners) for plan in plans)]
    for namespace, group in groupby(plans, key=lambda plan: plan.pod.namespace):
        names = [plan.pod.name for plan in group]
        lines.append(f"By hand: {kubectl_line(session.api, namespace, names, proposal)}")
    click.echo("\n".join(lines), err=True)


async def _tried(editor: Editor, plans: Sequence[Plan]) -> Sequence[Edited]:
    return [Edited(plan, await editor.dry_run(plan)) for plan in plans]


async def _written(editor: Editor, session: Session, plans: Sequence[Plan], manner: Manner) -> Sequence[Edited]:
    """One after the other; each is watched from its answer on, while the next ones are written."""
    places = asyncio.Semaphore(AT_ONCE)
    watched: list[asyncio.Task[Edited]] = []

    async def landed(edited: Edited) -> Edited:
        if not manner.wait or edited.outcome.result not in (Result.CHANGED, Result.UNCHANGED):
            return edited
        plan = edited.plan
        async with places:
            landing = await watch_landing(
                session.api,
                plan.pod,
                plan.proposal.asked,
                timeout=manner.wait,
                cilium_namespace=session.cilium_namespace,
                cilium_selector=session.profile.cilium_selector,
            )
        return replace(edited, landing=landing)

    try:
        for plan in plans:
            edited = Edited(plan, await editor.write(plan))
            watched.append(asyncio.create_task(landed(edited)))
        return await asyncio.gather(*watched)
    finally:
        for task in watched:
            task.cancel()


def _print(edits: Sequence[Edited], manner: Manner) -> bool:
    """Whether all went well; what did not is told in full on stderr, since a table has no room for it."""
    click.echo(render(EDITS, edits, manner.output, all_namespaces=True), nl=False)
    failed = [edited for edited in edits if not edited.good]
    for edited in failed:
        click.echo(f"bwtop: pod {edited.plan.pod.key}: {edited.text}", err=True)
    return not failed

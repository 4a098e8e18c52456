"""What `bwtop netperf` does on the cluster: one test, a test before and after an edit, the clean-up."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec

from bwtop import __version__
from bwtop.cli.errors import UsageError
from bwtop.cli.session import Session
from bwtop.kube.api import Api
from bwtop.kube.errors import KubeError
from bwtop.live.audit import AuditLog, audit_path
from bwtop.live.editor import Editor
from bwtop.live.guard import guard_of
from bwtop.live.landing import watch_landing
from bwtop.live.plan import Plan, Result
from bwtop.model.edit import Proposal
from bwtop.netperf import plan as plans
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.experiment import Experiment, Progress, Waiting, Wish
from bwtop.netperf.history import Runs, history_path
from bwtop.netperf.ledger import Ledger, ledger_folder
from bwtop.netperf.result import Result as TestResult
from bwtop.netperf.run import Running, Sampled
from bwtop.netperf.sweep import clean_up, sweep_ledger
from bwtop.netperf.turn import one_at_a_time
from bwtop.netperf.words import difference_words, rate_words
from bwtop.panels.netperf_surroundings import LANDING_SECONDS, LiveSurroundings


class NetperfCommand(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    wish: Wish
    chosen: Mapping[str, Any]
    """Settings that were given; the profile's count for the others."""
    proposal: Proposal | None
    """--before-after: the limit to be tried."""
    output: str
    confirm: str


class Measuring:
    """Runs the test of a command, and tells of it on stderr."""

    def __init__(self, session: Session, command: NetperfCommand) -> None:
        self.command = command
        self._session = session
        self._ledger = Ledger(ledger_folder())
        self._line = _ProgressLine()

    async def run(self) -> TestResult:
        """Raises NetperfError, KubeError, UsageError without the consent that a protected context wants, OSError."""
        _consent(self._session, self.command)
        with one_at_a_time(self._ledger.folder):
            await self._sweep()
            return await self.measure()

    async def measure(self) -> TestResult:
        """One test, its result recorded."""
        session = self._session
        experiment = Experiment(
            session.api,
            self.command.wish,
            surroundings=LiveSurroundings(
                session.api,
                cilium_namespace=session.cilium_namespace,
                cilium_selector=session.profile.cilium_selector,
            ),
            ledger=self._ledger,
            tell=self._tell,
            version=__version__,
        )
        try:
            result = await experiment.run()
        finally:
            self._line.end()
        try:
            Runs(history_path()).add(result)
        except OSError as error:
            say(f"the result is NOT in the history: {error}")
        for line in result.explanations:
            say(line)
        return result

    async def _sweep(self) -> None:
        swept = await sweep_ledger(self._session.api, self._ledger)
        for key in swept.removed:
            say(f"removed {key}, which an earlier test had left")
        for failed in swept.failed:
            say(f"not removed: {failed}")

    def _tell(self, progress: Progress) -> None:
        match progress:
            case Waiting(words=words):
                self._line.end()
                say(words)
            case plans.Plan():
                self._line.end()
                for warning in progress.warnings():
                    say(f"warning: {warning}")
                say(progress.load())
            case Running():
                number = f"sample {progress.sample} of {progress.samples}, " if progress.samples > 1 else ""
                self._line.show(f"{number}{min(progress.elapsed, progress.seconds):.0f} s of {progress.seconds} s")
            case Sampled():
                if (rate := progress.measurement.received) is not None:
                    self._line.end()
                    say(f"sample {progress.sample}: {rate_words(round(rate))}")


async def before_and_after(measuring: Measuring, session: Session) -> Sequence[TestResult]:
    """Measures, edits the server's limit, measures, undoes the edit; raises NetperfError when an edit fails."""
    wish, proposal = measuring.command.wish, measuring.command.proposal
    assert proposal is not None
    assert wish.server is not None
    _consent(session, measuring.command)
    editor = Editor(session.api, audit=AuditLog(audit_path()))
    plan = await editor.plan(wish.namespace, wish.server, proposal)
    if plan.refusal:
        raise UsageError(f"pod {wish.server}: {plan.refusal}")
    before = await measuring.run()
    await _edit(editor, plan, session)
    try:
        after = await measuring.run()
    finally:
        await asyncio.shield(_undo(editor, plan, session))
    say(difference_words(before, after))
    return [before, after]


async def _edit(editor: Editor, plan: Plan, session: Session) -> None:
    """Writes, and waits until it is programmed; raises NetperfError when it is not written, KubeError, OSError."""
    assert plan.pod is not None
    outcome = await editor.write(plan)
    what = plan.proposal.annotation or "no limit"
    if outcome.result not in (Result.CHANGED, Result.UNCHANGED):
        raise NetperfError(Failure.OTHER, f"the limit was not set to {what}: {outcome.reason}")
    landing = await watch_landing(
        session.api,
        plan.pod,
        plan.proposal.asked,
        timeout=LANDING_SECONDS,
        cilium_namespace=session.cilium_namespace,
        cilium_selector=session.profile.cilium_selector,
    )
    say(f"limit of {plan.name}: {what}: {landing}")


async def _undo(editor: Editor, plan: Plan, session: Session) -> None:
    """Unless somebody has changed the limit meanwhile; says so when the old one cannot be put back."""
    try:
        await _edit(editor, plan.undoing, session)
    except (KubeError, NetperfError, OSError) as error:
        say(f"the limit of {plan.name} before the test ({plan.holder.annotation or 'none'}) was NOT put back: {error}")


async def clean(api: Api, *, namespace: str | None) -> bool:
    """`namespace` None: everywhere. Whether all that could be removed is; raises KubeError."""
    swept = await clean_up(api, Ledger(ledger_folder()), namespace=namespace)
    for key in swept.removed:
        click.echo(f"removed {key}")
    for line in (*swept.kept, *swept.failed):
        say(f"not removed: {line}")
    if not (swept.removed or swept.kept or swept.failed):
        say(f"no test has left anything {f'in {namespace}' if namespace else 'anywhere'}")
    return not swept.failed


def say(words: str) -> None:
    """On stderr: stdout carries the result alone."""
    click.echo(f"bwtop: {words}", err=True)


def _consent(session: Session, command: NetperfCommand) -> None:
    """On a protected cluster the name must be typed; raises UsageError when it was not."""
    protection = guard_of(session.profiles, session.api.connection).why
    name = command.wish.server or "new"
    if not protection or command.confirm == name:
        return
    if command.confirm or not sys.stdin.isatty():
        raise UsageError(f"{protection}; say --confirm={name} as well to send traffic through it")
    try:
        typed: str = click.prompt(f"{protection}. Type {name} to send traffic through it", err=True, default="")
    except click.Abort as abort:
        raise KeyboardInterrupt from abort
    if typed != name:
        raise UsageError("that is not its name; nothing was sent")


class _ProgressLine:
    """A line that is written over on a terminal; in a file nothing is written for every tick."""

    def __init__(self) -> None:
        self._shown = ""
        self._terminal = sys.stderr.isatty()

    def show(self, text: str) -> None:
        if self._terminal and text != self._shown:
            click.echo(f"\r{text}\x1b[K", nl=False, err=True)
            self._shown = text

    def end(self) -> None:
        """Leaves the line empty."""
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)
            self._shown = ""

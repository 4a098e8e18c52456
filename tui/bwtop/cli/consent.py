"""How somebody says yes to an edit: on the command line beforehand, or on the terminal when asked."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from bwtop.cli.errors import UsageError
from bwtop.live.guard import Guard
from bwtop.live.plan import Plan
from bwtop.live.questions import Question, danger, protection_of
from bwtop.model.edit import Proposal, Risk


@dataclass(frozen=True, kw_only=True)
class Consent:
    """How much was agreed to on the command line; the rest is asked on the terminal."""

    yes: bool
    dangerous: bool
    confirmed: str
    """What would have to be typed on a protected context; empty: nothing was said."""

    @property
    def asking(self) -> bool:
        """Somebody sits there and wants to be asked."""
        return not self.yes and sys.stdin.isatty()

    def check(self, proposal: Proposal) -> None:
        """Raises UsageError when something would have to be asked and there is no terminal to ask on."""
        if sys.stdin.isatty():
            return
        if not self.yes:
            raise UsageError("there is no terminal to ask on; say --yes to go on without being asked")
        if proposal.risk is Risk.DANGEROUS and not self.dangerous:
            raise UsageError(f"{proposal.reason}; say --allow-dangerous as well if that is what you want")

    def given(self, plans: Sequence[Plan], guard: Guard) -> bool:
        """Asks what was not agreed to; a dangerous value has to be typed again, and on a protected cluster a name.

        Raises UsageError where nobody can be asked, KeyboardInterrupt.
        """
        try:
            return self._agreed(plans) and self._confirmed(protection_of(plans, guard))
        except click.Abort as abort:
            raise KeyboardInterrupt from abort

    def _agreed(self, plans: Sequence[Plan]) -> bool:
        if not self.yes and not click.confirm(f"Change the limit of {_what(plans)}?", default=False, err=True):
            return False
        question = danger(plans)
        return question is None or self.dangerous or _typed(question)

    def _confirmed(self, question: Question | None) -> bool:
        if question is None or self.confirmed == question.answer:
            return True
        if self.confirmed:
            raise UsageError(f"{question.why}, and --confirm is not {question.called}; nothing was changed")
        if not sys.stdin.isatty():
            raise UsageError(f"{question.why}; say --confirm={question.answer} as well, {question.called}")
        return _typed(question)


def _what(plans: Sequence[Plan]) -> str:
    noun = plans[0].holder.noun
    if len(plans) == 1:
        return f"1 {noun}"
    return f"{len(plans)} {noun if len({plan.holder.noun for plan in plans}) == 1 else 'object'}s"


def _typed(question: Question) -> bool:
    prompt = f"{question.why}. Type {question.called} if you mean it"
    answer: str = click.prompt(prompt, err=True, default="", show_default=False)
    return answer == question.answer

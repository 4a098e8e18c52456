"""How somebody says yes to an edit: on the command line beforehand, or on the terminal when asked."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from bwtop.cli.errors import UsageError
from bwtop.live.plan import Plan
from bwtop.model.edit import Proposal, Risk, what_to_type


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

    def given(self, plans: Sequence[Plan], *, protection: str, context: str) -> bool:
        """Asks what was not agreed to; a dangerous value has to be typed again, and on a protected context a name.

        `protection` says why it is protected. Raises UsageError where nobody can be asked, KeyboardInterrupt.
        """
        try:
            return self._agreed(plans) and self._confirmed(plans, protection, context)
        except click.Abort as abort:
            raise KeyboardInterrupt from abort

    def _agreed(self, plans: Sequence[Plan]) -> bool:
        proposal = plans[0].proposal
        if not self.yes and not click.confirm(f"Change the limit of {_what(plans)}?", default=False, err=True):
            return False
        if proposal.risk is not Risk.DANGEROUS or self.dangerous:
            return True
        return _typed(f"{proposal.reason}. Type the value again if you mean it") == proposal.annotation

    def _confirmed(self, plans: Sequence[Plan], protection: str, context: str) -> bool:
        if not protection:
            return True
        name, called = what_to_type([plan.holder.name for plan in plans], plans[0].holder.noun, context)
        if self.confirmed:
            if self.confirmed == name:
                return True
            raise UsageError(f"{protection}, and --confirm is not the name of the {called}; nothing was changed")
        if not sys.stdin.isatty():
            raise UsageError(f"{protection}; say --confirm={name} as well, the name of the {called}")
        return _typed(f"{protection}. Type the name of the {called}") == name


def _what(plans: Sequence[Plan]) -> str:
    noun = plans[0].holder.noun
    if len(plans) == 1:
        return f"1 {noun}"
    return f"{len(plans)} {noun if len({plan.holder.noun for plan in plans}) == 1 else 'object'}s"


def _typed(question: str) -> str:
    answer: str = click.prompt(question, err=True, default="", show_default=False)
    return answer

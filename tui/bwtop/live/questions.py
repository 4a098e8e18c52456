"""What somebody has to type before an edit is written: a dangerous value, and on a protected context a name."""

from collections.abc import Iterator, Sequence

import msgspec

from bwtop.live.plan import Plan
from bwtop.model.edit import Risk


class Question(msgspec.Struct, frozen=True, kw_only=True):
    why: str
    """`10m is milli: 0.01 bit/s, no limit`."""
    called: str
    """What is to be typed: `the value again`, `the name of the pod`."""
    answer: str


def danger(plans: Sequence[Plan]) -> Question | None:
    """About the value, which is the same in all plans; None: it is harmless."""
    proposal = plans[0].proposal
    if proposal.risk is not Risk.DANGEROUS:
        return None
    return Question(why=proposal.reason, called="the value again", answer=proposal.annotation or "")


def protection_of(plans: Sequence[Plan], *, why: str, context: str) -> Question | None:
    """`why` the context is protected; empty: it is not. For several objects the context's own name is asked for."""
    if not why:
        return None
    holders = {plan.holder.uid: plan.holder for plan in plans}
    if len(holders) == 1:
        [holder] = holders.values()
        return Question(why=why, called=f"the name of the {holder.noun}", answer=holder.name)
    return Question(why=why, called="the name of the context", answer=context)


def questions(plans: Sequence[Plan], *, protection: str, context: str) -> Iterator[Question]:
    """All of them, in the order that they are asked in."""
    for question in (danger(plans), protection_of(plans, why=protection, context=context)):
        if question is not None:
            yield question

"""What somebody has to type before an edit is written: a dangerous value, and on a protected cluster a name."""

from collections.abc import Iterator, Sequence

import msgspec

from bwtop.live.guard import Guard
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


def protection_of(plans: Sequence[Plan], guard: Guard) -> Question | None:
    """For several objects the name of the cluster is asked for."""
    if not guard.why:
        return None
    holders = {plan.holder.uid: plan.holder for plan in plans}
    if len(holders) == 1:
        [holder] = holders.values()
        return Question(why=guard.why, called=f"the name of the {holder.noun}", answer=holder.name)
    return Question(why=guard.why, called=guard.called, answer=guard.cluster)


def questions(plans: Sequence[Plan], guard: Guard) -> Iterator[Question]:
    """All of them, in the order that they are asked in."""
    for question in (danger(plans), protection_of(plans, guard)):
        if question is not None:
            yield question

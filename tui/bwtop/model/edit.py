"""A limit that is about to be written: what Cilium will make of it, and whether it should be written at all."""

import math
import re
from collections.abc import Sequence
from enum import Enum
from fractions import Fraction
from typing import Final

import msgspec

from bwtop.model.limits import Asked
from bwtop.model.printable import printable
from bwtop.model.quantity import asked, asked_of, format_bits, quantity_value, respelled

LEAST: Final = 1_000
MOST: Final = 10**15
"""Bits/s. Outside of 1k to 1P containerd refuses to start a pod, while Cilium takes the value (pkg/cri bandwidth)."""

_WONT_START: Final = "a pod that is made with it does not start where containerd reads the annotation"
_EXACT = re.compile(r"([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]{1,2})|([numkMGTPE]|[KMGTPE]i)?)")
_SCALES = {
    **{
        suffix: Fraction(10) ** power
        for suffix, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)
    },
    **{f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", start=1)},
}
_LONGEST: Final = 64
"""Characters of a quantity that is still checked digit by digit."""


class Risk(Enum):
    """How much there is to be said against a value."""

    NONE = "none"
    DANGEROUS = "dangerous"
    """Legal, and hardly what is meant: it takes a second, explicit yes."""
    ILLEGAL = "illegal"
    """Never sent."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """The annotation to be written and what it comes to."""

    asked: Asked | None
    """None: the annotation is to be removed."""
    risk: Risk = Risk.NONE
    reason: str = ""
    """What is to be said against it, with what was probably meant."""

    @property
    def annotation(self) -> str | None:
        return self.asked.annotation if self.asked else None


REMOVAL: Final = Proposal(asked=None)


def restored(annotation: str | None) -> Proposal:
    """What undoes an edit: the annotation as it stood, whatever it was."""
    return REMOVAL if annotation is None else Proposal(asked=asked(annotation))


class Figures(msgspec.Struct, frozen=True):
    """One side of a preview, as text: the annotation, and the limit in both units."""

    annotation: str
    bits: str
    bytes: str


def propose(text: str) -> Proposal:
    """Judges a value as Kubernetes, Cilium and containerd will; never raises."""
    if not text:
        return Proposal(asked=None, risk=Risk.ILLEGAL, reason="an empty value is no limit; remove the limit instead")
    wanted = asked(text)
    if wanted.bits_per_second is None:
        return Proposal(asked=wanted, risk=Risk.ILLEGAL, reason=wanted.problem)
    danger = _danger(wanted)
    return Proposal(asked=wanted, risk=Risk.DANGEROUS if danger else Risk.NONE, reason=danger)


def figures(limit: Asked | None) -> Figures:
    """A limit as a preview shows it: bits/s, and the bytes/s that Cilium programs."""
    if limit is None:
        return Figures("none", "no limit", "no limit")
    annotation = printable(limit.annotation, limit=30)
    match limit.bits_per_second:
        case None:
            return Figures(annotation, "not a quantity", "not a quantity")
        case 0:
            return Figures(annotation, "no limit", "no limit")
        case bits:
            return Figures(annotation, f"{bits:,}", f"{bits // 8:,}")


def owner_note(owners: Sequence[str]) -> str:
    """What becomes of the edit: `owners` are the pod's controller and its controllers, the nearest first."""
    if not owners:
        return "nothing owns the pod: the edit lasts as long as the pod, and nothing makes it anew"
    chain = " of ".join(owners)
    return f"the edit dies with the pod: the next pod that {chain} makes gets what its template says"


def priority_note(priority: str | None) -> str:
    """What else comes with an edit; empty where the pod has no priority.

    Source: cilium#44329; before it an agent looked at the priority only when the bandwidth had changed, too.
    """
    if priority is None:
        return ""
    shown = printable(priority, limit=30)
    return f"its priority stays {shown}; Cilium 1.17 to 1.19 takes a priority that was changed alone with this edit"


def touch_note(annotation: str | None, priority: str | None) -> str:
    """How the priority of a pod is made to count although its limit stays; empty where that is no question."""
    limit = asked_of(annotation)
    if priority is None or limit is None or not limit.bits_per_second:
        return ""
    return f"{respelled(limit.annotation)} is the same limit, and makes Cilium 1.17 to 1.19 look at its priority, too"


def _danger(wanted: Asked) -> str:
    """Why a legal value is hardly meant; empty when nothing speaks against it."""
    text, value = wanted.annotation, quantity_value(wanted.annotation)
    shown = printable(text, limit=30)
    if not wanted.bits_per_second:
        return f"{wanted.problem}{_mega(text)}; {_WONT_START}"
    if _exact(text) != value:
        return f"{shown} overflows: Cilium makes {format_bits(wanted.bits_per_second)} of it"
    if value < LEAST:
        return f"{shown} is below 1k; {_WONT_START}"
    if value > MOST:
        return f"{shown} is above 1P; {_WONT_START}"
    return ""


def _mega(text: str) -> str:
    """The commonest slip of all."""
    return f" (mega is a capital M: {text[:-1]}M)" if text.endswith("m") and len(text) < 20 else ""


def _exact(text: str) -> int | None:
    """The value as mathematics has it, rounded up; None for what nobody writes on purpose."""
    found = _EXACT.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    sign, whole, fraction, exponent, suffix = found.groups()
    scale = Fraction(10) ** int(exponent or 0) * _SCALES.get(suffix, Fraction(1))
    magnitude = Fraction(int(whole + fraction or "0"), 10 ** len(fraction)) * scale
    return math.ceil(-magnitude if sign == "-" else magnitude)

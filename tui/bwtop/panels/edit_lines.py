"""What the dialogs of an edit show: old and new limits one under the other, what speaks against a value, progress."""

from collections import Counter
from collections.abc import Mapping, Sequence

from textual.content import Content

from bwtop.live.plan import Edited, Plan, Result
from bwtop.model.edit import Figures, Proposal, Risk, figures
from bwtop.model.printable import printable
from bwtop.model.quantity import asked_of, format_rate
from bwtop.model.wrapping import hanging

_STYLES = {"good": "$text-success", "warn": "$text-warning", "bad": "bold $text-error", "dim": "$foreground-muted"}
MOST_OLD = 4
"""Different old values that are shown; the rest is counted."""


def toned(text: str, tone: str) -> Content:
    return Content.styled(text, _STYLES.get(tone, tone))


def preview(plans: Sequence[Plan], wanted: Proposal | None) -> Content:
    """A line for each different old limit, and one for the new one; `wanted` None: nothing is chosen yet."""
    counts = Counter(plan.holder.annotation for plan in plans)
    shown = counts.most_common(MOST_OLD)
    rows = [("", Figures("ANNOTATION", "BIT/S", "BYTE/S"), "")]
    rows += [("now", figures(asked_of(old)), _count(number, plans)) for old, number in shown]
    rows.append(("new", figures(wanted.asked) if wanted else Figures("–", "–", "–"), ""))
    left, middle, right = (max(len(getattr(row[1], name)) for row in rows) for name in ("annotation", "bits", "bytes"))
    lines = [
        Content.assemble(
            f"{name:<4} ",
            (f"{limit.annotation:<{left}}   {limit.bits:>{middle}}   {limit.bytes:>{right}}", _row_style(name)),
            (f"   {note}" if note else "", "$foreground-muted"),
        )
        for name, limit, note in rows
    ]
    if more := len(counts) - len(shown):
        lines.insert(-1, toned(f"     and {more} other values", "dim"))
    return Content("\n").join(lines)


def _row_style(name: str) -> str:
    return {"": "$foreground-muted", "new": "bold"}.get(name, "")


def _count(number: int, plans: Sequence[Plan]) -> str:
    return f"{number} of {len(plans)}" if len(plans) > 1 else ""


def verdict(proposal: Proposal, plans: Sequence[Plan], sends: Mapping[str, int]) -> Content:
    """What is to be said of a value while it is typed; `sends`: rates in bits/s by the pods' keys."""
    if proposal.risk is Risk.ILLEGAL:
        return toned(f"✗ {proposal.reason}", "bad")
    if proposal.risk is Risk.DANGEROUS:
        return toned(f"! {proposal.reason}", "warn")
    if not any(plan.needed for plan in plans):
        touches = dict.fromkeys(plan.holder.touch for plan in plans if plan.holder.touch)
        return toned("; ".join(["· that is what it is already", *touches]), "dim")
    if proposal.asked is None:
        return toned("✓ the limit is removed: the pod sends as much as it can", "good")
    return toned(f"✓ {_effect(proposal.asked.bits_per_second or 0, sends)}", "good")


def _effect(limit: int, sends: Mapping[str, int]) -> str:
    held = [rate for rate in sends.values() if rate > limit]
    if not held:
        return "a limit that Kubernetes, Cilium and containerd take"
    most = format_rate(max(held))
    if len(sends) == 1:
        return f"it sends {most}bit/s now, and will be held back"
    return f"{len(held)} of {len(sends)} send more now, up to {most}bit/s, and will be held back"


def progress(
    plans: Sequence[Plan], told: Mapping[str, Edited], waited: Mapping[str, float], *, width: int | None
) -> Content:
    """A line for each object, or several where it does not fit: they go on behind its mark.

    `told` what is known of it by its uid, `waited` seconds since it was written; `width` None: not known yet.
    """
    found = (_progress(plan, told.get(plan.holder.uid), waited) for plan in plans)
    lines = (toned(line, tone) for text, tone in found for line in hanging(text[:2], text[2:], width=width))
    return Content("\n").join(lines)


def _progress(plan: Plan, edited: Edited | None, waited: Mapping[str, float]) -> tuple[str, str]:
    """With its mark, and its tone."""
    if edited is None:
        return f"… {plan.name}", "dim"
    seconds = waited.get(plan.holder.uid)
    if seconds is not None:
        written = "written" if edited.outcome.result is Result.CHANGED else "unchanged"
        return printable(f"… {plan.name}: {written}; {_awaited(edited)}, {seconds:.0f} s", limit=600), "warn"
    if edited.outcome.result is Result.TRIED:
        return printable(f"✓ {plan.name}: {edited.outcome.reason}", limit=600), "dim"
    text = printable(f"{plan.name}: {edited.text}", limit=600)
    return (f"✓ {text}", "good") if edited.good else (f"✗ {text}", "bad")


def _awaited(edited: Edited) -> str:
    """What an edit waits for that is written."""
    pod = edited.plan.pod
    return f"{pod.node} has not programmed it yet" if pod else str(edited.rollout or "its pods will be rolled")

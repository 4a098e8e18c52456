"""Why a pod's limit is, or is not, in force: the checks, and what they come to in one sentence."""

from collections.abc import Iterator

import msgspec

from bwtop.model.checks import Check, Finding, worst
from bwtop.model.pair_checks import pair_checks
from bwtop.model.pod_checks import pod_checks
from bwtop.model.pod_facts import PodFacts
from bwtop.model.quantity import format_bits
from bwtop.model.remedies import Remedies
from bwtop.model.rows import PodRow


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    pod: PodRow
    peer: PodRow | None = None
    """For what the pod sends to this one; None: to anybody on another node."""
    checks: tuple[Check, ...]

    @property
    def finding(self) -> Finding:
        return worst(self.checks)

    @property
    def conclusion(self) -> str:
        """One sentence: in force, not in force and why, or what keeps it from being told."""
        subject = f"the limit of {self.pod.key}" + (f" towards {self.peer.key}" if self.peer else "")
        first = next((check for check in self.checks if check.finding is self.finding), None)
        why = f"{first.name}: {first.evidence}" if first else ""
        if self.pod.asked is None:
            return self._of_none_asked(why)
        match self.finding:
            case Finding.FAILURE:
                return f"{subject} is not in force: {why}"
            case Finding.UNKNOWN:
                return f"whether {subject} is in force cannot be told: {why}"
            case Finding.WARNING:
                return f"{subject} should be in force, with a reservation: {why}"
        limit = self.pod.programmed.bits_per_second if self.pod.programmed else 0
        return f"{subject} is in force: {format_bits(limit)}"

    def _of_none_asked(self, why: str) -> str:
        none = f"no limit is asked of {self.pod.key}"
        match self.finding:
            case Finding.FAILURE:
                return f"{none}, but: {why}"
            case Finding.UNKNOWN:
                return f"{none}; whether one is in force cannot be told: {why}"
        return f"{none}, and none is in force"


def explanation(pod: PodFacts, peer: PodFacts | None, remedies: Remedies) -> Explanation:
    checks = tuple(_checks(pod, peer, remedies))
    return Explanation(pod=pod.row, peer=peer.row if peer else None, checks=checks)


def _checks(pod: PodFacts, peer: PodFacts | None, remedies: Remedies) -> Iterator[Check]:
    if peer is not None:
        yield from pair_checks(pod, peer)
    yield from pod_checks(pod, remedies)

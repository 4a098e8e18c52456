"""Measured against programmed, and how sure a mean of several samples is."""

from collections.abc import Sequence
from enum import Enum
from math import sqrt
from statistics import fmean, stdev
from typing import Final

TOLERANCE: Final = 0.10
"""Of the limit, on both sides; cilium-cli's own test allows as much."""
_STUDENT_95: Final = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Student's t for 95 %, two-sided, by degrees of freedom from 1 on; beyond, the normal distribution's 1.96."""


class Verdict(Enum):
    """How what was measured stands to the limit; the values are the JSON contract."""

    PASS = "PASS"
    OVER = "OVER"
    """More came through than the limit allows: it does not bite here."""
    UNDER = "UNDER"
    """Less came through: something else holds the pod back."""


def judge(measured: float, limit: int | None) -> Verdict | None:
    """None where there is no limit (None or 0). Both in bits/s."""
    if not limit:
        return None
    share = measured / limit
    if share > 1 + TOLERANCE:
        return Verdict.OVER
    return Verdict.UNDER if share < 1 - TOLERANCE else Verdict.PASS


def confidence95(values: Sequence[float]) -> float | None:
    """Half the width of the interval in which the mean lies with 95 %; None for less than two samples."""
    if len(values) < 2:
        return None
    freedom = len(values) - 1
    student = _STUDENT_95[freedom - 1] if freedom <= len(_STUDENT_95) else 1.96
    return student * stdev(values) / sqrt(len(values))


def mean(values: Sequence[float | None]) -> float | None:
    """Of those that are known; None when none is."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None

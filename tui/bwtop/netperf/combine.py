"""Several runs as one figure: streams that ran at the same time, and samples one after the other."""

from collections.abc import Callable, Iterable, Sequence

from bwtop.netperf.judge import mean
from bwtop.netperf.measurement import Latency, Measurement


def combined(streams: Sequence[Measurement]) -> Measurement:
    """Streams at the same time: rates add up, of a percentile only the worst stream's can be told."""
    if len(streams) == 1:
        return streams[0]
    return _together(streams, rate=_total, worst=_greatest)


def averaged(samples: Sequence[Measurement]) -> Measurement:
    """Samples one after the other: means of all that is known; retransmits are all of them."""
    return _together(samples, rate=mean, worst=mean)


_Fold = Callable[[Sequence[float | None]], float | None]


def _together(runs: Sequence[Measurement], *, rate: _Fold, worst: _Fold) -> Measurement:
    latencies = [run.latency for run in runs]
    return Measurement(
        received=rate([run.received for run in runs]),
        sent=rate([run.sent for run in runs]),
        transactions=rate([run.transactions for run in runs]),
        seconds=mean([run.seconds for run in runs]),
        latency=Latency(
            min=_least(each.min for each in latencies),
            mean=mean([each.mean for each in latencies]),
            p50=worst([each.p50 for each in latencies]),
            p90=worst([each.p90 for each in latencies]),
            p99=worst([each.p99 for each in latencies]),
            max=_greatest([each.max for each in latencies]),
        ),
        retransmits=_count(run.retransmits for run in runs),
        client_cpu=worst([run.client_cpu for run in runs]),
        server_cpu=worst([run.server_cpu for run in runs]),
    )


def _known(values: Iterable[float | None]) -> Sequence[float]:
    return [value for value in values if value is not None]


def _total(values: Sequence[float | None]) -> float | None:
    """None when one of them is not known: a sum without it would be a lie."""
    known = _known(values)
    return sum(known) if known and len(known) == len(values) else None


def _greatest(values: Iterable[float | None]) -> float | None:
    return max(_known(values), default=None)


def _least(values: Iterable[float | None]) -> float | None:
    return min(_known(values), default=None)


def _count(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None

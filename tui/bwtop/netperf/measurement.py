"""One run of netperf as figures. Rates are bits/s, times of a call or a round trip microseconds; None: not told."""

import msgspec


class Latency(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Microseconds that a call (streams) or a round trip (TCP_RR) took."""

    min: float | None = None
    mean: float | None = None
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    max: float | None = None


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    received: float | None = None
    """What arrived, as the receiver counted it; None for TCP_RR."""
    sent: float | None = None
    """What the sender counted: it may be far more, in socket buffers or lost."""
    transactions: float | None = None
    """Round trips a second; None for streams."""
    seconds: float | None = None
    latency: Latency = Latency()
    retransmits: int | None = None
    client_cpu: float | None = None
    """Percent of the client's node."""
    server_cpu: float | None = None

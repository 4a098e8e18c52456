"""How much reading the agents may cost."""

import msgspec


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """How much the sampler may cost."""

    period: float = 2.0
    """Seconds between two samples of a watched node, at best."""
    at_once: int = 80
    """Nodes that are read at one time; four fifths of them may be watched, which is a screen of 60 lines."""
    watch_rate: float = 5.0
    """Samples a second of all watched nodes together: what a screen full of nodes may cost."""
    first_rate: float = 20.0
    """Execs a second for the first reading of nodes that are not watched and have no pod with a limit."""
    sweep_rate: float = 1.0
    """Execs a second for nodes that are not watched, once each was read; one costs an API server 3 to 5 ms of CPU."""
    sweep_seconds: float = 60.0
    """No node is swept more often than this."""

    def watch_period(self, nodes: int) -> float:
        """Seconds between two samples of a watched node, when so many are watched."""
        return max(self.period, nodes / self.watch_rate)

    def sweep_period(self, nodes: int) -> float:
        """Seconds between two readings of a node that is not watched."""
        return max(self.sweep_seconds, nodes / self.sweep_rate)


NORMAL = Budget()
LOW_DATA = Budget(period=10.0, at_once=20, first_rate=5.0, sweep_rate=0.5, sweep_seconds=120.0)

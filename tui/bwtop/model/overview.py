"""What the status line says about the whole cluster."""

import msgspec

from bwtop.model.health import Freshness, SourceHealth
from bwtop.model.states import State


def no_agents(sought: str) -> str:
    """Not an error of the API server: it has none to show where bwtop looks."""
    found = " ".join(filter(None, ("no Cilium agent", sought)))
    return (
        f"{found}: say where with --cilium-namespace, or cilium.namespace in a profile; limits and rates are unknown,"
        " and the doctor tells more"
    )


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    cilium: tuple[str, ...] = ()
    """Versions of the agents that were read, the most frequent first."""
    cni_chaining: tuple[str, ...] = ()
    managers: tuple[tuple[str, int], ...] = ()
    """`EDT CUBIC`, `EDT BBR` or `off`, and on how many nodes."""
    nodes: int = 0
    agents_sought: str = ""
    """`in namespace cilium`; empty: not known."""
    agents_read: int = 0
    """Nodes whose agent answered and is not stale."""
    states: dict[State, int] = {}
    sources: dict[str, SourceHealth] = {}
    """`pods`, `nodes`, `ciliumendpoints`, `ciliumnodes`, `agents`."""
    received: int = 0
    """Bytes received from the API server since the start."""
    denied: str = ""
    """Why no agent may be read; empty when they may."""

    @property
    def misses_agents(self) -> bool:
        """There are nodes, and no agent was found."""
        agents = self.sources.get("agents")
        return agents is not None and agents.freshness is Freshness.LIVE and not agents.objects and self.nodes > 0

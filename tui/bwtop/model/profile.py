"""A profile: what somebody wants to be so on some contexts. `profile_keys` says how each of its keys is read."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

import msgspec

DEFAULT_NAME: Final = "default"
"""The profile that all others build on."""
VIEW_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "pods": ("namespace", "pod", "node", "asked", "programmed", "rate", "curve", "share", "state"),
    "nodes": (
        "node", "cilium-ip", "internal-ip", "age", "version", "manager", "chaining", "routing", "host-routing",
        "kernel", "endpoints", "limited", "limit", "rate", "sampled", "reason",
    ),
    "endpoints": (
        "namespace", "name", "endpoint", "identity", "ingress", "egress", "state", "ipv4", "ipv6", "node",
    ),
    "limits": ("node", "endpoint", "direction", "priority", "bandwidth", "pod", "identity", "state", "labels"),
}  # fmt: skip
"""The keys of the columns of each view, as the panels name them."""


class NetperfProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What `bwtop netperf` takes where the command line says nothing."""

    image: str = "cilium/netperf"
    """For the client's pod, and for a server's ephemeral container."""
    tests: Sequence[str] = ("TCP_MAERTS",)
    """netperf's names; the first is run when none is chosen."""
    duration: float = 10.0
    """Seconds of one measurement."""
    samples: int = 1


class ViewProfile(msgspec.Struct, frozen=True, kw_only=True):
    """How one of the four views begins."""

    columns: Sequence[str] = ()
    """Keys of VIEW_COLUMNS in the order that they are shown in; empty: all, as bwtop orders them."""
    sort: str = ""
    """Key of a column; empty: as bwtop sorts the view."""
    descending: bool | None = None
    """None: as the column sorts by itself."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    name: str = DEFAULT_NAME
    source: str = ""
    """The file that it was read from, for people; empty: it ships with bwtop."""
    about: str = ""
    contexts: Sequence[str] = ()
    """Patterns of the contexts that it is chosen for; empty: only by --profile."""
    protected: Sequence[str] = ()
    """Patterns of the contexts on which every write takes the pod's name."""
    protected_servers: Sequence[str] = ()
    """The same by the cluster's server, which has its name whatever somebody calls the context."""
    cilium_namespace: str | None = None
    """None: wherever agents are found."""
    cilium_selector: str = "k8s-app=cilium"
    refresh: float = 2.0
    """Seconds between two samples of a node on the screen, at best."""
    low_data: bool = False
    presets: Sequence[str] = ()
    """Limits that the dialog offers, as they are written in the annotation."""
    netperf: NetperfProfile = NetperfProfile()
    views: Mapping[str, ViewProfile] = {}
    """By a key of VIEW_COLUMNS; a view that is not there begins as bwtop has it."""
    theme: str = ""
    """Name of a theme of the screen; empty: bwtop's own."""

    def view(self, key: str) -> ViewProfile:
        return self.views.get(key, ViewProfile())


def matches(patterns: Sequence[str], *names: str) -> bool:
    """Whether a pattern fits one of the names and none that begins with `!` does; `*` is any text, `/` and `:` too."""
    refused = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    if any(fnmatchcase(name, pattern) for pattern in refused for name in names):
        return False
    return any(closeness(patterns, name) is not None for name in names)


def closeness(patterns: Sequence[str], context: str) -> int | None:
    """How many characters the closest pattern names itself; None: the context is not meant."""
    if any(fnmatchcase(context, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
        return None
    fits = [pattern for pattern in patterns if not pattern.startswith("!") and fnmatchcase(context, pattern)]
    return max((sum(character not in "*?" for character in pattern) for pattern in fits), default=None)

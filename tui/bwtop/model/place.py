"""Where the screen looks."""

from collections.abc import Sequence

import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster, and how much of it."""

    context: str = ""
    """Empty: the one that flags and kubeconfig come to."""
    namespace: str | None = None
    """None: all, or the context's own where the user may not list all."""


class Contexts(msgspec.Struct, frozen=True, kw_only=True):
    """What a kubeconfig offers."""

    names: Sequence[str] = ()
    current: str = ""

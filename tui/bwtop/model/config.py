"""What somebody wants on every cluster: the columns that they have chosen, and keys of their own."""

from collections.abc import Mapping, Sequence

import msgspec

from bwtop.model.keyed_yaml import Mistake


class Config(msgspec.Struct, frozen=True, kw_only=True):
    columns: Mapping[str, Sequence[str]] = {}
    """Keys of profile.VIEW_COLUMNS in their order, by the key of the view; they go before a profile's."""
    keys: Mapping[str, Sequence[str]] = {}
    """Names of keys as the screen knows them, by the id of what they do; they replace its own."""
    mistakes: Sequence[Mistake] = ()
    """When there are any, nothing else is said."""


class KnownKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What the screen does at which key."""

    own: Mapping[str, Sequence[str]]
    """Names of keys by the id of what they do, whose first part is its group: `main.sort`."""
    together: Sequence[frozenset[str]]
    """Groups that are awake at the same time: a key does one thing in all of them."""
    anywhere: frozenset[str]
    """Ids that go before all others."""

    def meet(self, one: str, other: str) -> bool:
        """Whether both are awake at the same time."""
        groups = {one.partition(".")[0], other.partition(".")[0]}
        return (
            len(groups) == 1
            or not self.anywhere.isdisjoint((one, other))
            or any(groups <= awake for awake in self.together)
        )

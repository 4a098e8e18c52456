"""What somebody wants on every cluster: the columns that they have chosen, and keys of their own."""

from collections.abc import Callable, Mapping, Sequence

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
    typing: frozenset[str] = frozenset()
    """Ids that act while somebody types into a field."""
    field_keys: frozenset[str] = frozenset()
    """Keys that move about in a field, and delete there."""
    is_character: Callable[[str], bool] = lambda _name: False
    """Whether a key writes something into a field."""

    def why_not(self, id: str, key: str) -> str:
        """Why this key cannot do that, whatever else there is; empty: it can."""
        if id not in self.typing or key in self.own[id]:
            return ""
        if self.is_character(key):
            return f"{key} is typed into the field there; take a key such as f5 or ctrl+o"
        return f"{key} edits the field there; take a key such as f5 or ctrl+o" if key in self.field_keys else ""

    def meet(self, one: str, other: str) -> bool:
        """Whether both are awake at the same time, and share no key of bwtop's own, of which the nearer one acts."""
        groups = {one.partition(".")[0], other.partition(".")[0]}
        if len(groups) > 1 and {*self.own[one]} & {*self.own[other]}:
            return False
        return (
            len(groups) == 1
            or not self.anywhere.isdisjoint((one, other))
            or any(groups <= awake for awake in self.together)
        )

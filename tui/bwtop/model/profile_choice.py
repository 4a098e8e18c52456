"""Which profile counts on a context, and whether the context is protected."""

from collections.abc import Sequence

import msgspec

from bwtop.model.keyed_yaml import Mistake
from bwtop.model.profile import DEFAULT_NAME, Profile, closeness, matches


class Profiles(msgspec.Struct, frozen=True, kw_only=True):
    """All that could be read; the user's own stand before those that ship with bwtop."""

    found: Sequence[Profile] = ()
    mistakes: Sequence[Mistake] = ()
    """Of the profiles that were left out."""
    named: str = ""
    """By --profile: it counts on every context."""

    def named_so(self, name: str) -> Profile | None:
        return next((profile for profile in self.found if profile.name == name), None)

    def chosen(self, context: str) -> Profile:
        """The one that was named, or else the one whose pattern names most of the context."""
        if self.named and (profile := self.named_so(self.named)):
            return profile
        fits = [(closeness(profile.contexts, context), profile) for profile in self.found]
        meant = [(close, profile) for close, profile in fits if close is not None]
        if meant:
            return max(meant, key=lambda fit: fit[0])[1]
        return self.named_so(DEFAULT_NAME) or Profile()

    def protection(self, context: str, *, servers: Sequence[str]) -> str:
        """Why a write takes the pod's name; empty: it does not. `servers` are the names of the cluster's server.

        Any profile's word counts, whichever is chosen: a profile cannot lift what another one protects.
        """
        if left_out := next(iter(self.mistakes), None):
            return f"a profile was left out, so what it protects is not known ({left_out})"
        for profile in self.found:
            if matches(profile.protected, context):
                return f"profile {profile.name} protects context {context}"
            if matches(profile.protected_servers, *servers):
                return f"profile {profile.name} protects server {servers[0]}"
        return ""

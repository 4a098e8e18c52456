"""Whether a cluster is protected: then every write takes a name."""

import msgspec

from bwtop.kube.connection import Connection
from bwtop.model.profile_choice import Profiles


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a write on a cluster takes a name."""

    why: str
    """Empty: it does not."""
    cluster: str
    """What the cluster is called: its context, or the host where there is none."""
    called: str
    """What that is: `the name of the context`."""


def guard_of(profiles: Profiles, connection: Connection) -> Guard:
    servers = connection.server_names
    return Guard(
        why=profiles.protection(connection.context, servers=servers),
        cluster=connection.context or servers[0],
        called="the name of the context" if connection.context else "the host of the server",
    )

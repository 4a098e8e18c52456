"""From flags, environment, kubeconfig or in-cluster files to a Connection."""

from dataclasses import dataclass, field

from bwtop.kube.connection import Connection
from bwtop.kube.errors import ConfigError

__all__ = ["ConfigRequest", "Connection", "connect"]


@dataclass(frozen=True, kw_only=True)
class ConfigRequest:
    """What the command line asks for, with kubectl's meaning; None and empty: as the kubeconfig says."""

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str | None = None
    user: str | None = None
    as_user: str | None = None
    as_groups: tuple[str, ...] = ()
    token: str | None = field(default=None, repr=False)
    server: str | None = None
    request_timeout: float | None = None
    """Seconds; 0: none."""
    insecure: bool = False
    tls_server_name: str | None = None


async def connect(request: ConfigRequest) -> Connection:
    """Reads the configuration; talks to nobody but a credential plugin. Raises ConfigError."""
    raise ConfigError("reading a kubeconfig is not written yet", hint=str(request.context))

"""One API server as one user of it: what `config.connect` finds and `Api` works with."""

from dataclasses import dataclass, field
from shlex import quote
from ssl import SSLContext
from urllib.parse import urlsplit

from bwtop.kube.credentials import Credentials


@dataclass(frozen=True, kw_only=True)
class Connection:
    server: str
    """`https://host:port`, without a slash at the end; may carry a path (Rancher)."""
    context: str = ""
    """Name in the kubeconfig; empty: in-cluster, or none was chosen."""
    namespace: str = "default"
    user: str = ""
    """Name in the kubeconfig; in-cluster: `service account`."""
    credentials: Credentials = field(repr=False)
    ssl: SSLContext | None = field(default=None, repr=False)
    """None: plain HTTP all the way; there is one where only the way to a proxy is encrypted."""
    server_hostname: str | None = None
    """tls-server-name: the name to expect in the certificate instead of the server's."""
    proxy: str | None = field(default=None, repr=False)
    """URL of an HTTP proxy; may carry a password."""
    impersonation: tuple[tuple[str, str], ...] = ()
    """Headers `Impersonate-*`; that of the groups may come several times."""
    kubeconfig: str = ""
    """Where it was named explicitly; for hints."""
    notices: list[str] = field(default_factory=list, repr=False, compare=False)
    """What the user is to be told although all goes on; who tells it takes it out."""

    @property
    def server_names(self) -> tuple[str, ...]:
        """What the server is known by, in small letters: host, with port, with path; the name in its certificate."""
        url = urlsplit(self.server.lower())
        port = url.port or (443 if url.scheme == "https" else 80)
        host = url.hostname or ""
        names = (host, f"{host}:{port}", f"{host}{url.path}", f"{host}:{port}{url.path}", self.server_hostname or "")
        return tuple(dict.fromkeys(name.lower() for name in names if name))

    def kubectl(self, words: str) -> str:
        """The kubectl command line that does the same as the same user: for hints."""
        flags = [f"--kubeconfig {quote(self.kubeconfig)}"] if self.kubeconfig else []
        flags += [f"--context {quote(self.context)}"] if self.context else []
        flags += [_impersonation_flag(name, value) for name, value in self.impersonation]
        return " ".join(["kubectl", *filter(None, flags), words])


def _impersonation_flag(header: str, value: str) -> str:
    flag = {"Impersonate-User": "--as", "Impersonate-Group": "--as-group", "Impersonate-Uid": "--as-uid"}.get(header)
    return f"{flag} {quote(value)}" if flag else ""

"""From flags, environment, kubeconfig or in-cluster files to a Connection."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from yarl import URL

from bwtop.kube.connection import Connection
from bwtop.kube.credentials import Credentials, FixedCredentials
from bwtop.kube.errors import ConfigError
from bwtop.kube.exec_plugin import cluster_info
from bwtop.kube.in_cluster import SERVICE_ACCOUNT, in_cluster
from bwtop.kube.kubeconfig import Chosen, Entry, choose, kubeconfig_files
from bwtop.kube.oidc import Surroundings
from bwtop.kube.proxy import find_proxy
from bwtop.kube.tls import Tls, read_tls, ssl_context
from bwtop.kube.user import credentials_of, impersonation_of
from bwtop.kube.validation import check_cluster, check_user

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


async def connect(
    request: ConfigRequest, *, environ: Mapping[str, str] = os.environ, service_account: Path = SERVICE_ACCOUNT
) -> Connection:
    """Talks to nobody, and a credential plugin runs only at the first request. Raises ConfigError."""
    return await asyncio.to_thread(_connect, request, environ, service_account)


def _connect(request: ConfigRequest, environ: Mapping[str, str], service_account: Path) -> Connection:
    files = kubeconfig_files(request.kubeconfig, environ)
    chosen = choose(
        files, context=request.context, cluster=request.cluster, user=request.user, needed=not request.server
    )
    if not chosen.cluster.fields and not request.server:
        chosen = in_cluster(environ, service_account, token=request.token)
    cluster, user = _secured(chosen.cluster, insecure=request.insecure), chosen.user
    check_cluster(cluster)
    check_user(user, token=request.token)
    server = _server(request.server or cluster.text("server"))
    # As kubectl: the name in the certificate belongs to the server that the kubeconfig names.
    name = request.tls_server_name or ("" if request.server else cluster.text("tls-server-name"))
    connection = Connection(
        server=server,
        context=chosen.context,
        namespace=chosen.namespace or "default",
        user=user.name,
        credentials=FixedCredentials(),
        proxy=find_proxy(server, cluster.text("proxy-url"), environ),
        impersonation=impersonation_of(user, name=request.as_user, groups=request.as_groups),
        kubeconfig=request.kubeconfig or "",
    )
    if not server.startswith("https:"):  # without credentials, as kubectl: anybody on the way could read them
        return replace(connection, ssl=ssl_context(Tls()) if (connection.proxy or "").startswith("https:") else None)
    tls = read_tls(cluster, user)
    connection = replace(connection, ssl=ssl_context(tls), server_hostname=name or None)
    return replace(
        connection, credentials=_credentials(connection, replace(chosen, cluster=cluster), tls, files, request, environ)
    )


def _credentials(
    connection: Connection,
    chosen: Chosen,
    tls: Tls,
    files: Sequence[Path],
    request: ConfigRequest,
    environ: Mapping[str, str],
) -> Credentials:
    def read_again() -> Entry:
        return choose(files, context=request.context, cluster=request.cluster, user=request.user, needed=False).user

    return credentials_of(
        chosen.user,
        token=request.token,
        cluster=cluster_info(chosen.cluster, server=connection.server, tls=tls),
        tls=tls,
        read_again=read_again,
        around=Surroundings(kubectl=connection.kubectl("get nodes"), environ=environ, tell=connection.notices.append),
    )


def _secured(cluster: Entry, *, insecure: bool) -> Entry:
    """With --insecure-skip-tls-verify the authorities of the kubeconfig do not count."""
    if not insecure:
        return cluster
    kept = {key: value for key, value in cluster.fields.items() if not key.startswith("certificate-authority")}
    return replace(cluster, fields={**kept, "insecure-skip-tls-verify": True})


def _server(text: str) -> str:
    """Source of the default scheme: client-go, DefaultServerURL."""
    address = text if "://" in text or not text else f"http://{text}"
    try:
        url = URL(address)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigError(f"the server {text or 'is missing'} is no URL", target=text, hint="it begins with https://")
    return address.rstrip("/")

"""From flags, environment, kubeconfig or in-cluster files to a Connection."""

import asyncio
import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from yarl import URL

from bwtop.kube.connection import Connection
from bwtop.kube.credentials import Credentials, FixedCredentials, TokenFile, bearer
from bwtop.kube.errors import ConfigError
from bwtop.kube.exec_plugin import PluginCredentials, cluster_info, read_plugin
from bwtop.kube.kubeconfig import Chosen, Entry, choose, kubeconfig_files
from bwtop.kube.oidc import OidcCredentials
from bwtop.kube.proxy import find_proxy
from bwtop.kube.tls import Tls, read_tls, ssl_context

__all__ = ["ConfigRequest", "Connection", "connect"]

SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")


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
        chosen = _in_cluster(environ, service_account)
    cluster, user = chosen.cluster, chosen.user
    tls = read_tls(cluster, user, insecure=request.insecure)
    server = _server(request.server or cluster.text("server"), tls)
    # As kubectl: the name in the certificate belongs to the server that the kubeconfig names.
    name = request.tls_server_name or ("" if request.server else cluster.text("tls-server-name"))
    connection = Connection(
        server=server,
        context=chosen.context,
        namespace=chosen.namespace or "default",
        user=user.name,
        credentials=FixedCredentials(),
        ssl=ssl_context(tls) if server.startswith("https:") else None,
        server_hostname=name or None,
        proxy=find_proxy(server, cluster.text("proxy-url"), environ),
        impersonation=_impersonation(request, user),
        kubeconfig=request.kubeconfig or "",
    )
    if request.token:
        return replace(connection, credentials=FixedCredentials(bearer(request.token, "--token")))
    return replace(connection, credentials=_credentials(connection, chosen, tls, files))


def _in_cluster(environ: Mapping[str, str], service_account: Path) -> Chosen:
    """The files that a kubelet gives every pod, as the kubeconfig that they amount to."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST", ""), environ.get("KUBERNETES_SERVICE_PORT", "")
    if not (host and port):
        hint = "set KUBECONFIG or --kubeconfig, or try bwtop --demo"
        raise ConfigError("no kubeconfig is found, and this is no pod of a cluster", hint=hint)
    bracketed = f"[{host}]" if ":" in host else host
    namespace = service_account / "namespace"
    return Chosen(
        namespace=namespace.read_text().strip() if namespace.exists() else "",
        cluster=Entry(
            name="in-cluster",
            fields={"server": f"https://{bracketed}:{port}", "certificate-authority": "ca.crt"},
            base=service_account,
        ),
        user=Entry(name="service account", fields={"tokenFile": "token"}, base=service_account),
    )


def _server(text: str, tls: Tls) -> str:
    """Source of the default scheme: client-go, DefaultServerURL."""
    address = text if "://" in text or not text else f"{'http' if tls.empty else 'https'}://{text}"
    try:
        url = URL(address)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigError(f"the server {text or 'is missing'} is no URL", target=text, hint="it begins with https://")
    return address.rstrip("/")


def _credentials(connection: Connection, chosen: Chosen, tls: Tls, files: Sequence[Path]) -> Credentials:
    """The first of what the user has, in client-go's order."""
    user = chosen.user
    if path := user.path("tokenFile"):
        return TokenFile(path)
    if token := user.text("token"):
        return FixedCredentials(bearer(token, f"user {user.name}"))
    if user.fields.get("exec"):
        told = cluster_info(chosen.cluster, server=connection.server, tls=tls)
        return PluginCredentials(read_plugin(user, told), tls)
    if provider := user.fields.get("auth-provider"):
        return _auth_provider(provider, connection, chosen, files)
    if name := user.text("username"):
        pair = f"{name}:{user.text('password')}".encode()
        return FixedCredentials(f"Basic {base64.b64encode(pair).decode()}")
    return FixedCredentials()


def _auth_provider(
    provider: Mapping[str, Any], connection: Connection, chosen: Chosen, files: Sequence[Path]
) -> Credentials:
    user = chosen.user.name
    if provider.get("name") != "oidc":
        cause = f"the auth-provider {provider.get('name')} of user {user} is gone from Kubernetes since 1.26"
        raise ConfigError(cause, target=user, hint="use its exec plugin: gke-gcloud-auth-plugin or kubelogin")

    def read() -> str:
        again = choose(files, context=chosen.context or None, cluster=chosen.cluster.name or None, user=user)
        settings = (again.user.fields.get("auth-provider") or {}).get("config") or {}
        return str(settings.get("id-token") or "")

    return OidcCredentials(read, user=user, kubectl=connection.kubectl("get nodes"))


def _impersonation(request: ConfigRequest, user: Entry) -> tuple[tuple[str, str], ...]:
    """Flags win over the kubeconfig, each for itself, as in kubectl."""
    name, uid = request.as_user or user.text("as"), user.text("as-uid")
    groups = request.as_groups or tuple(user.fields.get("as-groups") or ())
    extra = user.fields.get("as-user-extra") or {}
    headers = [
        *((("Impersonate-User", name),) if name else ()),
        *((("Impersonate-Uid", uid),) if uid else ()),
        *(("Impersonate-Group", str(group)) for group in groups),
        *(
            (f"Impersonate-Extra-{quote(key, safe='')}", str(value))
            for key, values in extra.items()
            for value in values
        ),
    ]
    if headers and not name:
        raise ConfigError("groups are impersonated without a user", hint="add --as USER")
    if not all(value.isprintable() for _, value in headers):
        raise ConfigError("the user or group to impersonate has control characters in its name")
    return tuple(headers)

"""What a user of a kubeconfig comes to: how it proves who it is, and whom it speaks for; in kubectl's order."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bwtop.kube.credentials import Credentials, FixedCredentials, TokenFile, bearer
from bwtop.kube.errors import ConfigError
from bwtop.kube.exec_plugin import PluginCredentials, read_plugin
from bwtop.kube.kubeconfig import Entry
from bwtop.kube.oidc import Login, OidcCredentials, Surroundings
from bwtop.kube.tls import Tls
from bwtop.kube.validation import has_certificate

ReadAgain = Callable[[], Entry]
"""The user as the kubeconfig says it now; blocks."""


def credentials_of(
    user: Entry,
    *,
    token: str | None,
    cluster: Mapping[str, Any],
    tls: Tls,
    read_again: ReadAgain,
    around: Surroundings,
) -> Credentials:
    """`token`: that of the command line; `cluster`: what a plugin is told.

    Source of the order: client-go, DirectClientConfig.getUserIdentificationPartialConfig: a token file is read before
    a token is taken, and what logs in by itself is not asked where there is a token, a password or a certificate.
    Raises ConfigError, also where there is nothing: kubectl would ask for a name and a password.
    """
    fixed = token or user.text("token")
    authorization = bearer(fixed, "--token" if token else f"user {user.name}") if fixed else ""
    if path := user.path("tokenFile"):
        return TokenFile(path, instead=authorization)
    if fixed:
        return FixedCredentials(authorization)
    if name := user.text("username"):
        pair = f"{name}:{user.text('password')}".encode()
        return FixedCredentials(f"Basic {base64.b64encode(pair).decode()}")
    if has_certificate(user):
        return FixedCredentials()
    if user.fields.get("exec"):
        return PluginCredentials(read_plugin(user, cluster), tls)
    if provider := user.fields.get("auth-provider"):
        return _auth_provider(user, provider, read_again, around)
    who = f"user {user.name}" if user.name else "no user is chosen, and it"
    hint = "add a token, a client certificate or an exec plugin to it, or give --token"
    raise ConfigError(f"{who} has no credentials", target=user.name, hint=hint)


def _auth_provider(
    user: Entry, provider: Mapping[str, Any], read_again: ReadAgain, around: Surroundings
) -> Credentials:
    if provider.get("name") != "oidc":
        cause = f"the auth-provider {provider.get('name')} of user {user.name} is gone from Kubernetes since 1.26"
        raise ConfigError(cause, target=user.name, hint="use its exec plugin: gke-gcloud-auth-plugin or kubelogin")
    for key in ("idp-issuer-url", "client-id"):
        if not _login(user).get(key):
            cause = f"the auth-provider oidc of user {user.name} has no {key}"
            raise ConfigError(cause, target=user.name, hint="add it to the config of the auth-provider")
    return OidcCredentials(lambda: _login(read_again()), user=user.name, around=around)


def _login(user: Entry) -> Login:
    settings = (user.fields.get("auth-provider") or {}).get("config") or {}
    return Login(settings={key: str(value) for key, value in settings.items() if value is not None}, file=user.file)


def impersonation_of(user: Entry, *, name: str | None, groups: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Headers; the command line's `name` and `groups` win over the kubeconfig's, each for itself, as in kubectl."""
    name, uid = name or user.text("as"), user.text("as-uid")
    extra = user.fields.get("as-user-extra") or {}
    headers = [
        *((("Impersonate-User", name),) if name else ()),
        *((("Impersonate-Uid", uid),) if uid else ()),
        *(("Impersonate-Group", str(group)) for group in groups or user.fields.get("as-groups") or ()),
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

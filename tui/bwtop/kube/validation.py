"""What kubectl refuses in a cluster or user of a kubeconfig before it talks to anybody, and so bwtop does.

Source of the rules: k8s.io/client-go, tools/clientcmd/validation.go and transport/transport.go.
"""

from bwtop.kube.errors import ConfigError
from bwtop.kube.kubeconfig import Entry

_CERTIFICATE, _KEY = "client-certificate", "client-key"


def check_cluster(cluster: Entry) -> None:
    """Raises ConfigError."""
    target = f"cluster {cluster.name}"
    if _twice(cluster, "certificate-authority"):
        _refuse(f"{target} has certificate-authority and certificate-authority-data", target, "remove one of them")
    if cluster.fields.get("insecure-skip-tls-verify") and _has(cluster, "certificate-authority"):
        cause = f"{target} names a certificate-authority and says insecure-skip-tls-verify"
        _refuse(cause, target, "remove one of them")


def check_user(user: Entry, *, token: str | None = None) -> None:
    """`token`: that of the command line. Raises ConfigError."""
    target = f"user {user.name}"
    if (token or user.text("token")) and (user.text("username") or user.text("password")):
        _refuse(f"{target} has a token and a password", target, "only one of them is allowed")
    if user.fields.get("exec") and user.fields.get("auth-provider"):
        _refuse(f"{target} has an exec plugin and an auth-provider", target, "remove the auth-provider")
    if not _has(user, _CERTIFICATE):
        return
    if not _has(user, _KEY):
        _refuse(f"{target} has a {_CERTIFICATE} without a {_KEY}", target, f"add {_KEY} or {_KEY}-data")
    for key in (_CERTIFICATE, _KEY):
        if _twice(user, key):
            _refuse(f"{target} has {key} and {key}-data", target, "remove one of them")


def has_certificate(user: Entry) -> bool:
    return _has(user, _CERTIFICATE)


def _has(entry: Entry, key: str) -> bool:
    return bool(entry.text(key) or entry.text(f"{key}-data"))


def _twice(entry: Entry, key: str) -> bool:
    return bool(entry.text(key) and entry.text(f"{key}-data"))


def _refuse(cause: str, target: str, hint: str) -> None:
    raise ConfigError(cause, target=target, hint=hint)

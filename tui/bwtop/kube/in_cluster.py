"""In a pod: the API server and the service account that a kubelet gives it, as the kubeconfig that they amount to.

The only module that knows the `kubernetes` package; it is loaded (300 ms) in pods only, in the thread that connects. It
finds the server and checks the files. The rest of configuration is our own code, because there the package (37.0) does
what kubectl does not. Of several kubeconfigs the last one's current context counts, not the first one's; an empty file
is an error; tildes are expanded. An exec plugin reads the screen's terminal; one that fails is logged, and requests go
out without credentials. Impersonation is not read. A token that is refused is not read or renewed before its minute is
over (credentials.TokenFile, oidc). test_kubectl_agrees.py holds us to kubectl.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bwtop.kube.errors import ConfigError
from bwtop.kube.kubeconfig import Chosen, Entry

SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_ADDRESS: Final = ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")


def in_cluster(environ: Mapping[str, str], folder: Path, *, token: str | None) -> Chosen:
    """`folder` holds token, ca.crt and namespace; `token`: that of the command line. Blocks. Raises ConfigError."""
    if not all(environ.get(name) for name in _ADDRESS):
        hint = "set KUBECONFIG or --kubeconfig, or try bwtop --demo"
        raise ConfigError("no kubeconfig is found, and this is no pod of a cluster", hint=hint)
    server, authority = _found(environ, folder)
    namespace = folder / "namespace"
    return Chosen(
        namespace=environ.get("POD_NAMESPACE") or (namespace.read_text().strip() if namespace.exists() else ""),
        cluster=Entry(name="in-cluster", fields={"server": server, "certificate-authority": authority}, base=folder),
        user=Entry(name="service account", fields={} if token else {"tokenFile": "token"}, base=folder),
    )


def _found(environ: Mapping[str, str], folder: Path) -> tuple[str, str]:
    """URL of the server and the file of its authority."""
    from kubernetes.client import Configuration
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.incluster_config import InClusterConfigLoader

    found = Configuration()
    loader = InClusterConfigLoader(
        token_filename=str(folder / "token"), cert_filename=str(folder / "ca.crt"), environ=environ
    )
    try:
        loader.load_and_set(found)
    except (ConfigException, OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
        hint = "does the pod have a service account, and automountServiceAccountToken?"
        raise ConfigError(
            f"the service account in {folder} is no good: {reason}", target=str(folder), hint=hint
        ) from None
    return str(found.host), str(found.ssl_ca_cert)

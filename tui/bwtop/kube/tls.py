"""The SSL context of a connection. Blocks for some 20 ms: built in a thread."""

import base64
import binascii
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bwtop.kube.errors import ConfigError
from bwtop.kube.kubeconfig import Entry


@dataclass(frozen=True, kw_only=True)
class Tls:
    """What a kubeconfig says about TLS, read from its files; PEM throughout."""

    authority: str = ""
    """Empty: those that this machine trusts."""
    insecure: bool = False
    certificate: str = field(default="", repr=False)
    key: str = field(default="", repr=False)


def read_tls(cluster: Entry, user: Entry) -> Tls:
    """Raises ConfigError where a file cannot be read or data are not base64."""
    return Tls(
        authority=pem(cluster, "certificate-authority"),
        insecure=bool(cluster.fields.get("insecure-skip-tls-verify")),
        certificate=pem(user, "client-certificate"),
        key=pem(user, "client-key"),
    )


def pem(entry: Entry, key: str) -> str:
    """From `<key>-data`, else from the file `<key>`; empty: neither is there."""
    target = f"{key} of {entry.name}"
    try:
        if data := entry.text(f"{key}-data"):
            return base64.b64decode("".join(data.split()), validate=True).decode()
        path = entry.path(key)
        return path.read_text() if path else ""
    except OSError as error:
        raise ConfigError(f"cannot read {target}: {error.filename}: {error.strerror}", target=target) from error
    except (binascii.Error, UnicodeDecodeError):
        raise ConfigError(f"{target} is not PEM in base64", target=target) from None


def ssl_context(tls: Tls) -> ssl.SSLContext:
    """Raises ConfigError where a certificate or key is no good."""
    try:
        context = ssl.create_default_context(cadata=tls.authority or None)
    except (ssl.SSLError, ValueError) as error:
        raise ConfigError("certificate-authority holds no certificate", hint="it must be PEM") from error
    # As Go verifies: an authority may be an intermediate, and old clusters' lack what Python 3.13 insists on.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["http/1.1"])
    if tls.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.certificate:
        _load_certificate(context, tls)
    return context


def _load_certificate(context: ssl.SSLContext, tls: Tls) -> None:
    """Python reads them from files only: one that nobody else can read, gone at once."""
    with tempfile.TemporaryDirectory(prefix="bwtop-") as directory:
        file = Path(directory, "client.pem")
        file.touch(mode=0o600)
        file.write_text(f"{tls.certificate}\n{tls.key}\n")
        try:
            context.load_cert_chain(file, password=_no_password)
        except ssl.SSLError as error:
            cause = "the client certificate and its key cannot be used"
            raise ConfigError(cause, hint=f"do they belong together? {error.reason or ''}".strip()) from error


def _no_password() -> str:
    """Else OpenSSL would ask on the terminal."""
    raise ConfigError("the client key is encrypted", hint="decrypt it: openssl rsa -in KEY -out DECRYPTED")

"""The certificates of a test cluster, made with openssl: keys on curves, because an RSA key takes 200 ms."""

import subprocess
import textwrap
from pathlib import Path

DAYS = "30"


def make_certificates(directory: Path) -> None:
    """Writes NAME.crt and NAME.key of the authority, the servers, the admin and the API server as a client."""
    _key(directory, "ca")
    self_signed = ("-x509", "-new", "-days", DAYS, "-subj", "/CN=rig-ca")
    _openssl(directory, "req", *self_signed, "-key", "ca.key", "-out", "ca.crt")
    _certificate(directory, "server", "/CN=kube-apiserver", usage="serverAuth")
    _certificate(directory, "kubelet", "/O=system:nodes/CN=system:node:rig", usage="serverAuth")
    _certificate(directory, "admin", "/O=system:masters/CN=admin", usage="clientAuth")
    _certificate(directory, "kubelet-client", "/CN=kube-apiserver-kubelet-client", usage="clientAuth")
    _key(directory, "sa")


def _key(directory: Path, name: str) -> None:
    _openssl(directory, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
    (directory / f"{name}.key").chmod(0o600)


def _certificate(directory: Path, name: str, subject: str, *, usage: str) -> None:
    _key(directory, name)
    extensions = directory / f"{name}.ext"
    extensions.write_text(
        textwrap.dedent(f"""\
            subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc
            extendedKeyUsage={usage}
            """)
    )
    _openssl(directory, "req", "-new", "-key", f"{name}.key", "-subj", subject, "-out", f"{name}.csr")
    _openssl(
        directory, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", DAYS, "-out", f"{name}.crt", "-extfile", extensions.name,
    )  # fmt: skip


def _openssl(directory: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True, timeout=30)

"""Where the certificates of the tests are."""

import ssl
from pathlib import Path

PKI = Path(__file__).parent / "pki"


def pem(name: str) -> str:
    return (PKI / name).read_text()


def server_context(name: str, *, clients: ssl.VerifyMode = ssl.CERT_NONE) -> ssl.SSLContext:
    """`clients`: whether they must show a certificate; it is looked at as Go does, not with the strictness of 3.13."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=PKI / "authority.pem")
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.load_cert_chain(PKI / f"{name}.pem", PKI / f"{name}.key")
    context.verify_mode = clients
    return context

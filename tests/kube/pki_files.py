"""Where the certificates of the tests are."""

import ssl
from pathlib import Path

PKI = Path(__file__).parent / "pki"


def pem(name: str) -> str:
    return (PKI / name).read_text()


def server_context(name: str, *, wants_client: bool = False) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=PKI / "authority.pem")
    context.load_cert_chain(PKI / f"{name}.pem", PKI / f"{name}.key")
    context.verify_mode = ssl.CERT_REQUIRED if wants_client else ssl.CERT_NONE
    return context

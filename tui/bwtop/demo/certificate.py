"""A certificate for 127.0.0.1 that is made anew at every start.

The demo speaks TLS because kubectl sends no token over plain HTTP.
"""

import base64
import hashlib
import ipaddress
import secrets
import ssl
import tempfile
from datetime import UTC, datetime, timedelta

import msgspec

from bwtop.demo.ed25519 import public_key, sign

NAME = "bwtop demo"
VALID_FOR = timedelta(days=30)
_ED25519 = bytes.fromhex("300506032b6570")
_BASIC_CONSTRAINTS, _KEY_USAGE, _EXTENDED_KEY_USAGE = "551d13", "551d0f", "551d25"
_SUBJECT_ALTERNATIVE_NAME, _SUBJECT_KEY_IDENTIFIER, _COMMON_NAME = "551d11", "551d0e", "550403"
_SERVER_AUTHENTICATION = "2b06010505070301"


class Certificate(msgspec.Struct, frozen=True):
    """Self-signed, so that it is its own authority; both parts are PEM."""

    certificate: str
    key: str

    def context(self) -> ssl.SSLContext:
        """For the server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:  # 0600; ssl reads keys from files alone
            file.write(self.certificate + self.key)
            file.flush()
            context.load_cert_chain(file.name)
        return context


def make_certificate() -> Certificate:
    seed = secrets.token_bytes(32)
    body = _to_be_signed(public_key(seed))
    whole = _sequence(body, _ED25519, _bits(sign(seed, body)))
    key = _sequence(_integer(0), _ED25519, _der(0x04, _der(0x04, seed)))
    return Certificate(_pem("CERTIFICATE", whole), _pem("PRIVATE KEY", key))


def _to_be_signed(key: bytes) -> bytes:
    now = datetime.now(UTC)
    name = _sequence(_der(0x31, _sequence(_oid(_COMMON_NAME), _der(0x0C, NAME.encode()))))
    return _sequence(
        _der(0xA0, _integer(2)),
        _integer(secrets.randbits(63)),
        _ED25519,
        name,
        _sequence(_time(now - timedelta(hours=1)), _time(now + VALID_FOR)),
        name,
        _sequence(_ED25519, _bits(key)),
        _der(0xA3, _sequence(*_extensions(key))),
    )


def _extensions(key: bytes) -> list[bytes]:
    addresses = [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")]
    names = [_der(0x82, b"localhost"), *(_der(0x87, address.packed) for address in addresses)]
    sign_and_certify = bytes([2, 0b1000_0100])
    return [
        _extension(_BASIC_CONSTRAINTS, _sequence(_der(0x01, b"\xff")), critical=True),
        _extension(_KEY_USAGE, _der(0x03, sign_and_certify), critical=True),
        _extension(_EXTENDED_KEY_USAGE, _sequence(_oid(_SERVER_AUTHENTICATION))),
        _extension(_SUBJECT_KEY_IDENTIFIER, _der(0x04, hashlib.sha256(key).digest()[:20])),
        _extension(_SUBJECT_ALTERNATIVE_NAME, _sequence(*names)),
    ]


def _extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    return _sequence(_oid(oid), _der(0x01, b"\xff") if critical else b"", _der(0x04, value))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _bits(content: bytes) -> bytes:
    return _der(0x03, b"\0" + content)


def _oid(encoded: str) -> bytes:
    return _der(0x06, bytes.fromhex(encoded))


def _time(when: datetime) -> bytes:
    return _der(0x17, when.strftime("%y%m%d%H%M%SZ").encode())


def _pem(kind: str, content: bytes) -> str:
    text = base64.b64encode(content).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"

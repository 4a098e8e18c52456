"""Ed25519 signatures (RFC 8032) in plain Python: slow, not hardened, enough for a certificate that lives for a demo."""

import hashlib

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_Point = tuple[int, int, int, int]
"""Extended coordinates X, Y, Z, T."""


def public_key(seed: bytes) -> bytes:
    """32 bytes that belong to a secret seed of 32 bytes."""
    return _encode(_times(_scalar(seed), _base()))


def sign(seed: bytes, message: bytes) -> bytes:
    """64 bytes."""
    scalar, prefix = _scalar(seed), hashlib.sha512(seed).digest()[32:]
    nonce = _hash(prefix + message)
    point = _encode(_times(nonce, _base()))
    challenge = _hash(point + public_key(seed) + message)
    return point + ((nonce + challenge * scalar) % _ORDER).to_bytes(32, "little")


def _scalar(seed: bytes) -> int:
    number = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return number & ((1 << 254) - 8) | (1 << 254)


def _hash(message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(message).digest(), "little") % _ORDER


def _base() -> _Point:
    y = 4 * pow(5, -1, _P) % _P
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    x = _P - x if x & 1 else x
    return x, y, 1, x * y % _P


def _plus(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: _Point) -> _Point:
    result: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _plus(result, point)
        point = _plus(point, point)
        scalar >>= 1
    return result


def _encode(point: _Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")

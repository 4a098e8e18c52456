"""Which Kubernetes the API server is."""

import re
from collections.abc import Awaitable, Callable

import msgspec

from bwtop.kube.errors import KubeError

_DIGITS = re.compile(r"\d+")


class _Version(msgspec.Struct, frozen=True):
    major: str = ""
    minor: str = ""
    """May carry a `+`."""


async def read_version(get: Callable[[str], Awaitable[bytes]]) -> tuple[int, int]:
    """As (1, 34); (0, 0) where the server does not tell: some clusters hide it from users."""
    try:
        told = msgspec.json.decode(await get("/version"), type=_Version)
    except (KubeError, msgspec.DecodeError):
        return 0, 0
    major, minor = _DIGITS.match(told.major), _DIGITS.match(told.minor)
    return (int(major[0]), int(minor[0])) if major and minor else (0, 0)

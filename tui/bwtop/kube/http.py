"""aiohttp for all of bwtop's requests, imported without the certificates that this machine trusts.

aiohttp reads them twice as it is imported, for requests that name no SSL context: 40 ms on the way to the first row.
Every connection of bwtop that speaks TLS has a context of its own (`tls.py`), so aiohttp's may trust nobody.

It inflates by ISA-L where that is installed: a list of 100,000 endpoints takes 0.09 s of CPU for it, by zlib 0.22 s.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLContext
from typing import Final

__all__ = ["aiohttp", "inflating"]

_READS: Final = "set_default_verify_paths"


@contextmanager
def _nobody_trusted() -> Iterator[None]:
    """By the contexts that this thread makes meanwhile; those of other threads are as ever."""
    usual, here = SSLContext.set_default_verify_paths, threading.get_ident()

    def read(context: SSLContext) -> None:
        if threading.get_ident() != here:
            usual(context)

    setattr(SSLContext, _READS, read)
    try:
        yield
    finally:
        delattr(SSLContext, _READS)  # what is left is the inherited one


with _nobody_trusted():
    import aiohttp

try:
    from isal import isal_zlib as inflating
except ImportError:  # there is no wheel for this machine
    import zlib as inflating  # type: ignore[no-redef]

aiohttp.set_zlib_backend(inflating)

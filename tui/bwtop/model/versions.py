"""Versions as pairs of numbers, so that they compare."""

import re
from collections.abc import Sequence


def version_pair(version: str | None) -> tuple[int, int] | None:
    """Major and minor of `1.13.18` or of a kernel's `5.10.184-175.749.amzn2.x86_64`."""
    found = re.match(r"([0-9]{1,4})\.([0-9]{1,4})(?![0-9])", version or "")
    return (int(found[1]), int(found[2])) if found else None


def released_version(tag: str) -> str:
    """`1.18.4` of the image's tag `v1.18.4`; empty when the tag is another's than a release's."""
    found = re.fullmatch(r"v?([0-9]{1,4}(?:\.[0-9]{1,4}){2}(?:-(?:rc|pre)\.[0-9]{1,4})?)", tag)
    return found[1] if found else ""


def version_numbers(text: str) -> Sequence[int]:
    """All numbers of a version, `v1.11.2-eksbuild.1` is 1, 11, 2; empty when it is none."""
    found = re.match(r"v?([0-9]{1,6}(?:\.[0-9]{1,6})*)", text)
    return [int(number) for number in found[1].split(".")] if found else []

"""Text from a cluster made fit for one line on a screen."""


def printable(text: str, *, limit: int = 200) -> str:
    """One line of at most `limit` characters, white space collapsed, control characters and the like as escapes."""
    words = " ".join(text[: limit * 4].split())
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in words[:limit])
    cut = len(shown) > limit or len(words) > limit or len(text) > limit * 4
    return shown[: limit - 1] + "…" if cut else shown

"""A history as one line of blocks in one colour.

Textual's own Sparkline gives each column a colour of its own, which makes it nine times as many bytes on the wire.
"""

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = "_.:-=+*#"


def spark(values: Sequence[float | None], width: int, *, top: float | None = None, ascii: bool = False) -> str:
    """The last `width` values, the newest at the right end; None is a space.

    `top` is the value of a full block, and more than that looks the same; without it the largest value shown is.
    """
    if width <= 0:
        return ""
    shown = values[-width:]
    full = top if top is not None else max((value for value in shown if value is not None), default=0)
    levels = _ASCII if ascii else _BLOCKS
    return "".join(_block(value, full, levels) for value in shown).rjust(width)


def chart(
    values: Sequence[float | None], width: int, height: int, *, top: float | None = None, ascii: bool = False
) -> list[str]:
    """The last `width` values as `height` lines of blocks, the uppermost first; otherwise like `spark`."""
    shown = values[-width:] if width > 0 else []
    full = top if top is not None else max((value for value in shown if value is not None), default=0)
    return [
        spark([_slice(value, full, height, line) for value in shown], width, top=1.0, ascii=ascii)
        for line in reversed(range(height))
    ]


def _slice(value: float | None, full: float, height: int, line: int) -> float | None:
    """What of the value lies in this line, 0 to 1; None above it. The lowest line shows 0 as well."""
    if value is None or full <= 0:
        return value
    filled = value / full * height - line
    return None if filled <= 0 and line else min(max(filled, 0.0), 1.0)


def _block(value: float | None, full: float, levels: str) -> str:
    if value is None:
        return " "
    if value <= 0 or full <= 0:
        return levels[0]
    return levels[min(len(levels) - 1, int(value / full * len(levels)))]


if __name__ == "__main__":
    from functools import partial

    from bwtop_widgets.gallery import print_lines

    print_lines(lambda *, ascii: "\n".join(chart([1, 2, 3, 4, 8, 6], 8, 3, ascii=ascii)))
    print_lines(partial(spark, [None, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, None, 4], 20, top=8))

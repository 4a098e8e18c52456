"""A history as bars of some lines' height, with a line at a value that matters."""

from collections.abc import Sequence

_BLOCKS = " ▁▂▃▄▅▆▇█"
_MARK = "┄"


def graph(values: Sequence[float], *, width: int, height: int, top: float, mark: float | None = None) -> list[str]:
    """`height` lines of `width` cells, the top one first; the newest value stands at the right end.

    `top` is the value of a full bar, more than that looks the same. The line at `mark` is drawn where no bar is.
    """
    shown = list(values[-width:])
    eighths = [_eighths(value, top, height) for value in shown]
    marked = None if mark is None or top <= 0 else min(height - 1, int(mark / top * height * 0.999))
    return [_line(eighths, row, width, marked=row == marked) for row in reversed(range(height))]


def _eighths(value: float, top: float, height: int) -> int:
    """What is more than nothing can be seen."""
    if value <= 0 or top <= 0:
        return 0
    return max(1, min(8 * height, round(value / top * 8 * height)))


def _line(eighths: Sequence[int], row: int, width: int, *, marked: bool) -> str:
    cells = "".join(_BLOCKS[max(0, min(8, filled - 8 * row))] for filled in eighths).rjust(width)
    return cells.replace(" ", _MARK) if marked else cells


if __name__ == "__main__":
    from math import sin

    for line in graph([5 + 5 * sin(x / 6) for x in range(50)], width=60, height=5, top=12, mark=10):
        print(line)

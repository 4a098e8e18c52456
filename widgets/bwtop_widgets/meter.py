"""A share as a bar, to the eighth of a cell."""

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def meter(share: float | None, width: int, *, ascii: bool = False) -> str:
    """The bar in exactly `width` cells: empty for None, with a mark at its end for more than 1."""
    if share is None or width <= 0:
        return " " * width
    if share > 1:
        return ("#" * (width - 1) + ">") if ascii else ("█" * (width - 1) + "▶")
    # Whatever is not nothing is seen.
    eighths = max(round(max(0.0, share) * width * 8), 1 if share > 0 else 0)
    full, rest = divmod(eighths, 8)
    if ascii:
        return ("#" * full + ("-" if rest else "")).ljust(width)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


if __name__ == "__main__":
    from functools import partial

    from bwtop_widgets.gallery import print_lines

    for example in (None, 0, 0.001, 0.3, 0.5, 0.99, 1, 1.2):
        print_lines(partial(meter, example, 10))

"""ASCII in place of every glyph that a terminal may lack: one filter at the edge, so that no widget need ask.

Panels write the glyph that they mean; with the filter on, the screen shows the plain character for it, in as many
cells. That holds for Textual's own borders and bars as well.
"""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_PLAIN = {
    "✓": "+", "✗": "x", "…": "~", "·": ".", "–": "-", "—": "-", "×": "x", "●": "*", "○": "o", "◆": "*", "•": "*",
    "■": "#", "□": ".", "▪": "*", "▲": "^", "▼": "v", "△": "^", "▽": "v", "▶": ">", "◀": "<", "▸": ">", "◂": "<",
    "→": ">", "←": "<", "↑": "^", "↓": "v", "⏎": "<", "⏸": "=", "≥": ">", "≤": "<", "≈": "~", "±": "~", "’": "'",
    "‘": "'", "“": '"', "”": '"', "␛": "?", "␡": "?", "\N{REPLACEMENT CHARACTER}": "?", "½": "?", "°": "'", "µ": "u",
}  # fmt: skip
_CURVE = dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True))
"""As `sparkline` draws in ASCII."""
_REST_OF_A_METER = dict.fromkeys("▏▎▍▌▋▊▉", "-")
"""As `meter` ends in ASCII."""
_LINES = (
    dict.fromkeys("─━═╌╍┄┅┈┉╴╶╸╺▔▀", "-")
    | dict.fromkeys("│┃║╎╏┆┇┊┋╵╷╹╻▕▐┤├", "|")
    | dict.fromkeys("┌┐└┘╭╮╰╯┏┓┗┛╔╗╚╝┬┴┼╋┳┻╠╣╦╩╬▛▜▙▟▖▗▘▝", "+")
    | dict.fromkeys("░▒▓╱╲╳", " ")
)
_TABLE = str.maketrans(_LINES | _REST_OF_A_METER | _CURVE | _PLAIN)


@lru_cache(4096)
def ascii_text(text: str) -> str:
    """The text in ASCII, in as many cells: é becomes e, and what has no likeness a question mark a cell."""
    if text.isascii():
        return text
    text = text.translate(_TABLE)
    return text if text.isascii() else "".join(map(_likeness, text))


def _likeness(character: str) -> str:
    if character.isascii():
        return character
    width = cell_len(character)
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() and base.isprintable() and width == 1 else "?" * width


class AsciiFilter(LineFilter):
    """Textual puts every line of every widget through it, on its way to the terminal."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [segment if segment.control else segment._replace(text=ascii_text(segment.text)) for segment in segments]


if __name__ == "__main__":
    from bwtop_widgets.gallery import print_plain

    print_plain(ascii_text, "".join(map(chr, _TABLE)))

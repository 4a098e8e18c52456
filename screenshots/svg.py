"""Makes an exported screenshot the same for the same picture, small, and right in every viewer."""

import re
from collections.abc import Iterator
from html import escape, unescape

from rich.cells import cell_len

CELL = 12.2
"""Width of a cell, as Rich draws them."""
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_ID = re.compile(r"terminal-\d+-")
_TEXT = re.compile(r'<text class="(?P<style>[^"]+)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="[\d.]+"'
                   r' clip-path="(?P<clip>[^"]+)">(?P<text>[^<]*)</text>')  # fmt: skip
_RUN = re.compile(r"[^\s\xa0]+(?:[\s\xa0][^\s\xa0]+)*")
"""Words that one space separates."""


def still_svg(svg: str) -> str:
    """Without the font from elsewhere and the random id; every run of words at its own place."""
    svg = _FONT_FACE.sub("", _ID.sub("terminal-", svg)).replace("Fira Code, monospace", _FONTS)
    return _TEXT.sub(lambda match: "".join(_runs(match)), svg)


_FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"


def _runs(match: re.Match[str]) -> Iterator[str]:
    """Viewers disagree on the width of spaces, and some drop those at the start."""
    text = unescape(match["text"])
    for run in _RUN.finditer(text):
        x = float(match["x"]) + CELL * cell_len(text[: run.start()])
        words = escape(run[0].replace("\xa0", " "))
        yield (
            f'<text class="{match["style"]}" x="{x:g}" y="{match["y"]}"'
            f' textLength="{CELL * cell_len(run[0]):g}" clip-path="{match["clip"]}">{words}</text>'
        )

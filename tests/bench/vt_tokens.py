"""What a program prints, taken apart: text, control sequences, and how many cells a text takes."""

import re
import unicodedata
from typing import Final

TOKEN: Final = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f]+)"
    r"|\x1b\[(?P<parameters>[0-?]*)(?P<middle>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b[P_^X](?P<dcs>[^\x1b]*)\x1b\\"
    r"|\x1b(?P<charset>[ -/][0-~])"
    r"|\x1b(?P<escape>[0-Z\\^_`a-~])"
    r"|(?P<single>[\x00-\x1a\x1c-\x1f\x7f])"
)
UNUSUAL: Final = re.compile(
    r"[\u0300-\u036f\u1100-\u115f\u200b-\u200f\u2329\u232a\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe0f"
    r"\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001faff]"
)
"""Characters that do not take one cell."""
LONGEST_SEQUENCE: Final = 65_536


def cells_of(text: str) -> list[str]:
    """One entry a cell: a wide character is followed by an empty one, a combining one takes none."""
    if not UNUSUAL.search(text):
        return list(text)
    cells: list[str] = []
    for char in text:
        if unicodedata.combining(char) or char in "\u200b\u200c\u200d\u200e\u200f\ufe0f":
            continue
        cells.append(char)
        if unicodedata.east_asian_width(char) in "WF":
            cells.append("")
    return cells

"""A terminal's screen: enough of xterm for full-screen programs, fast enough to stand beside what is measured.

`Screen.feed(bytes)` returns what the terminal owes the program in answer to its queries. A cell keeps its character and
its background: text is searched for in the characters, and a cursor bar is seen to move in the backgrounds.
"""

import codecs
import re
from collections.abc import Callable
from typing import Final

from bench.vt_tokens import LONGEST_SEQUENCE, TOKEN, cells_of

ALTERNATE_SCREEN: Final = ("?1049", "?47", "?1047")
SYNCHRONIZED_OUTPUT: Final = "?2026"

Grid = list[list[str]]


class Screen:
    """Characters in `cells`, backgrounds in `back` (the SGR parameters, "" for the default), cursor at (x, y)."""

    def __init__(self, columns: int = 120, lines: int = 40) -> None:
        self.columns, self.lines = columns, lines
        self.x = self.y = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._saved = (0, 0)
        self._top, self._bottom = 0, lines - 1
        self._background = ""
        self._reverse = False
        self._replies: list[str] = []
        self._clear()

    def text(self) -> str:
        """All lines."""
        return "\n".join("".join(row) for row in self.cells)

    def bars(self) -> tuple[str, ...]:
        """The background that each line has the most of: it changes when a cursor bar moves."""
        return tuple(max(set(row), key=row.count) for row in self.back)

    def feed(self, data: bytes) -> bytes:
        """Takes what the program printed, returns the terminal's replies."""
        text = self._rest + self._decoder.decode(data)
        position = 0
        while position < len(text):
            token = TOKEN.match(text, position)
            if token is not None:
                position = token.end()
                self._take(token)
            elif text[position] == "\x1b" and len(text) - position < LONGEST_SEQUENCE:
                break  # not whole yet
            else:
                position += 1
        self._rest = text[position:]
        replies, self._replies = self._replies, []
        return "".join(replies).encode()

    def _take(self, token: re.Match[str]) -> None:
        match token.lastgroup:
            case "text":
                self._write(token["text"])
            case "final":
                self._control(token["parameters"], token["middle"], token["final"])
            case "single":
                self._single(token["single"])
            case "escape":
                self._escape(token["escape"])
            case "osc":
                self._osc(token["osc"])

    # -- printing -------------------------------------------------------------------------------------------------
    def _write(self, text: str) -> None:
        background = "reverse" if self._reverse else self._background
        cells = cells_of(text)
        while cells:
            if self.x >= self.columns:
                self.x = 0
                self._feed_line()
            count = min(len(cells), self.columns - self.x)
            self.cells[self.y][self.x : self.x + count] = cells[:count]
            self.back[self.y][self.x : self.x + count] = [background] * count
            self.x += count
            cells = cells[count:]

    def _clear(self) -> None:
        self.cells: Grid = [[" "] * self.columns for _ in range(self.lines)]
        self.back: Grid = [[""] * self.columns for _ in range(self.lines)]

    def _feed_line(self) -> None:
        if self.y == self._bottom:
            self._scroll(1)
        elif self.y < self.lines - 1:
            self.y += 1

    def _scroll(self, count: int, top: int | None = None) -> None:
        """Up by `count` lines, down when it is negative, within the region."""
        top = self._top if top is None else top
        for grid, blank in ((self.cells, " "), (self.back, "")):
            for _ in range(min(abs(count), self._bottom - top + 1)):
                del grid[top if count > 0 else self._bottom]
                grid.insert(self._bottom if count > 0 else top, [blank] * self.columns)

    def _blank(self, y: int, start: int, stop: int) -> None:
        stop = min(stop, self.columns)
        if start < stop:
            self.cells[y][start:stop] = [" "] * (stop - start)
            self.back[y][start:stop] = [self._background] * (stop - start)

    # -- control characters and short escapes ---------------------------------------------------------------------
    def _single(self, char: str) -> None:
        match char:
            case "\r":
                self.x = 0
            case "\n" | "\x0b" | "\x0c":
                self._feed_line()
            case "\b":
                self.x = max(0, self.x - 1)
            case "\t":
                self.x = min(self.columns - 1, (self.x // 8 + 1) * 8)

    def _escape(self, char: str) -> None:
        match char:
            case "7":
                self._saved = (self.x, self.y)
            case "8":
                self.x, self.y = self._saved
            case "D":
                self._feed_line()
            case "E":
                self.x = 0
                self._feed_line()
            case "M" if self.y == self._top:
                self._scroll(-1)
            case "M":
                self.y = max(0, self.y - 1)
            case "c":
                self._clear()
                self.x = self.y = 0

    def _osc(self, text: str) -> None:
        """Queries of the default colours: white on black."""
        for number, colour in (("10", "ffff/ffff/ffff"), ("11", "0000/0000/0000")):
            if text == f"{number};?":
                self._replies.append(f"\x1b]{number};rgb:{colour}\x1b\\")

    # -- control sequences ----------------------------------------------------------------------------------------
    def _control(self, parameters: str, middle: str, final: str) -> None:
        if parameters[:1] in ("<", "=", ">", "?") or middle:
            self._private(parameters, middle, final)
        elif final == "m":
            self._colour(parameters)
        else:
            numbers = [int(part) if part.isdigit() else 0 for part in parameters.replace(":", ";").split(";")]
            if action := ACTIONS.get(final):
                action(self, numbers)

    def _private(self, parameters: str, middle: str, final: str) -> None:
        if final == "p" and middle == "$":
            known = 2 if parameters == SYNCHRONIZED_OUTPUT else 0
            self._replies.append(f"\x1b[{parameters};{known}$y")
        elif final in "hl" and parameters in ALTERNATE_SCREEN:
            self._clear()
        elif final == "u" and parameters == "?":
            self._replies.append("\x1b[?0u")
        elif final == "c" and parameters.startswith(">"):
            self._replies.append("\x1b[>41;354;0c")

    def _colour(self, parameters: str) -> None:
        codes = parameters.replace(":", ";").split(";")
        place = 0
        while place < len(codes):
            code = codes[place] or "0"
            if code in ("38", "48"):
                step = 3 if codes[place + 1 : place + 2] == ["5"] else 5
                if code == "48":
                    self._background = ";".join(codes[place + 1 : place + step])
                place += step - 1
            elif code in ("0", "49"):
                self._background = ""
                self._reverse = self._reverse and code != "0"
            elif code in ("7", "27"):
                self._reverse = code == "7"
            elif re.fullmatch("4[0-7]|10[0-7]", code):
                self._background = code
            place += 1

    def _move(self, numbers: list[int]) -> None:
        self.y = min(max(numbers[0], 1), self.lines) - 1
        self.x = min(max(_second(numbers, 1), 1), self.columns) - 1

    def _step(self, *, x: int = 0, y: int = 0) -> None:
        self.x = min(max(self.x + x, 0), self.columns - 1)
        self.y = min(max(self.y + y, 0), self.lines - 1)

    def _column(self, numbers: list[int]) -> None:
        self.x = min(max(numbers[0], 1), self.columns) - 1

    def _line(self, numbers: list[int]) -> None:
        self.y = min(max(numbers[0], 1), self.lines) - 1

    def _erase_display(self, numbers: list[int]) -> None:
        match numbers[0]:
            case 0:
                self._blank(self.y, self.x, self.columns)
                rows = range(self.y + 1, self.lines)
            case 1:
                self._blank(self.y, 0, self.x + 1)
                rows = range(self.y)
            case _:
                rows = range(self.lines)
        for y in rows:
            self._blank(y, 0, self.columns)

    def _erase_line(self, numbers: list[int]) -> None:
        start = self.x if numbers[0] == 0 else 0
        self._blank(self.y, start, self.x + 1 if numbers[0] == 1 else self.columns)

    def _delete(self, numbers: list[int]) -> None:
        for grid, blank in ((self.cells, " "), (self.back, "")):
            row = grid[self.y]
            del row[self.x : self.x + max(numbers[0], 1)]
            row += [blank] * (self.columns - len(row))

    def _insert(self, numbers: list[int]) -> None:
        for grid, blank in ((self.cells, " "), (self.back, "")):
            row = grid[self.y]
            row[self.x : self.x] = [blank] * max(numbers[0], 1)
            del row[self.columns :]

    def _repeat(self, numbers: list[int]) -> None:
        if self.x:
            self._write(self.cells[self.y][self.x - 1] * max(numbers[0], 1))

    def _region(self, numbers: list[int]) -> None:
        self._top, self._bottom = max(numbers[0], 1) - 1, (_second(numbers, 0) or self.lines) - 1
        self.x = self.y = 0

    def _save(self, *, restore: bool) -> None:
        if restore:
            self.x, self.y = self._saved
        else:
            self._saved = (self.x, self.y)

    def _report(self, numbers: list[int]) -> None:
        if numbers[0] == 6:
            self._replies.append(f"\x1b[{self.y + 1};{self.x + 1}R")
        elif numbers[0] == 5:
            self._replies.append("\x1b[0n")


def _second(numbers: list[int], default: int) -> int:
    return numbers[1] if len(numbers) > 1 and numbers[1] else default


ACTIONS: Final[dict[str, Callable[[Screen, list[int]], None]]] = {
    "H": Screen._move,
    "f": Screen._move,
    "A": lambda screen, numbers: screen._step(y=-max(numbers[0], 1)),
    "B": lambda screen, numbers: screen._step(y=max(numbers[0], 1)),
    "C": lambda screen, numbers: screen._step(x=max(numbers[0], 1)),
    "D": lambda screen, numbers: screen._step(x=-max(numbers[0], 1)),
    "G": Screen._column,
    "d": Screen._line,
    "J": Screen._erase_display,
    "K": Screen._erase_line,
    "X": lambda screen, numbers: screen._blank(screen.y, screen.x, screen.x + max(numbers[0], 1)),
    "P": Screen._delete,
    "@": Screen._insert,
    "L": lambda screen, numbers: screen._scroll(-max(numbers[0], 1), screen.y),
    "M": lambda screen, numbers: screen._scroll(max(numbers[0], 1), screen.y),
    "S": lambda screen, numbers: screen._scroll(max(numbers[0], 1)),
    "T": lambda screen, numbers: screen._scroll(-max(numbers[0], 1)),
    "b": Screen._repeat,
    "r": Screen._region,
    "s": lambda screen, _: screen._save(restore=False),
    "u": lambda screen, _: screen._save(restore=True),
    "n": Screen._report,
    "c": lambda screen, _: screen._replies.append("\x1b[?62;22c"),
}
"""What the final character of a control sequence does."""

"""How a filter is written: terms with their places in the text, so that an error can point at one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TERM = re.compile(
    r"""(?P<negated>!)?
        (?:(?P<field>[A-Za-z][A-Za-z-]*)(?P<operator>!=|>=|<=|[:=<>]))?
        (?P<value>"(?:[^"\\]|\\.)*" | "[^"]*$ | \S*)""",
    re.VERBOSE,
)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPED = re.compile(r"\\(.)")


class FilterError(ValueError):
    """A filter that cannot be read; `start` to `end` are the characters that are wrong, counted from 0."""

    def __init__(self, message: str, *, start: int, end: int) -> None:
        super().__init__(message)
        self.start, self.end = start, max(end, start + 1)

    def __str__(self) -> str:
        return f"at {self.start + 1}: {self.args[0]}"


@dataclass(frozen=True, kw_only=True)
class Term:
    """`word`, `field:value`, `!field>=value` and the like."""

    negated: bool
    field: str
    """In lower case; empty: a word alone."""
    operator: str
    value: str
    """Without quotes."""
    quoted: bool
    start: int
    value_start: int
    end: int

    def error(self, message: str) -> FilterError:
        """About the value."""
        return FilterError(message, start=self.value_start if self.value else self.start, end=self.end)


def terms(text: str) -> Iterator[Term]:
    """Raises FilterError for a quote that is not closed."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TERM.match(text, at)
        if match is None:  # cannot be: every part of the pattern may be empty
            return
        yield _term(match)
        at = max(match.end(), at + 1)


def quoted(value: str) -> str:
    """The value as a filter takes it literally, in quotes where it needs them."""
    if value and not re.search(r'[\s"\\!:=<>]', value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def _term(match: re.Match[str]) -> Term:
    raw = match["value"]
    is_quoted = raw.startswith('"')
    if is_quoted and not _QUOTED.fullmatch(raw):
        raise FilterError('the quote is not closed: add "', start=match.start("value"), end=match.end())
    return Term(
        negated=bool(match["negated"]),
        field=(match["field"] or "").lower(),
        operator=match["operator"] or "",
        value=_ESCAPED.sub(r"\1", raw[1:-1]) if is_quoted else raw,
        quoted=is_quoted,
        start=match.start(),
        value_start=match.start("value"),
        end=match.end(),
    )

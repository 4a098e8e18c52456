"""The filter of the tables: `cart state:drift rate>5M !node:ip-10 label:app=web`, every term of which must hold.

A word is looked for in all that the row shows, in whatever case. `column:value` looks into one column, `=` compares
the whole of it, `<` and `>` compare numbers. `!` before a term turns it round. What is not known fits no comparison,
turned round or not; `column:unknown` finds it.
"""

import operator
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from bwtop.model.filter_fields import Field, FieldKind, Fields
from bwtop.model.filter_terms import FilterError, Term, terms
from bwtop.model.quantity import asked
from bwtop.model.words import DRIFT

__all__ = ["FilterError", "read_filter"]

RowT = TypeVar("RowT")
Test = Callable[[Any], bool]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ":": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_OPPOSITE = {":": "!=", "=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_UNKNOWN = ("", "unknown", "none")


def read_filter(text: str, fields: Fields[RowT]) -> Callable[[RowT], bool] | None:
    """Whether a row passes; None: the filter is empty, all do. Raises FilterError."""
    found = list(terms(text))
    tests = [_column_test(term, fields) for term in found if term.operator]
    if words := [term for term in found if not term.operator]:
        tests.append(_words_test(words, fields.text))
    return _every(tests) if tests else None


def _every(tests: Sequence[Test]) -> Test:
    """A plain loop: it runs for every row at every key, and a generator takes three times as long."""
    if len(tests) == 1:
        return tests[0]

    def test(row: object) -> bool:
        for one in tests:  # noqa: SIM110 - see above
            if not one(row):
                return False
        return True

    return test


def _words_test(words: Sequence[Term], text: Callable[[Any], str]) -> Test:
    for term in words:
        if not term.value and not term.quoted:
            raise term.error("! turns a word or a column round: write one after it")
    wanted = [term.value.lower() for term in words if not term.negated]
    if len(wanted) == len(words) == 1:
        word = wanted[0]
        return lambda row: word in text(row)
    unwanted = [term.value.lower() for term in words if term.negated]

    def test(row: object) -> bool:
        shown = text(row)
        return all(word in shown for word in wanted) and not any(word in shown for word in unwanted)

    return test


def _column_test(term: Term, fields: Fields[Any]) -> Test:
    field = fields.by_name.get(term.field)
    if field is None:
        raise FilterError(_no_column(term, fields), start=term.start, end=term.value_start)
    if not term.value and not term.quoted:
        raise term.error(f"{field.name}{term.operator} takes {field.kind.value}")
    match field.kind:
        case FieldKind.TEXT:
            return _turned(term, _text_test(term, field))
        case FieldKind.STATE:
            return _turned(term, _state_test(term, field))
        case FieldKind.LABELS:
            return _turned(term, _label_test(term, field))
    return _number_test(term, field)


def _no_column(term: Term, fields: Fields[Any]) -> str:
    close = get_close_matches(term.field, fields.by_name, n=1)
    if close:
        return f"there is no column {term.field}; {close[0]}?"
    if term.operator == "=":
        return f"there is no column {term.field}; a label is label:{term.field}={term.value}"
    return f'there is no column {term.field}; to find the text, quote it: "{term.field}{term.operator}{term.value}"'


def _turned(term: Term, test: Test) -> Test:
    if term.negated != (term.operator == "!="):
        return lambda row: not test(row)
    return test


def _only(term: Term, field: Field[Any], allowed: str) -> None:
    if term.operator not in allowed.split():
        raise FilterError(f"{field.name} is no number: write {field.name}:{term.value}", start=term.start, end=term.end)


def _text_test(term: Term, field: Field[Any]) -> Test:
    _only(term, field, ": = !=")
    wanted, value = term.value.lower(), field.value
    if term.operator != ":" or not wanted:
        return lambda row: (value(row) or "").lower() == wanted
    return lambda row: wanted in (value(row) or "").lower()


def _state_test(term: Term, field: Field[Any]) -> Test:
    """The states in their JSON spelling or in words; a beginning will do, `not` means all that begin with it."""
    _only(term, field, ": = !=")
    value, wanted = field.value, _letters(term.value)
    if wanted == "drift":
        return lambda row: value(row)[0] in DRIFT
    if not any(_letters(choice).startswith(wanted) for choice in field.choices) or not wanted:
        raise term.error(f"there is no state {term.value}; there are {', '.join(field.choices)}")

    def test(row: object) -> bool:
        return any(one is not None and _letters(one.value).startswith(wanted) for one in value(row))

    return test


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _label_test(term: Term, field: Field[Any]) -> Test:
    """`label:app` wants the key, `label:app=web` its value; the source before a Cilium label may be left out."""
    _only(term, field, ":")
    value, wanted = field.value, term.value if "=" in term.value else f"{term.value}="

    def carries(label: str) -> bool:
        label = label if "=" in label else f"{label}="
        plain = label.partition(":")[2] if ":" in label.partition("=")[0] else label
        if wanted.endswith("=") and "=" not in term.value:
            return label.startswith(wanted) or plain.startswith(wanted)
        return wanted in (label, plain)

    return lambda row: any(map(carries, value(row)))


def _number_test(term: Term, field: Field[Any]) -> Test:
    value = field.value
    if term.operator in (":", "=", "!=") and term.value.lower() in _UNKNOWN:
        return _turned(term, lambda row: value(row) is None)
    wanted = _number(term, field)
    name = _OPPOSITE[term.operator] if term.negated else term.operator
    compare = _COMPARE[name]
    if field.kind is FieldKind.PERCENT and name in (":", "=", "!="):
        # What is shown has no decimals.
        return lambda row: (number := value(row)) is not None and compare(round(number), wanted)
    return lambda row: (number := value(row)) is not None and compare(number, wanted)


def _number(term: Term, field: Field[Any]) -> float:
    text = term.value
    match field.kind:
        case FieldKind.BITS:
            return _bits(term)
        case FieldKind.SECONDS:
            if match := re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)([smhd])", text):
                return float(match[1]) * _UNITS[match[2]]
        case FieldKind.PERCENT:
            if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?%?", text):
                return float(text.removesuffix("%"))
        case _:
            if re.fullmatch(r"\d{1,18}", text):
                return int(text)
    raise term.error(f"{field.name} takes {field.kind.value}, not {text}")


def _bits(term: Term) -> int:
    if re.fullmatch(r"\d{1,18}", term.value):
        return int(term.value)
    read = asked(term.value)
    if not read.bits_per_second:
        raise term.error(read.problem.removesuffix(", no limit"))
    return read.bits_per_second

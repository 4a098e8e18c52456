"""What may follow in a filter that is being typed, and one line of help for where it stands."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from bwtop.model.filter_fields import Field, FieldKind, Fields
from bwtop.model.filter_terms import quoted

SHORT_HELP = "words · column:value · rate>5M · !not · state:drift · label:app=web"
_MOST = 200
"""Values offered; more are no help."""
_LAST = re.compile(r"(?P<negated>!?)(?:(?P<field>[A-Za-z][A-Za-z-]*)(?P<operator>!=|>=|<=|[:=<>]))?(?P<value>\S*)$")
_ORDERED = (FieldKind.NUMBER, FieldKind.BITS, FieldKind.PERCENT, FieldKind.SECONDS)


def completions(text: str, fields: Fields[Any], rows: Iterable[Any]) -> list[str]:
    """Whole texts that the text may become, by completing its last term; names of columns first, then values."""
    match = _LAST.search(text)
    if match is None:
        return []
    before, typed = text[: match.start("value")], match["value"].lower()
    if not match["operator"]:
        return [before + name for name in _names(fields) if name.startswith(typed) and typed]
    field = fields.by_name.get(match["field"].lower())
    if field is None or match["operator"] not in (":", "=", "!="):
        return []
    found = (value for value in _values(field, rows) if value.lower().startswith(typed.lstrip('"')))
    return [before + _written(value, field) for value in list(found)[:_MOST]]


def unfinished(text: str, fields: Fields[Any]) -> bool:
    """Whether the text ends where the value of a column is still to be typed: no mistake yet."""
    match = _LAST.search(text)
    return bool(match and match["operator"] and not match["value"] and match["field"].lower() in fields.by_name)


def help_line(text: str, fields: Fields[Any]) -> str:
    """What the term at the end of the text takes, or what a filter is made of."""
    match = _LAST.search(text)
    if match is None or not match["operator"]:
        typed = match["value"].lower() if match else ""
        names = [name for name in _names(fields) if name.startswith(typed)] if typed else []
        return "  ".join(names) if names else SHORT_HELP
    field = fields.by_name.get(match["field"].lower())
    if field is None:
        return SHORT_HELP
    if field.choices:
        return f"{field.name}: {' '.join(field.choices)}"
    more = ", or unknown" if field.kind in _ORDERED else ""
    return f"{field.name} is {field.kind.value}{more}"


def _names(fields: Fields[Any]) -> Iterator[str]:
    """`rate>` and `node:`, each column once under its main name."""
    for name, field in fields.by_name.items():
        if name == field.name:
            yield name + (">" if field.kind in _ORDERED else ":")


def _values(field: Field[Any], rows: Iterable[Any]) -> list[str]:
    if field.choices:
        return list(field.choices)
    if not field.few:
        return []
    if field.kind is FieldKind.LABELS:
        return sorted({_plain(label) for row in rows for label in field.value(row)})
    return sorted({value for row in rows if (value := field.value(row)) is not None})


def _plain(label: str) -> str:
    """Without its source, which the filter does not ask for."""
    return label.partition(":")[2] if ":" in label.partition("=")[0] else label


def _written(value: str, field: Field[Any]) -> str:
    return value if field.kind is FieldKind.LABELS and not re.search(r'[\s"]', value) else quoted(value)

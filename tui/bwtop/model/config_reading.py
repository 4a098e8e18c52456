"""Reads config.yaml, and tells of every mistake where it stands: file, line and key."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from bwtop.model.config import Config, KnownKeys
from bwtop.model.keyed_yaml import Mistake, read_keys
from bwtop.model.profile import VIEW_COLUMNS
from bwtop.model.yaml_values import Key, Read, ValueMistakeError, each, one_of, quoted, scalar

KeyName = Callable[[str], str | None]
"""The name that the screen has for a key as somebody writes it; None: there is no such key."""


def read_config(text: str, *, source: str, known: KnownKeys, key_name: KeyName) -> Config:
    """A file with a mistake says nothing but its mistakes."""
    values, lines, mistakes = read_keys(text, source=source, keys=_keys(known, key_name))
    keys = _below("keys.", values)
    mistakes = mistakes or list(_clashes(keys, lines, source=source, known=known))
    return Config(mistakes=mistakes) if mistakes else Config(columns=_below("columns.", values), keys=keys)


def _keys(known: KnownKeys, key_name: KeyName) -> Mapping[str, Key]:
    read_key = _key_or_keys(key_name)
    return {
        **{
            f"columns.{view}": Key(each(one_of(columns, "column of this view"), least=1), f"the columns of {view}")
            for view, columns in VIEW_COLUMNS.items()
        },
        **{f"keys.{id}": Key(read_key, f"what does {id}") for id in known.own},
    }


def _key_or_keys(key_name: KeyName) -> Read:
    def read_one(node: yaml.Node) -> str:
        written = scalar(node, "a key such as o, f5 or ctrl+o")
        name = key_name(written)
        if name is None:
            raise ValueMistakeError(node, f"{quoted(written)} is no key; write o, f5 or ctrl+o")
        return name

    several = each(read_one, least=1)

    def read(node: yaml.Node) -> Sequence[str]:
        names: Sequence[str] = several(node) if isinstance(node, yaml.SequenceNode) else (read_one(node),)
        return names

    return read


def _clashes(
    keys: Mapping[str, Sequence[str]], lines: Mapping[str, int], *, source: str, known: KnownKeys
) -> Iterator[Mistake]:
    """Keys that would do two things at once; said of the one that the file has moved, in the order of the file."""
    all_keys = {**known.own, **keys}
    for id, names in keys.items():
        for name in names:
            if reason := known.why_not(id, name):
                yield Mistake(source, lines[f"keys.{id}"], f"keys.{id}", reason)
            for other, others in all_keys.items():
                later_told = other in keys and lines[f"keys.{other}"] > lines[f"keys.{id}"]
                if other != id and not later_told and name in others and known.meet(id, other):
                    yield Mistake(source, lines[f"keys.{id}"], f"keys.{id}", f"{name} is the key of {other}")


def _below(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {path.removeprefix(prefix): value for path, value in values.items() if path.startswith(prefix)}
